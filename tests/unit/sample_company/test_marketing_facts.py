"""What is planted in marketing's data, found again in the files alone."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from config.sample_company.manifest import Manifest
from knowledge.journeys.building import Rules, Scope, build
from knowledge.journeys.built import Journeys
from storage.warehouse_tables import copied_tables

Table = Callable[..., list[dict[str, str]]]


def test_rejected_leads_that_convert(table: Table, manifest: Manifest) -> None:
    """B7: 32 % of the traffic was marked invalid, 41.7 % of that became opportunities later."""
    leads = {row["线索编号"]: row for row in table("marketing/leads.csv")}
    rejected = {id_ for id_, row in leads.items() if row["状态"] == "无效"}
    opened = {row["线索编号"]: row["创建日期"] for row in table("crm/opportunities.csv", "gbk") if row["线索编号"]}
    rescued = rejected & set(opened)
    assert rejected == set(manifest.facts.rejected_leads)
    assert rescued == set(manifest.facts.rescued_leads)
    assert len(rejected) / len(leads) == 0.32
    assert round(len(rescued) / len(rejected), 3) == 0.417
    assert all(opened[id_] > leads[id_]["无效标记时间"][:10] for id_ in rescued)


def test_one_channel_is_late(table: Table, manifest: Manifest) -> None:
    """B12: the newest batch of 展会扫码 is more than 48 h old when the day begins; all others came last night."""
    midnight = datetime(2026, 3, 18)  # noqa: DTZ001 - the export writes local times without a zone
    newest: dict[str, str] = defaultdict(str)
    for row in table("marketing/touches.csv"):
        newest[row["channel"]] = max(newest[row["channel"]], row["exported_at"])
    ages = {channel: midnight - datetime.fromisoformat(moment) for channel, moment in newest.items()}
    late = manifest.facts.late_channel
    assert len(ages) == 8
    assert [channel for channel, age in ages.items() if age > timedelta(hours=48)] == [late.channel]
    assert ages[late.channel] == timedelta(hours=late.hours)
    assert newest[late.channel] == f"{datetime.fromisoformat(late.last_exported_at):%Y-%m-%d %H:%M:%S}"


def test_every_touch_was_exported_after_it_happened(table: Table) -> None:
    assert all(row["touched_at"] <= row["exported_at"] for row in table("marketing/touches.csv"))


def test_one_industry_is_accepted_far_less_often(table: Table, manifest: Manifest) -> None:
    """B8: MQL→SQL by industry."""
    rates: dict[str, list[bool]] = defaultdict(list)
    for row in table("marketing/leads.csv"):
        rates[row["行业"]].append(bool(row["SQL时间"]))
    means = {industry: sum(values) / len(values) for industry, values in rates.items()}
    weak = manifest.facts.weak_industry
    assert min(means, key=lambda industry: means[industry]) == weak.industry
    assert round(means.pop(weak.industry), 4) == weak.rate
    assert min(means.values()) > 2 * weak.rate
    others = [value for industry, values in rates.items() if industry != weak.industry for value in values]
    assert round(sum(others) / len(others), 4) == weak.others


def test_touches_in_the_same_second(table: Table, manifest: Manifest) -> None:
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in table("marketing/touches.csv"):
        groups[row["visitor_id"], row["touched_at"]].append(row)
    pairs = [rows for rows in groups.values() if len(rows) > 1]
    assert {(a["touch_id"], b["touch_id"]) for a, b in pairs} == set(manifest.facts.tied_touches)
    assert all(a["channel"] != b["channel"] for a, b in pairs)
    assert len(pairs) == 30


def test_journeys_are_of_many_touches_and_some_lead_nowhere(table: Table) -> None:
    visitors: dict[str, set[str]] = defaultdict(set)
    for row in table("marketing/touches.csv"):
        visitors[row["visitor_id"]].add(row["channel"])
    leads = {row["访客ID"] for row in table("marketing/leads.csv")}
    assert leads <= set(visitors)
    assert len(set(visitors) - leads) > 500
    assert sum(len(channels) > 1 for channels in visitors.values()) > 700


def test_campaigns_cover_the_touches(table: Table, manifest: Manifest) -> None:
    assert manifest.rows("marketing/campaigns.json") == 48
    used = {row["campaign_id"] for row in table("marketing/touches.csv")}
    assert {row["活动编号"] for row in table("marketing/leads.csv")} <= used


def test_journeys_have_them_in_one_order_however_they_are_read(table: Table, manifest: Manifest) -> None:
    """B4: of the 30 visitors' two touches in one second the one with the smaller id comes first, whatever row is."""
    pairs = [(min(pair), max(pair)) for pair in manifest.facts.tied_touches]
    assert len(pairs) == 30
    every, tied = table("marketing/touches.csv"), {one for pair in pairs for one in pair}
    theirs = {row["visitor_id"] for row in every if row["touch_id"] in tied}
    rows = [[row[name] for name in COLUMNS] for row in every if row["visitor_id"] in theirs]
    for read in (rows, rows[::-1]):
        journeys = _journeys(read)
        ids, starts = journeys.touches.to_pylist(), set(journeys.paths.starts.tolist())
        place = {id_: at for at, id_ in enumerate(ids)}
        assert [(ids[place[one]], ids[place[one] + 1]) for one, _ in pairs] == pairs
        assert not [later for _, later in pairs if place[later] in starts], "both are in one journey"


COLUMNS = ("touch_id", "visitor_id", "channel", "campaign_id", "touched_at")


def _journeys(touches: list[list[str]]) -> Journeys:
    """Of touches alone: nobody became a lead."""
    with duckdb.connect() as connection:
        for kind in copied_tables():
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in kind.columns)
            connection.execute(f"CREATE TABLE {kind.name} ({columns})")
        sql = 'INSERT INTO touches (id, visitor_id, channel, campaign_id, "at") VALUES (?, ?, ?, ?, ?)'
        connection.executemany(sql, touches)
        now = datetime(2026, 3, 18, 12, tzinfo=UTC)
        return build(Rules("person", lookback_days=0), Scope(), now, ZoneInfo("Asia/Shanghai"))(connection)

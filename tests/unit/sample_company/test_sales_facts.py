"""What is planted in the CRM, the contracts and the ERP, found again in the files alone."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from config.sample_company.catalog import INDUSTRIES
from config.sample_company.manifest import Manifest
from config.sample_company.names import CITIES, FIRST, HOMOPHONES, SECOND

Table = Callable[..., list[dict[str, str]]]


def _dear(row: dict[str, str]) -> bool:
    rival = row["竞品报价(元)"]
    return bool(rival) and int(row["报价金额(元)"]) * 100 >= int(rival) * 115


def test_seventeen_unexplained_quotes(table: Table, manifest: Manifest) -> None:
    """B14: 上周有 17 次报价超竞品 15% 且未说明差异价值 (9 to 15 March, when today is Wednesday the 18th)."""
    week = [r for r in table("crm/quotes.csv", "gbk") if "2026-03-09" <= r["报价日期"] <= "2026-03-15"]
    found = {r["报价单号"] for r in week if _dear(r) and r["已说明差异价值"] == "否"}
    assert found == set(manifest.facts.unexplained_quotes)
    assert len(found) == 17
    assert manifest.facts.week == (date(2026, 3, 9), date(2026, 3, 15))
    exactly = [r for r in week if int(r["报价金额(元)"]) * 100 == int(r["竞品报价(元)"] or 0) * 115]
    assert {r["报价单号"] for r in exactly} & found
    assert sum(_dear(r) and r["已说明差异价值"] == "是" for r in week) >= 6


def test_last_week_stands_out(table: Table) -> None:
    """The finding of the morning meeting is news: no other week has a third as many."""
    weeks = Counter(
        date.fromisoformat(r["报价日期"]).isocalendar()[:2]
        for r in table("crm/quotes.csv", "gbk")
        if _dear(r) and r["已说明差异价值"] == "否"
    )
    (_, most), (_, second) = weeks.most_common(2)
    assert (most, second < most / 3) == (17, True)


def test_proposals_that_nobody_opened(table: Table, manifest: Manifest) -> None:
    """A1: sent as links days ago; those that were opened, soon after."""
    deals = {r["商机编号"]: r["结果"] for r in table("crm/opportunities.csv", "gbk")}
    sent = [r for r in table("crm/quotes.csv", "gbk") if r["发送时间"]]
    assert {r["报价单号"] for r in sent if not r["打开时间"]} == set(manifest.facts.unopened_proposals)
    assert (len(sent), len(manifest.facts.unopened_proposals)) == (8, 3)
    assert {deals[r["商机编号"]] for r in sent} == {"进行中"}
    assert all(r["发送时间"][:10] <= "2026-03-13" for r in sent)
    assert all(r["发送时间"] < r["打开时间"] for r in sent if r["打开时间"])


def test_explaining_the_difference_goes_with_winning(table: Table) -> None:
    outcome = {r["商机编号"]: r["结果"] for r in table("crm/opportunities.csv", "gbk")}
    closed = [r for r in table("crm/quotes.csv", "gbk") if _dear(r) and outcome[r["商机编号"]] != "进行中"]
    won = {
        told: [outcome[r["商机编号"]] == "赢单" for r in closed if r["已说明差异价值"] == told] for told in ("是", "否")
    }
    assert sum(won["是"]) / len(won["是"]) > 1.5 * sum(won["否"]) / len(won["否"])


def _sound(name: str) -> str:
    """City and brand by their pinyin, which suffix, branch, typo and English name all leave as they are."""
    if name.isascii():
        return "".join(name.lower().split()[:2])
    city = next(c for cities in CITIES.values() for c in cities if name.startswith(c.label))
    brand = name.removeprefix(city.label)
    meant = {wrong: right for right, wrong in HOMOPHONES.items()}
    return city.pinyin + FIRST[brand[0]] + SECOND[meant.get(brand[1], brand[1])]


def test_duplicate_customers(table: Table, manifest: Manifest) -> None:
    """B13: twelve companies stand twice in the CRM, under names that differ; all other names are unique."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row in table("crm/customers.csv", "gbk"):
        groups[_sound(row["客户名称"])].append(row["客户编号"])
    pairs = {(a, b) for a, b in (ids for ids in groups.values() if len(ids) > 1)}
    assert pairs == {(d.original, d.copy) for d in manifest.facts.duplicates}
    assert Counter(d.kind for d in manifest.facts.duplicates) == {"suffix": 4, "branch": 3, "typo": 3, "english": 2}
    assert len({row["客户名称"] for row in table("crm/customers.csv", "gbk")}) == 400


def test_industries_off_the_list_and_gaps(table: Table, manifest: Manifest) -> None:
    """B13: completeness and the golden list."""
    rows, golden = table("crm/customers.csv", "gbk"), {i.label for i in INDUSTRIES} | {""}
    assert {r["客户编号"] for r in rows if r["行业"] not in golden} == set(manifest.facts.off_list_industries)
    empty = {name: [r["客户编号"] for r in rows if not r[name]] for name in rows[0]}
    assert {name: tuple(ids) for name, ids in empty.items() if ids} == manifest.facts.missing
    assert len(empty["年采购额(万元)"]) / len(rows) > 0.05  # so that the 95 % gate has something to say


def test_the_chain_from_lead_to_payment_holds(table: Table, folder: Path) -> None:
    """B3: ids match, and time runs forward."""
    customers = {r["客户编号"]: r for r in table("crm/customers.csv", "gbk")}
    leads = {r["线索编号"]: r for r in table("marketing/leads.csv")}
    reps = {r["工号"]: r for r in table("hr/people.csv", "utf-8-sig")}
    for deal in table("crm/opportunities.csv", "gbk"):
        assert deal["创建日期"] >= customers[deal["客户编号"]]["创建日期"]
        assert deal["创建日期"] >= reps[deal["负责人工号"]]["入职日期"]
        assert not deal["线索编号"] or deal["创建日期"] > leads[deal["线索编号"]]["创建时间"][:10]
    database = sqlite3.connect(":memory:")
    database.executescript((folder / "finance/payments.sql").read_text("utf-8"))
    paid = {row[0] for row in database.execute("SELECT DISTINCT contract_no FROM payments")}
    latest = database.execute("SELECT max(paid_date) FROM payments").fetchone()[0]
    database.close()
    assert paid == {r["contract_no"] for r in table("erp/orders.csv")}
    assert latest < "2026-03-18"


def test_stage_history_runs_forward_and_ends_at_the_stage(table: Table) -> None:
    days: dict[str, list[str]] = defaultdict(list)
    last: dict[str, str] = {}
    for row in table("crm/stage_history.csv", "gbk"):
        days[row["商机编号"]].append(row["进入日期"])
        last[row["商机编号"]] = row["阶段"]
    deals = table("crm/opportunities.csv", "gbk")
    assert all(values == sorted(values) and values[-1] < "2026-03-18" for values in days.values())
    assert last == {r["商机编号"]: r["阶段"] for r in deals}
    assert all(days[r["商机编号"]][-1] == r["关闭日期"] for r in deals if r["结果"] == "赢单")


def test_one_order_stalls_and_some_are_late(table: Table, folder: Path, manifest: Manifest) -> None:
    """C9: order.confirmed without purchase_order.created, and those that took more than 15 minutes."""
    times: dict[str, dict[str, datetime]] = defaultdict(dict)
    for line in (folder / "erp/events.jsonl").read_text("utf-8").splitlines():
        event = json.loads(line)
        times[event["subject"]][event["type"]] = datetime.fromisoformat(event["time"])
    stalled = [order for order, seen in times.items() if "purchase_order.created" not in seen]
    waits = {
        order: seen["purchase_order.created"] - seen["order.confirmed"]
        for order, seen in times.items()
        if order not in stalled
    }
    assert stalled == [manifest.facts.stalled_order.order]
    confirmed = times[stalled[0]]["order.confirmed"]
    assert confirmed.isoformat() == manifest.facts.stalled_order.confirmed_at == "2026-03-17T16:20:00+08:00"
    late = {order for order, wait in waits.items() if wait > timedelta(minutes=15)}
    assert late == set(manifest.facts.late_orders)
    assert 5 <= len(late) < len(times) / 5
    assert set(times) == {row["order_no"] for row in table("erp/orders.csv")}

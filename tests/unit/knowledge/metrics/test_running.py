"""Every metric against numbers computed by hand on a handful of rows (B9)."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.metrics.loading import load_registry
from knowledge.metrics.plan import Filter, Order, Plan, Span, Threshold
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.running import Sources, run
from tests.unit.knowledge.metrics.small_company import NOVEMBER, NOW, OPS

pytestmark = pytest.mark.asyncio(loop_scope="package")

BY_HAND: dict[str, float] = {
    "leads": 4, "mql": 4, "valid_leads": 3, "valid_rate": 3 / 4, "invalid_leads": 1, "invalid_rate": 1 / 4,
    "sql": 2, "mql_to_sql": 2 / 4, "lead_to_deal": 2 / 4, "lead_to_won": 1 / 4, "response_hours": (10 + 30) / 2,
    "opportunities": 4, "open_deals": 3, "pipeline": 700_000, "closed_deals": 3, "won_deals": 2, "lost_deals": 1,
    "win_rate": 2 / 3, "loss_rate": 1 / 3, "won_amount": 3_000_000, "average_deal": 1_500_000,
    "cycle_days": (10 + 41) / 2,
    "stalled_deals": 1, "follow_up_gap": (2 + 19 + 1) / 3, "repeat_share": 1 / 2, "won_from_leads": 1,
    "quotes": 5, "quoted_amount": 1059.99, "quote_price_gap": (0.15 + 0.1499 + 1.0 + 0.3) / 4, "dear_quotes": 3,
    "unexplained_quotes": 1, "explained_rate": 1 / 2, "quote_open_rate": 1 / 2,
    "sla_on_time_rate": 1 / 3, "deadlines_due": 3, "deadlines_missed": 2, "deadlines_late": 1,
    "fulfilment_hours": (0.5 + 3) / 2,
    "contracts": 2, "contract_amount": 2_800_000, "average_contract": 1_400_000,
    "payments_received": 750_000, "refunds": 50_000, "payments_due": 1_300_000, "overdue_amount": 400_000,
    "collection_rate": 800_000 / 1_300_000, "on_time_rate": 1 / 3, "lead_payments": 800_000,
    "touches": 4, "visitors": 3, "touch_cost": 150.5, "booked_spend": 300, "spend": 450.5,
    "cost_per_lead": 450.5 / 4, "cost_per_won": 450.5, "roas": 800_000 / 450.5,
    "tickets": 3, "open_tickets": 1, "satisfaction": 3.5, "resolution_hours": (10 + 24) / 2,
    "customers": 3, "new_customers": 2, "active_customers": 1, "high_value_retention": 1 / 2, "reps": 2,
    "won_per_rep": 1_500_000,
    "calls": 2, "talk_ratio": 60 / 90, "signals": 2, "prompts": 2, "prompt_response_rate": 1 / 2, "open_tasks": 2,
    "overdue_tasks": 1,
}  # fmt: skip


async def test_every_metric_has_its_number_here() -> None:
    known = load_registry().metrics
    assert set(BY_HAND) == {name for name, one in known.items() if not one.missing}
    assert len(BY_HAND) >= 40


@pytest.mark.parametrize("metric", BY_HAND)
async def test_by_hand(metric: str, sources: Sources) -> None:
    found = await run(Plan(metrics=(metric,), span=NOVEMBER), OPS, NOW, sources)
    assert found.whole.values[metric] == pytest.approx(BY_HAND[metric])
    assert [one.values for one in found.groups] == [found.whole.values]
    assert not found.own


async def value(sources: Sources, **plan: object) -> list[tuple[tuple[str, ...], float | None]]:
    asked = Plan(**{"span": NOVEMBER, **plan})  # type: ignore[arg-type]  # the tests name real fields
    found = await run(asked, OPS, NOW, sources)
    return [(one.key, one.values[asked.metrics[0]]) for one in found.groups]


async def test_along_joins_and_merged_customers(sources: Sources) -> None:
    """A deal's channel is its lead's; a merged customer's deals are those of the one that was kept."""
    assert await value(sources, metrics=("won_deals",), by=("channel",)) == [(("",), 1.0), (("搜索",), 1.0)]
    assert await value(sources, metrics=("won_amount",), by=("customer",)) == [(("C1",), 3_000_000.0)]
    assert await value(sources, metrics=("payments_received",), by=("rep",)) == [(("E1001",), 750_000.0)]
    assert await value(sources, metrics=("leads",), where=(Filter("customer", ("C1",)),)) == [((), 1.0)]


async def test_filters(sources: Sources) -> None:
    south = Filter("region", ("华南",))
    assert await value(sources, metrics=("leads",), where=(south,)) == [((), 2.0)]
    assert await value(sources, metrics=("leads",), where=(Filter("region", ("华南",), "not_in"),)) == [((), 2.0)]
    unknown = Filter("industry", ("新能源",), "not_in")
    assert await value(sources, metrics=("leads",), where=(unknown,)) == [((), 3.0)]  # no industry isn't that one
    hostile = Filter("region", ("x' OR '1'='1",))
    assert await value(sources, metrics=("leads",), where=(hostile,)) == [((), 0.0)]


async def test_several_tables_merged_by_key(sources: Sources) -> None:
    """Of channels without spend a cost per lead is known, of those without leads it isn't: never 0 for 1 ÷ 0."""
    plan = Plan(metrics=("cost_per_lead", "won_from_leads"), by=("channel",), span=NOVEMBER)
    found = {one.key: one for one in (await run(plan, OPS, NOW, sources)).groups}
    assert found["搜索",].values == {"cost_per_lead": pytest.approx(150.5 / 2), "won_from_leads": 1.0}
    assert found["展会扫码",].values == {"cost_per_lead": 150.0, "won_from_leads": 0.0}
    assert found["搜索",].cells["cost_per_lead"] == (150.5, 2)
    long_ago = Span(date(2020, 1, 1), date(2020, 1, 2))
    empty = await run(Plan(metrics=("win_rate", "leads", "average_deal"), span=long_ago), OPS, NOW, sources)
    assert empty.whole.values == {"win_rate": None, "leads": 0.0, "average_deal": None}


async def test_grain_in_the_companys_zone(sources: Sources) -> None:
    """23:59 on 31 October and midnight after it lie in two months, by the company's clock; a trend has no gaps."""
    span = Span(date(2026, 9, 1), date(2026, 11, 20))
    assert await value(sources, metrics=("touches",), grain="month", span=span) == [
        (("2026-09-01",), 0.0),
        (("2026-10-01",), 1.0),
        (("2026-11-01",), 4.0),
    ]
    weeks = await value(
        sources, metrics=("won_amount",), grain="week", span=Span(date(2026, 11, 9), date(2026, 11, 20))
    )
    assert weeks == [(("2026-11-09",), 3_000_000.0), (("2026-11-16",), 0.0)]
    shared = await value(
        sources, metrics=("won_per_rep",), grain="month", span=Span(date(2026, 10, 1), date(2026, 11, 20))
    )
    assert shared == [(("2026-10-01",), 0.0), (("2026-11-01",), 1_500_000.0)]  # the reps of now in each month


async def test_order_limit_share_having(sources: Sources) -> None:
    plan = Plan(metrics=("leads",), by=("channel",), span=NOVEMBER, share=True, order=Order("leads", False), limit=1)
    found = await run(plan, OPS, NOW, sources)
    assert ([one.share for one in found.groups], found.more, found.whole.values["leads"]) == ([0.5], 1, 4.0)
    above = (Threshold("won_amount", ">=", 3_000_000),)
    assert await value(sources, metrics=("won_amount",), by=("region",), having=above) == [(("华东",), 3_000_000.0)]
    more = (Threshold("won_amount", ">", 3_000_000),)
    assert await value(sources, metrics=("won_amount",), by=("region",), having=more) == []


async def test_against(sources: Sources) -> None:
    """Of a month that runs, the same days of the month before; of a year ago, the same days."""
    found = await run(Plan(metrics=("leads",), span=NOVEMBER, by=("channel",), against="before"), OPS, NOW, sources)
    assert found.before_span == Span(date(2026, 10, 1), date(2026, 10, 20))
    assert [one.key for one in found.groups] == [one.key for one in found.before]
    assert {one.key: one.values["leads"] for one in found.before} == {("搜索",): 1.0, ("展会扫码",): 0.0}
    assert found.before_whole
    assert found.before_whole.values == {"leads": 1.0}
    ago = await run(Plan(metrics=("leads",), span=NOVEMBER, against="year_ago"), OPS, NOW, sources)
    assert ago.before_span == Span(date(2025, 11, 1), date(2025, 11, 20))


async def test_without_words_about_time(sources: Sources) -> None:
    found = await run(Plan(metrics=("leads",)), OPS, NOW, sources)
    assert (found.span, found.whole.values["leads"]) == (Span(date(2026, 10, 22), date(2026, 11, 20)), 4.0)
    assert (await run(Plan(metrics=("pipeline",)), OPS, NOW, sources)).span is None


async def test_lists(sources: Sources) -> None:
    """Rows with their names, money in yuan; won deals by when they were won, not by when they were created."""
    dear = Plan(kind="list", rows="deal", having=(Threshold("amount", ">", 400_000.0),), order=Order("amount"), limit=2)
    found = await run(dear, OPS, NOW, sources)
    assert [(one["id"], one["amount"], one["owner_name"]) for one in found.listed] == [
        ("D3", 2_000_000.0, "张敏"),
        ("D1", 1_000_000.0, "张敏"),
    ]
    assert (found.rows, found.more) == (3, 1)
    won = Plan(kind="list", rows="deal", where=(Filter("result", ("won",)),), span=NOVEMBER)
    assert [one["id"] for one in (await run(won, OPS, NOW, sources)).listed] == ["D1", "D3"]
    counted = Plan(kind="list", rows="quote", metrics=("unexplained_quotes",), span=NOVEMBER)
    [row] = (await run(counted, OPS, NOW, sources)).listed
    assert (row["id"], row["gap"], row["quoted_on"]) == ("Q1", pytest.approx(0.15), "2026-11-10")


async def test_evidence_has_rows_and_statements(sources: Sources) -> None:
    found = await run(Plan(kind="evidence", metrics=("win_rate",), span=NOVEMBER), OPS, NOW, sources)
    assert found.whole.cells["win_rate"] == (2.0, 3)
    assert {one["id"] for one in found.listed} == {"D1", "D2", "D3"}
    assert all(one.startswith("SELECT") for one in found.statements)
    assert found.as_of


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        pytest.param(Plan(metrics=("leads",), grain="'x"), "plan", id="grain"),  # type: ignore[arg-type]  # hand-written
        pytest.param(Plan(metrics=("leads",), limit=-1), "plan", id="limit"),
        pytest.param(Plan(metrics=("leads",), where=(Filter("region", ()),)), "plan", id="no-value"),
        pytest.param(Plan(metrics=("leads",), span=Span(date(1, 1, 1), date(9999, 12, 31))), "span", id="ages"),
        pytest.param(Plan(metrics=("leads",), span=Span(date(2026, 2, 1), date(2026, 1, 1))), "span", id="backwards"),
        pytest.param(Plan(), "unknown", id="nothing"),
        pytest.param(Plan(metrics=("happiness",)), "unknown", id="unknown"),
        pytest.param(Plan(metrics=("nps",)), "missing", id="missing"),
        pytest.param(Plan(metrics=("leads",), by=("rep",)), "dimension", id="dimension"),
        pytest.param(Plan(metrics=("pipeline",), span=Span(date(2026, 10, 1), date(2026, 10, 31))), "now", id="now"),
        pytest.param(Plan(metrics=("pipeline",), grain="month"), "now", id="now-trend"),
        pytest.param(Plan(metrics=("high_value_retention",), grain="month"), "trend", id="trend"),
        pytest.param(Plan(kind="list", rows="dragon"), "rows", id="rows"),
        pytest.param(Plan(kind="list", rows="deal", having=(Threshold("size", ">", 1),)), "columns", id="columns"),
        pytest.param(Plan(metrics=("won_deals",), by=("channel",), model="markov"), "model", id="model"),
    ],
)
async def test_refused(plan: Plan, reason: str, sources: Sources) -> None:
    with pytest.raises(NotAnswerable) as caught:
        await run(plan, OPS, NOW, sources)
    assert caught.value.reason == reason
    if reason == "dimension":
        assert "channel" in caught.value.values["can"]  # type: ignore[operator]  # a tuple, see the class

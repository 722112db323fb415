"""Why and what-if on rows that can be counted by hand (B9, B10); sums against noise."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.metrics.decomposition import Cell
from knowledge.metrics.explaining import explain
from knowledge.metrics.plan import Change, Filter, Plan, Span
from knowledge.metrics.reasons import Cube
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.running import Sources
from knowledge.metrics.spans import compared, usual
from knowledge.metrics.sums import sum_chance, sum_reasons
from knowledge.metrics.supposing import suppose
from tests.unit.knowledge.metrics.small_company import NOVEMBER, NOW, OPS, REP

WEEK = Span(date(2026, 11, 9), date(2026, 11, 15))


@pytest.mark.asyncio(loop_scope="package")
async def test_why_by_hand(sources: Sources) -> None:
    """Won in the week: D1 and D3 against nothing in the week before; the customer's region and tier say all of it."""
    found = await explain(Plan(kind="why", metrics=("won_deals",), span=WEEK, by=("region",)), OPS, NOW, sources)
    assert found.sums
    assert (found.before, found.after, found.before_span) == (0.0, 2.0, Span(date(2026, 11, 2), date(2026, 11, 8)))
    [one] = found.sums.findings
    assert (one.dimensions, one.values, one.effect, one.chance) == (("region",), ("华东",), 2.0, 0.5)
    assert found.sums.look is None  # two wins may be chance


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(
    ("metric", "change", "actual", "supposed"),
    [
        pytest.param("leads", Change(-100, dimension="channel", value="搜索"), 4, 2, id="without-a-channel"),
        pytest.param("win_rate", Change(-100, dimension="region", value="华南"), 2 / 3, 1, id="without-a-region"),
        pytest.param("cost_per_lead", Change(-20, metric="spend"), 450.5 / 4, 450.5 / 5, id="numerator"),
        pytest.param("cost_per_lead", Change(100, metric="leads"), 450.5 / 4, 450.5 / 8, id="denominator"),
        pytest.param("won_amount", Change(10, metric="win_rate"), 3_000_000, 3_300_000, id="factor-of-a-factor"),
        pytest.param("roas", Change(50, metric="booked_spend"), 800_000 / 450.5, 800_000 / 600.5, id="part-of-a-sum"),
        pytest.param("win_rate", Change(10, metric="win_rate"), 2 / 3, 2 / 3 * 1.1, id="itself"),
    ],
)
async def test_what_if(metric: str, change: Change, actual: float, supposed: float, sources: Sources) -> None:
    plan = Plan(kind="what_if", metrics=(metric,), change=change, span=NOVEMBER)
    found = await suppose(plan, OPS, NOW, sources)
    assert found.actual == pytest.approx(actual)
    assert found.supposed == pytest.approx(supposed)
    assert found.change == pytest.approx(supposed - actual)


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(Change(10, metric="touches"), id="not-a-part"),
        pytest.param(Change(-50, dimension="channel", value="搜索"), id="half-a-channel"),
        pytest.param(None, id="nothing"),
    ],
)
async def test_what_nobody_can_compute(change: Change | None, sources: Sources) -> None:
    with pytest.raises(NotAnswerable, match="what_if"):
        await suppose(Plan(kind="what_if", metrics=("won_amount",), change=change), OPS, NOW, sources)


@pytest.mark.asyncio(loop_scope="package")
async def test_suppositions_know_their_place(sources: Sources) -> None:
    change = Change(-100, dimension="channel", value="搜索")
    with pytest.raises(NotAnswerable, match="whole"):
        await suppose(Plan(kind="what_if", metrics=("leads",), change=change), REP, NOW, sources)
    others = Plan(kind="what_if", metrics=("won_amount",), change=change, where=(Filter("rep", ("E1002",)),))
    with pytest.raises(NotAnswerable, match="closed"):
        await suppose(others, REP, NOW, sources)


def test_sums_add_up_and_are_tested() -> None:
    """Ten calls against forty are no chance; 3 against 1 may be. The parts of a dimension add up to the change."""
    before: Cube = {("a", "x"): Cell(10, 10.0), ("b", "x"): Cell(20, 20.0)}
    after: Cube = {("a", "x"): Cell(40, 40.0), ("b", "y"): Cell(21, 21.0)}
    found = sum_reasons(before, after, ("one", "two"))
    assert found.change == 31
    for one in found.dimensions.values():
        assert sum(part.effect for part in one.parts) == pytest.approx(31)
    assert found.look
    assert (found.look.values, found.look.effect) == (("a",), 30.0)
    assert sum_chance(Cell(1, 1.0), Cell(3, 3.0)) == pytest.approx(10 / 16)  # 2·P(at most 1 of 4)
    assert sum_chance(Cell(2, 9.0, 50.0), Cell(3, 9.0, 30.0)) is None  # five amounts say nothing
    assert sum_chance(Cell(), Cell()) is None


@pytest.mark.parametrize(
    ("first", "last", "against", "expected"),
    [
        ("2026-10-01", "2026-10-31", "before", ("2026-09-01", "2026-09-30")),
        ("2026-11-01", "2026-11-20", "before", ("2026-10-01", "2026-10-20")),
        ("2026-03-01", "2026-03-30", "before", ("2026-02-01", "2026-02-28")),
        ("2026-11-16", "2026-11-20", "before", ("2026-11-09", "2026-11-13")),
        ("2026-10-01", "2026-11-20", "before", ("2026-07-01", "2026-08-20")),
        ("2026-01-01", "2026-11-20", "before", ("2025-01-01", "2025-11-20")),
        ("2026-11-14", "2026-11-20", "before", ("2026-11-07", "2026-11-13")),
        ("2024-02-29", "2024-02-29", "year_ago", ("2023-02-28", "2023-02-28")),
    ],
)
def test_days_compared_with(first: str, last: str, against: str, expected: tuple[str, str]) -> None:
    day = date.fromisoformat
    found = compared(Span(day(first), day(last)), against)  # type: ignore[arg-type]  # one of the names
    assert found == Span(day(expected[0]), day(expected[1]))


@pytest.mark.parametrize(
    ("grain", "first"),
    [
        ("", "2026-10-22"),
        ("day", "2026-10-22"),
        ("week", "2026-09-28"),
        ("month", "2026-06-01"),
        ("quarter", "2026-01-01"),
        ("year", "2024-01-01"),
    ],
)
def test_usual_days(grain: str, first: str) -> None:
    today = date(2026, 11, 20)
    assert usual(grain, today) == Span(date.fromisoformat(first), today)  # type: ignore[arg-type]  # one of the names

"""Why a metric changed (B10): cubes of both spans over the dimensions it can be split by, taken apart and tested."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts.person import Person
from knowledge.metrics.compiling import Cut, Statement, sizes, statement
from knowledge.metrics.decomposition import Cell
from knowledge.metrics.expressions import Moments
from knowledge.metrics.merging import Counted, Key, Numbers, measured
from knowledge.metrics.permitted import Seen, refuse, seen
from knowledge.metrics.plan import Plan, Span
from knowledge.metrics.reasons import Reasons, reasons
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.registry import Metric, Registry
from knowledge.metrics.running import Sources, count
from knowledge.metrics.sense import sensible
from knowledge.metrics.spans import compared
from knowledge.metrics.sums import SumReasons, sum_reasons

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST = 6  # dimensions at once
PEOPLE = frozenset({"rep"})  # nobody is named as the reason of a change (A13)
VALUES = range(2, 31)  # how many of them a dimension may have, so that cells hold something


@dataclass(frozen=True, slots=True)
class Explained:
    """A metric in two spans, and what made the difference: `rates` of rates, averages and ratios, `sums` of counts and
    amounts; one of them is None.

    `before_as_of`: of what takes time to ripen, the earlier span is looked at as it stood as long after it as the later
    one is old now, so that both had the same chance; None where that makes no difference.
    """

    plan: Plan
    metric: str
    dimensions: tuple[str, ...]
    span: Span
    before_span: Span
    rates: Reasons | None
    sums: SumReasons | None
    as_of: datetime
    before_as_of: datetime | None = None
    own: bool = False
    statements: tuple[str, ...] = ()

    @property
    def before(self) -> float:
        """The metric in the earlier span."""
        return self.rates.before.rate if self.rates else self.sums.before if self.sums else 0.0

    @property
    def after(self) -> float:
        """The metric in the span asked about."""
        return self.rates.after.rate if self.rates else self.sums.after if self.sums else 0.0


async def explain(plan: Plan, viewer: Person, now: datetime, sources: Sources) -> Explained:
    """The first metric's change. Against the span before, unless the plan says another.

    Raises NotAnswerable (see `refusals`; `why` when parts of it don't add up to the whole), WarehouseUnavailable.
    """
    registry = sources.registry
    moments = Moments(now, sources.zone)
    asked = replace(plan, grain="", against=plan.against or "before", having=(), order=None, limit=None)
    meant = sensible(asked, registry, moments.today)
    metric = registry.metrics[meant.metrics[0]]
    before = compared(meant.span, meant.against) if meant.span else None
    if not (meant.span and before) or any(_is_distinct(one) for one in registry.leaves(metric.name)):
        raise NotAnswerable("why", metric=metric.name)
    allowed = await sources.database.read(lambda store: seen(store, viewer, meant))
    refuse(meant, allowed, registry)
    dimensions = await _split_by(meant, metric, moments, allowed, sources)
    ripens = any(one.ripens for one in registry.leaves(metric.name))
    then = now - (meant.span.first - before.first) if ripens else now
    cut = Cut(dimensions, meant.where, "", meant.span)
    late, late_sql = await _cube(metric, cut, moments, allowed, sources)
    early, early_sql = await _cube(metric, replace(cut, span=before), replace(moments, now=then), allowed, sources)
    rates = is_rate(metric)
    return Explained(
        plan,
        metric.name,
        dimensions,
        meant.span,
        before,
        reasons(early, late, dimensions, tested=is_tested(metric)) if rates else None,
        None if rates else sum_reasons(early, late, dimensions),
        now,
        then if ripens else None,
        not allowed.everything,
        (*late_sql, *early_sql),
    )


async def _split_by(plan: Plan, metric: Metric, moments: Moments, allowed: Seen, sources: Sources) -> tuple[str, ...]:
    """Dimensions to look at: those that the plan names, else the few with the fewest values, so that cells hold enough.

    Not those that are filtered to one value, nor, for a rate, what says how the row went (a lost deal's stage).
    """
    registry = sources.registry
    fixed = {one.dimension for one in plan.where if one.operator == "in" and len(one.values) == 1}
    can = [name for name in registry.dimensions if registry.can_break(metric.name, name) and name not in fixed]
    can = [name for name in can if name not in PEOPLE]
    if named := tuple(name for name in plan.by if name in can):
        return named[:MOST]
    can = [name for name in can if not (is_rate(metric) and registry.dimensions[name].outcome)]
    if not can:
        return ()
    cut, first = Cut(where=plan.where, span=plan.span), registry.leaves(metric.name)[0]
    sql = await asyncio.to_thread(sizes, registry, first, can, cut, moments, allowed.conditions())
    counts = await sources.warehouse.run(lambda connection: connection.execute(sql).fetchall()[0])
    sized = sorted((count, name) for count, name in zip(counts, can, strict=True) if count in VALUES)
    return tuple(name for _, name in sized[:MOST])


async def _cube(
    metric: Metric, cut: Cut, moments: Moments, allowed: Seen, sources: Sources
) -> tuple[dict[Key, Cell], tuple[str, ...]]:
    """Cells of a span, and the SQL that gave them."""
    registry = sources.registry
    statements = await asyncio.to_thread(_compiled, metric, cut, moments, registry, allowed)

    def work(connection: DuckDBPyConnection) -> dict[str, Counted]:
        return {name: count(connection, one) for name, one in statements.items()}

    counted = await sources.warehouse.run(work)
    return cube(registry, metric, counted), tuple(one.sql for one in statements.values())


def is_rate(metric: Metric) -> bool:
    """Whether it is a quotient, whose change has rate and mix effects."""
    return metric.ratio is not None or metric.parts is not None


def is_tested(metric: Metric) -> bool:
    """Whether the house's tests of shares and averages fit: its cases are counted rows."""
    return metric.parts is not None and metric.parts[1].lstrip().lower().startswith("count")


def cube(registry: Registry, metric: Metric, counted: Mapping[str, Counted]) -> dict[Key, Cell]:
    """Cells of a metric by the values of all dimensions: cases and what they add up to."""
    keys = dict.fromkeys(key for one in counted.values() for key in one.groups)
    if not is_rate(metric):
        return {key: _added([one.groups.get(key, Numbers()) for one in counted.values()]) for key in keys}
    found = {}
    for key in keys:
        numbers = measured(registry, metric.name, lambda name: counted[name].groups.get(key, Numbers()))  # noqa: B023  # called at once
        below = numbers.cases if metric.parts else _below(registry, metric, counted, key)
        found[key] = Cell(round(below or 0), numbers.numerator or 0.0, numbers.squares)
    return {key: _weighed(metric, counted, key, cell) for key, cell in found.items()}


def _below(registry: Registry, metric: Metric, counted: Mapping[str, Counted], key: Key) -> float:
    """The denominator of a ratio of two metrics."""
    name = metric.ratio[1] if metric.ratio else metric.name
    return measured(registry, name, lambda leaf: counted[leaf].groups.get(key, Numbers())).value or 0.0


def _weighed(metric: Metric, counted: Mapping[str, Counted], key: Key, cell: Cell) -> Cell:
    """A rate of amounts (回款率) weighs by its denominator, not by its rows."""
    if metric.parts is None or is_tested(metric):
        return cell
    return replace(cell, n=round(counted[metric.name].groups[key].cases or 0))


def _added(parts: list[Numbers]) -> Cell:
    squares = [one.squares for one in parts if one.squares is not None]
    return Cell(
        sum(one.rows for one in parts), sum(one.value or 0.0 for one in parts), sum(squares) if squares else None
    )


def _compiled(metric: Metric, cut: Cut, at: Moments, registry: Registry, allowed: Seen) -> dict[str, Statement]:
    conditions = allowed.conditions()
    return {one.name: statement(registry, one, cut, at, conditions) for one in registry.leaves(metric.name)}


def _is_distinct(metric: Metric) -> bool:
    """Whether groups overlap: a visitor who came by two channels counts in both."""
    return "distinct" in metric.aggregate.lower()

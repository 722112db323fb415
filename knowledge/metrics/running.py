"""A plan answered: checked, compiled with the viewer's permissions, run on the copy of the rows, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts.person import Person
from knowledge.metrics.compiling import Cut, Statement, statement
from knowledge.metrics.expressions import Moments
from knowledge.metrics.listing import Listing, listing, shown
from knowledge.metrics.merging import Counted, Key, Numbers, chosen, groups_of
from knowledge.metrics.permitted import Seen, refuse, seen
from knowledge.metrics.plan import Plan, Span
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.registry import Metric, Registry
from knowledge.metrics.result import Group, Result
from knowledge.metrics.sense import sensible
from knowledge.metrics.spans import compared

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from storage.database import Database
    from storage.warehouse import Warehouse

BEHIND = 10  # rows that an evidence shows
MOST_GROUPS = 200_000  # more than anybody reads, and than memory should hold


@dataclass(frozen=True, slots=True)
class Sources:
    """Where numbers come from: what can be asked, the truth for permissions, the copy for figures."""

    registry: Registry
    database: Database
    warehouse: Warehouse
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Work:
    """All statements of one answer, ready to run: leaf metrics now and before, and the rows of a list."""

    counts: Mapping[str, Statement]
    before: Mapping[str, Statement]
    listing: Listing | None


async def run(plan: Plan, viewer: Person, now: datetime, sources: Sources) -> Result:
    """The answer, of the rows that the viewer may see. `why` and `what_if` plans: the plain figures (see `explaining`).

    Raises NotAnswerable, WarehouseUnavailable.
    """
    registry = sources.registry
    moments = Moments(now, sources.zone)
    meant = sensible(plan, registry, moments.today)
    if meant.model:
        raise NotAnswerable("model", model=meant.model)
    allowed = await sources.database.read(lambda store: seen(store, viewer, meant))
    refuse(meant, allowed, registry)
    span = meant.span
    before = compared(span, meant.against) if span else None
    work = await asyncio.to_thread(compiled, meant, before, registry, moments, allowed)
    found = await sources.warehouse.run(lambda connection: _answered(connection, work))
    return _result(plan, meant, before, found, work, sources, own=not allowed.everything)


def compiled(plan: Plan, before: Span | None, registry: Registry, moments: Moments, allowed: Seen) -> Work:
    """Every statement of a plan. Pure; sqlglot takes some ten milliseconds."""
    conditions = allowed.conditions()
    cut = Cut(plan.by, plan.where, plan.grain, plan.span)

    def all_of(one: Cut) -> dict[str, Statement]:
        return {leaf.name: statement(registry, leaf, one, moments, conditions) for leaf in leaves(plan, registry)}

    rows: Listing | None = None
    if plan.kind == "list":
        metric = next((one for name in plan.metrics for one in registry.leaves(name) if one.table == plan.rows), None)
        rows = listing(registry, plan, moments, conditions, metric)
    elif plan.kind == "evidence":
        first = registry.leaves(plan.metrics[0])[0]
        behind = replace(plan, limit=BEHIND)
        rows = listing(registry, behind, replace(moments, span=plan.span), conditions, first)
    counts = {} if plan.kind == "list" else all_of(cut)
    return Work(counts, all_of(replace(cut, span=before)) if before and counts else {}, rows)


def leaves(plan: Plan, registry: Registry) -> list[Metric]:
    """Every metric that counts rows itself, once."""
    found = {leaf.name: leaf for name in plan.named if name in registry.metrics for leaf in registry.leaves(name)}
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Found:
    counts: Mapping[str, Counted]
    before: Mapping[str, Counted]
    rows: Sequence[Sequence[Any]]
    built_at: datetime


def _answered(connection: DuckDBPyConnection, work: Work) -> _Found:
    [(at,)] = connection.execute("SELECT built_at FROM built").fetchall()
    counts = {name: count(connection, one) for name, one in work.counts.items()}
    before = {name: count(connection, one) for name, one in work.before.items()}
    rows = connection.execute(work.listing.sql).fetchall() if work.listing else []
    return _Found(counts, before, rows, at.replace(tzinfo=UTC))


def count(connection: DuckDBPyConnection, one: Statement) -> Counted:
    """Run one statement of `compiling.statement`. Blocking."""
    groups: dict[Key, Numbers] = {}
    whole = Numbers()
    lines = connection.execute(one.sql).fetchmany(MOST_GROUPS + 1)
    if len(lines) > MOST_GROUPS:
        raise NotAnswerable("many", most=MOST_GROUPS)
    for row in lines:
        value, numerator, cases, rows, squares, is_whole = row[one.keys :]
        numbers = Numbers(value, numerator, cases, rows, squares)
        if is_whole:
            whole = numbers
        if not is_whole or not one.keys:
            groups[tuple(row[: one.keys])] = numbers
    return Counted(groups, whole)


def _result(
    asked: Plan, plan: Plan, before: Span | None, found: _Found, work: Work, sources: Sources, *, own: bool
) -> Result:
    registry = sources.registry
    listed: list[dict[str, Any]] = []
    if work.listing:
        table = registry.tables[plan.rows if plan.kind == "list" else registry.leaves(plan.metrics[0])[0].table]
        listed = [shown(table, work.listing.columns, row, sources.zone) for row in found.rows]
    result = Result(
        plan=asked,
        groups=(),
        whole=Group((), {}),
        rows=0,
        listed=listed,
        statements=[one.sql for one in (*work.counts.values(), *work.before.values())]
        + ([work.listing.sql] if work.listing else []),
        as_of=found.built_at,
        span=plan.span,
        before_span=before,
        own=own,
    )
    if plan.kind == "list":
        rows = int(found.rows[0][-1]) if found.rows else 0
        return replace(result, rows=rows, more=rows - len(listed), whole=Group((), {}, rows=rows))
    groups, whole = groups_of(plan, registry, _broadcast(plan, registry, found.counts), plan.span)
    kept, more = chosen(plan, groups, whole)
    result = replace(result, groups=kept, whole=whole, rows=whole.rows, more=more)
    return _compared(result, plan, registry, found, before) if before else result


def _compared(result: Result, plan: Plan, registry: Registry, found: _Found, before: Span) -> Result:
    """Beside the span compared with: the same groups; of a trend all of its days."""
    groups, whole = groups_of(plan, registry, _broadcast(plan, registry, found.before), before)
    if plan.grain:
        groups = sorted(groups, key=lambda one: one.key)
    else:
        known = {one.key: one for one in groups}
        empty = Counted({(): Numbers()}, Numbers())
        nothing, _ = groups_of(plan, registry, dict.fromkeys(found.before, empty), None)
        groups = [known.get(one.key, replace(nothing[0], key=one.key)) for one in result.groups]
    return replace(result, before=groups, before_whole=whole)


def _broadcast(plan: Plan, registry: Registry, counts: Mapping[str, Counted]) -> dict[str, Counted]:
    """A figure of now has no days: beside a trend it is the same in each."""
    return {
        name: replace(one, broadcast=bool(plan.grain) and registry.metrics[name].time == "now")
        for name, one in counts.items()
    }

"""Whether a plan can be computed from the registry, whoever asks. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import isfinite
from typing import get_args

from knowledge.metrics.plan import Against, Grain, Kind, Plan, Span
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.registry import Registry
from knowledge.metrics.spans import usual

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)  # beyond, there is nothing to count
MOST = 100_000  # rows or groups of a limit
MOST_NAMED, MOST_VALUES = 20, 1000  # names of one plan, and values of one filter


def sensible(plan: Plan, registry: Registry, today: date) -> Plan:
    """The plan with its days filled in: of a figure of now none, of others the usual ones where none were said.

    Raises NotAnswerable: plan, span, unknown, missing, dimension, now, trend, rows, columns.
    """
    _shaped(plan)
    if plan.kind == "list":
        _list(plan, registry)
        return plan
    if not plan.metrics:
        raise NotAnswerable("unknown", metric="")
    for name in plan.named:
        _known(name, plan, registry)
    return replace(plan, span=_span(plan, registry, today))


def _shaped(plan: Plan) -> None:
    """A plan may come from an address that somebody wrote by hand."""
    filters_, bounds = {"in", "not_in"}, {">", ">=", "<", "<=", "="}
    sound = (
        plan.kind in get_args(Kind)
        and plan.grain in get_args(Grain)
        and plan.against in get_args(Against)
        and all(one.operator in filters_ and one.values for one in plan.where)
        and all(one.operator in bounds and isfinite(one.number) for one in plan.having)
        and (plan.limit is None or 0 < plan.limit <= MOST)
        and (plan.change is None or isfinite(plan.change.percent))
        and max(len(plan.metrics), len(plan.by), len(plan.where), len(plan.having)) <= MOST_NAMED
        and all(len(one.values) <= MOST_VALUES for one in plan.where)
    )
    if not sound:
        raise NotAnswerable("plan")
    if plan.span and not EARLIEST <= plan.span.first <= plan.span.last <= LATEST:
        raise NotAnswerable("span")


def _known(metric: str, plan: Plan, registry: Registry) -> None:
    if metric not in registry.metrics:
        raise NotAnswerable("unknown", metric=metric)
    found = registry.metrics[metric]
    if found.missing:
        raise NotAnswerable("missing", metric=metric, nearest=found.nearest, why=found.missing)
    for dimension in dict.fromkeys((*plan.by, *(one.dimension for one in plan.where))):
        if dimension not in registry.dimensions or not registry.can_break(metric, dimension):
            can = tuple(name for name in registry.dimensions if registry.can_break(metric, name))
            raise NotAnswerable("dimension", metric=metric, dimension=dimension, can=can)
    if plan.grain and any(one.time == "span" for one in registry.leaves(metric)):
        raise NotAnswerable("trend", metric=metric)


def _list(plan: Plan, registry: Registry) -> None:
    for metric in plan.metrics:
        _known(metric, plan, registry)
    if plan.rows not in registry.tables:
        raise NotAnswerable("rows", rows=plan.rows)
    table = registry.tables[plan.rows]
    for one in plan.where:
        if one.dimension not in registry.dimensions or plan.rows not in registry.dimensions[one.dimension].at:
            can = tuple(name for name, found in registry.dimensions.items() if plan.rows in found.at)
            raise NotAnswerable("dimension", metric="", dimension=one.dimension, can=can)
    for name in (*(one.of for one in plan.having), *([plan.order.by] if plan.order else ())):
        if name not in table.columns:
            raise NotAnswerable("columns", column=name, can=tuple(table.columns))


def _span(plan: Plan, registry: Registry, today: date) -> Span | None:
    now = [name for name in plan.metrics if registry.is_now(name)]
    if now and ((plan.span and plan.span.last < today) or plan.against or plan.grain):
        raise NotAnswerable("now", metric=now[0])
    if len(now) == len(plan.metrics):
        return None
    return plan.span or usual(plan.grain, today)

"""Rows of a list as one SQL statement: those that the viewer may see, with the columns that people are shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from knowledge.metrics.expressions import DIALECT, Moments, Reach
from knowledge.metrics.plan import Filter, Plan, Threshold
from knowledge.metrics.registry import Metric, Registry, Table
from knowledge.metrics.rows import Conditions, filters, joined, source, within

if TYPE_CHECKING:
    from sqlglot import exp

MOST = 1000  # rows of a list without a limit of its own
COUNT = "all_rows_"


@dataclass(frozen=True, slots=True)
class Listing:
    """SQL, and the columns that it gives, in order; then the number of all rows."""

    sql: str
    columns: tuple[str, ...]


def listing(
    registry: Registry, plan: Plan, moments: Moments, conditions: Conditions, metric: Metric | None = None
) -> Listing:
    """`metric`: only the rows that it counts, in its time."""
    from sqlglot import exp

    table = registry.tables[metric.table if metric else plan.rows]
    reach = Reach(registry, table)
    columns = tuple(name for name, one in table.columns.items() if one.listed)
    wanted = [
        *filters(reach, registry, plan.where),
        *([reach.expression(metric.where, moments)] if metric and metric.where else []),
        *(_bound(reach, one) for one in (plan.having if plan.kind == "list" else ())),
    ]
    time = _time(table, plan.where, metric)
    if plan.span and time not in {"now", "span"}:
        wanted += within(reach, time, plan.span, moments)
    shown = [exp.alias_(reach.column(name)[0], name, quoted=True) for name in columns]
    order = _order(reach, plan, time if time in table.columns else table.time)
    count = exp.alias_(exp.Window(this=exp.Count(this=exp.Star())), COUNT, quoted=True)
    counted = plan.kind == "evidence"  # rows behind a number: those that were counted, not one more
    query = exp.select(*shown, count).from_(source(reach, (), moments, conditions, whole=counted))
    query = joined(query, reach, moments, conditions)
    query = query.where(*wanted) if wanted else query
    return Listing(query.order_by(*order).limit(plan.limit or MOST).sql(DIALECT, pretty=True), columns)


def shown(table: Table, columns: Sequence[str], row: Sequence[Any], zone: ZoneInfo) -> dict[str, Any]:
    """One row as people and JSON take it: yuan as numbers, days and moments by the company's clock as text."""
    return {name: _shown(value, zone) for name, value in zip(columns, row, strict=False) if name in table.columns}


def _shown(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _time(table: Table, where: Sequence[Filter], metric: Metric | None) -> str:
    """The metric's; or, where all values of a filter have one of their own (won, lost: closed), theirs."""
    if metric:
        return metric.time or table.time
    times: Mapping[str, Mapping[str, str]] = table.times
    for one in where:
        own = {times.get(one.dimension, {}).get(value, "") for value in one.values}
        if one.operator == "in" and len(own) == 1 and "" not in own:
            return own.pop()
    return table.time


def _bound(reach: Reach, one: Threshold) -> exp.Expr:
    from sqlglot import exp

    column, number = reach.column(one.of)[0], exp.convert(one.number)
    compared: dict[str, type[exp.Binary]] = {">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE, "=": exp.EQ}
    return compared[one.operator](this=column, expression=number)


def _order(reach: Reach, plan: Plan, time: str) -> list[exp.Expr]:
    """As asked, the latest first otherwise; the key last, so that equal questions have equal lists."""
    from sqlglot import exp

    in_list = plan.kind == "list" and plan.order is not None
    path, descending = (plan.order.by, plan.order.descending) if in_list and plan.order else (time, True)
    first = exp.Ordered(this=reach.column(path)[0], desc=descending, nulls_first=False)
    return [first, exp.Ordered(this=reach.column(reach.table.key)[0], desc=False, nulls_first=False)]

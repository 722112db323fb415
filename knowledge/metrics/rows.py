"""Which rows a statement reads: those of a table that the viewer may see, joined along the registry, filtered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from knowledge.metrics.expressions import Moments, Reach, alias, filled, literal, parsed
from knowledge.metrics.periods import Period
from knowledge.metrics.plan import Filter, Span
from knowledge.metrics.registry import Column, Registry, Table

if TYPE_CHECKING:
    from sqlglot import exp

Conditions = Callable[[str, bool], str]
"""(Relation of the copy, whether figures are made of it) → SQL condition on rows that may be seen; "" for all."""


def source(
    reach: Reach, joins: tuple[str, ...], moments: Moments, conditions: Conditions, *, whole: bool = False
) -> exp.Subquery:
    """A table with what is computed on it, of the rows that the viewer may see."""
    from sqlglot import exp

    table = _reached(reach, joins)
    columns = [exp.alias_(_raw(table, one, moments), one.stored, quoted=True) for one in reach.needed[joins].values()]
    query = exp.select(*(columns or [exp.alias_(exp.Literal.number(1), "one")])).from_(table.relation)
    said = [conditions(table.relation, whole), table.only]
    query = query.where(*(parsed(one) for one in said if one)) if any(said) else query
    return query.subquery(alias(reach.table, joins))


def joined(query: exp.Select, reach: Reach, moments: Moments, conditions: Conditions) -> exp.Select:
    """With all tables that expressions reached into, the nearer ones first."""
    from sqlglot import exp

    for joins in sorted((one for one in reach.needed if one), key=len):
        parent = _reached(reach, joins[:-1])
        here, there = parent.joins[joins[-1]]
        left = exp.column(parent.columns[here].stored, table=alias(reach.table, joins[:-1]), quoted=True)
        key = reach.registry.tables[there].key
        right = exp.column(key, table=alias(reach.table, joins), quoted=True)
        query = query.join(source(reach, joins, moments, conditions), on=left.eq(right), join_type="left")
    return query


def filters(reach: Reach, registry: Registry, where: Sequence[Filter]) -> list[exp.Expr]:
    """Rows whose dimension has one of the values, or none of them; no value counts as an empty one."""
    from sqlglot import exp

    found: list[exp.Expr] = []
    for one in where:
        inside = exp.In(
            this=key_of(reach, registry, one.dimension), expressions=[exp.Literal.string(value) for value in one.values]
        )
        found.append(exp.not_(inside) if one.operator == "not_in" else inside)
    return found


def within(reach: Reach, path: str, span: Span | None, moments: Moments) -> list[exp.Expr]:
    """Rows whose day or moment lies in the span, by the company's clock; without one, all that have any."""
    column, kind = reach.column(path)
    if span is None:
        return [column.is_("NULL").not_()]
    bounds: tuple[exp.Expr, exp.Expr]
    if kind.kind == "moment":
        first, until = Period(span.first, span.last).bounds(moments.zone)
        bounds = literal(_utc(first)), literal(_utc(until))
    else:
        bounds = literal(span.first), literal(span.last + timedelta(days=1))
    return [column >= bounds[0], column.copy() < bounds[1]]


def key_of(reach: Reach, registry: Registry, dimension: str) -> exp.Expr:
    from sqlglot import exp

    column, _ = reach.column(registry.dimensions[dimension].at[reach.table.name])
    return exp.func("coalesce", exp.cast(column, exp.DataType.Type.VARCHAR), exp.Literal.string(""))


def _raw(table: Table, column: Column, moments: Moments) -> exp.Expr:
    """As the copy has it, or computed from that."""
    from sqlglot import exp

    if column.sql:
        return filled(column.sql, moments)
    return exp.column(column.stored, table=table.relation, quoted=True)


def _reached(reach: Reach, joins: tuple[str, ...]) -> Table:
    table = reach.table
    for join in joins:
        table = reach.registry.tables[table.joins[join][1]]
    return table


def _utc(moment: datetime) -> datetime:
    """As the copy has it: without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)

"""A plan's metric as one SQL statement over the copy: rows that the viewer may see, joined, filtered, grouped. Pure.

Values of a question are literals that sqlglot writes; names come from the registry alone. A metric of its own table is
one statement; ratios and sums of metrics are put together in `merging`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from knowledge.metrics.expressions import DIALECT, Moments, Reach
from knowledge.metrics.plan import Filter, Grain, Span
from knowledge.metrics.registry import Metric, Registry, Table
from knowledge.metrics.rows import Conditions, filters, joined, key_of, source, within

if TYPE_CHECKING:
    from sqlglot import exp

WHOLE = "whole_"  # a column that is 1 in the line of all rows


@dataclass(frozen=True, slots=True)
class Cut:
    """What is common to all statements of a plan: how rows are chosen and grouped."""

    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    grain: Grain = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL in DuckDB's dialect, and how many of its first columns are the key."""

    sql: str
    keys: int


def statement(registry: Registry, metric: Metric, cut: Cut, moments: Moments, conditions: Conditions) -> Statement:
    """Lines of (key …, `whole_`, value, numerator, cases, rows, squares) of a metric that counts rows itself.

    The grain's day is the last part of the key. One line has `whole_` = 1: all rows together.
    """
    from sqlglot import exp

    table = registry.tables[metric.table]
    reach = Reach(registry, table)
    moments = replace(moments, span=cut.span)
    keys = [key_of(reach, registry, name) for name in cut.by]
    if cut.grain and metric.time != "now":
        keys.append(_grain(reach, time_of(metric, table), cut.grain, moments))
    wanted = _wanted(reach, registry, metric, cut, moments)
    numbers = _numbers(reach, metric, moments)
    named = [exp.alias_(key, f"k{at}", quoted=True) for at, key in enumerate(keys)]
    query = exp.select(*named, *numbers).from_(source(reach, (), moments, conditions, whole=True))
    query = joined(query, reach, moments, conditions)
    query = query.where(*wanted) if wanted else query
    return Statement(_grouped(query, keys).sql(DIALECT, pretty=True), len(keys))


def sizes(
    registry: Registry, metric: Metric, dimensions: Sequence[str], cut: Cut, moments: Moments, conditions: Conditions
) -> str:
    """One line: how many values each dimension has among the rows that a metric counts."""
    from sqlglot import exp

    reach = Reach(registry, registry.tables[metric.table])
    moments = replace(moments, span=cut.span)
    keys = [key_of(reach, registry, name) for name in dimensions]
    wanted = _wanted(reach, registry, metric, cut, moments)
    counted = [exp.Count(this=exp.Distinct(expressions=[key])) for key in keys]
    query = exp.select(*counted).from_(source(reach, (), moments, conditions, whole=True))
    query = joined(query, reach, moments, conditions)
    return (query.where(*wanted) if wanted else query).sql(DIALECT, pretty=True)


def _wanted(reach: Reach, registry: Registry, metric: Metric, cut: Cut, moments: Moments) -> list[exp.Expr]:
    """Which rows a metric counts in a span, as far as the question filters them."""
    time = time_of(metric, reach.table)
    return [
        *filters(reach, registry, cut.where),
        *([reach.expression(metric.where, moments)] if metric.where else []),
        *(within(reach, time, cut.span, moments) if metric.time not in {"now", "span"} else []),
    ]


def time_of(metric: Metric, table: Table) -> str:
    """The column by which a span chooses rows."""
    return metric.time or table.time


def _grain(reach: Reach, path: str, grain: Grain, moments: Moments) -> exp.Expr:
    """The first day of the week, month … by the company's clock, as text."""
    from sqlglot import exp

    column, kind = reach.column(path)
    if kind.kind == "moment":
        utc = exp.AtTimeZone(this=column, zone=exp.Literal.string("UTC"))
        column = exp.AtTimeZone(this=exp.paren(utc), zone=exp.Literal.string(moments.zone.key))
    cut = exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string(grain), column])
    return exp.cast(exp.cast(cut, exp.DataType.Type.DATE), exp.DataType.Type.VARCHAR)


def _numbers(reach: Reach, metric: Metric, moments: Moments) -> list[exp.Expr]:
    from sqlglot import exp

    def named(text: str, name: str) -> exp.Expr:
        value = reach.expression(text, moments) if text else exp.null()
        return exp.alias_(exp.cast(value, exp.DataType.Type.DOUBLE), name, quoted=True)

    numerator, cases = metric.parts or ("", "")
    return [
        named(metric.aggregate, "value_"),
        named(numerator, "numerator_"),
        named(cases, "cases_"),
        exp.alias_(exp.Count(this=exp.Star()), "rows_", quoted=True),
        named(squares(metric), "squares_"),
    ]


def squares(metric: Metric) -> str:
    """The sum of squares of what an average or a sum is of, for the test against noise; "" for counts and rates."""
    said = metric.aggregate.strip().lstrip("-")
    if said[:4].lower() not in {"avg(", "sum("}:
        return ""
    amount = f"CAST({said[4:-1]} AS DOUBLE)"
    return f"sum({amount} * {amount})"


def _grouped(query: exp.Select, keys: Sequence[exp.Expr]) -> exp.Select:
    """By all keys, and once more over all rows."""
    from sqlglot import exp

    if not keys:
        return query.select(exp.alias_(exp.Literal.number(1), WHOLE, quoted=True))
    lines = [exp.Tuple(expressions=[key.copy() for key in keys]), exp.Tuple(expressions=[])]
    sets = exp.Group(expressions=[exp.GroupingSets(expressions=lines)])
    query.set("group", sets)
    return query.select(exp.alias_(exp.Anonymous(this="grouping", expressions=[keys[0].copy()]), WHOLE, quoted=True))

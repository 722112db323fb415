"""The journeys' SQL in other dialects, for when the data outgrows one machine: the same figures on PostgreSQL or Spark.

Placeholders become literals, which sqlglot quotes for the dialect: they are settings and times, never words of a user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knowledge.journeys.building import statements

if TYPE_CHECKING:
    from sqlglot import exp

NO_ZONES = frozenset({"spark", "spark2", "databricks"})


def transpiled(dialect: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(table, SELECT) for "postgres", "spark" or "duckdb", in the order in which they build on each other.

    The session's time zone must be UTC; tables have the names of the warehouse's.
    """
    return [(table, _said(sql, dialect, values)) for table, sql in statements()]


def _said(sql: str, dialect: str, values: Mapping[str, Any]) -> str:
    from sqlglot import exp, parse_one

    def literal(node: exp.Expr) -> exp.Expr:
        if isinstance(node, (exp.Parameter, exp.Placeholder)):
            return exp.convert(values[node.name])
        return node

    said = parse_one(sql, read="duckdb").transform(literal)
    said = said if dialect == "duckdb" else said.transform(_by_name)
    return (said.transform(_to_utc) if dialect in NO_ZONES else said).sql(dialect=dialect)


def _by_name(node: exp.Expr) -> exp.Expr:
    """Rows are numbered as they come, in order of `journey`: DuckDB keeps it, others want to be told."""
    from sqlglot import parse_one

    bare = node.key == "window" and not node.args.get("order") and not node.args.get("partition_by")
    return parse_one("ROW_NUMBER() OVER (ORDER BY journey)") if bare else node


def _to_utc(node: exp.Expr) -> exp.Expr:
    """`x AT TIME ZONE zone AT TIME ZONE 'UTC'`, the UTC time of a zone's clock, where no type carries a zone: the
    general translation takes `x` for UTC, twice.
    """
    from sqlglot import exp

    inner = node.this if isinstance(node, exp.AtTimeZone) else None
    if isinstance(inner, exp.AtTimeZone) and node.args["zone"].name == "UTC":
        utc = exp.Anonymous(this="TO_UTC_TIMESTAMP", expressions=[inner.this, inner.args["zone"]])
        return exp.cast(utc, exp.DataType.Type.TIMESTAMPNTZ)
    return node

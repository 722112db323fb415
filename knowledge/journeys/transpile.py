"""The journeys' SQL in other dialects, for when the data outgrows one machine: the same figures on PostgreSQL or Spark.

Placeholders become literals, which sqlglot quotes for the dialect: they are settings and times, never words of a user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.journeys.building import statements


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

    return parse_one(sql, read="duckdb").transform(literal).sql(dialect=dialect)

"""What a question asks of any database, typed: the only thing that becomes SQL. Pure.

A query names tables and columns that the schema has, never SQL text. Where the joins go is not said: they follow from
the tables that are named (`joining`), as people leave them out as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Function = Literal["avg", "sum", "min", "max", "count"]
Operator = Literal["=", "!=", ">", ">=", "<", "<=", "like", "not_like", "in", "not_in"]
Scalar = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the names that the database gives it."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function over a column; `column` None counts rows."""

    function: Function
    column: Column | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """The one number that another query gives."""

    query: Query


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers added, subtracted, divided."""

    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


Expression = Column | Aggregate | Inner | Arithmetic


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left` against a literal, several (in), another column or a query."""

    left: Expression
    operator: Operator
    right: Scalar | tuple[Scalar, ...] | Column | Query


@dataclass(frozen=True, slots=True)
class Between:
    """From `low` to `high`, both included; half open (`high` not included) for spans of time."""

    left: Expression
    low: Scalar
    high: Scalar
    half_open: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether nothing is written there; an empty text counts as nothing."""

    left: Column
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions, all or any of which hold."""

    how: Literal["and", "or"]
    parts: tuple[Condition, ...]


Condition = Comparison | Between | IsNull | Group


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by; the direction."""

    by: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT, and perhaps another that is joined to it by a set operation.

    `select` empty: every column of `tables[0]`. `tables`: those that must take part, the asked one first; what lies
    between them is found along foreign keys.
    """

    tables: tuple[str, ...]
    select: tuple[Expression, ...] = ()
    where: Condition | None = None
    group_by: tuple[Column, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    distinct: bool = False
    offset: int = 0  # rows that are passed over: the second is one row after one
    each: tuple[Column, ...] = ()  # order and limit are of every group of these, not of all rows
    set_operation: Literal["", "union", "intersect", "except"] = ""
    other: Query | None = None


def conditions(condition: Condition | None) -> Iterator[Comparison | Between | IsNull]:
    """The leaves of a condition."""
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from conditions(part)
    elif condition is not None:
        yield condition


def all_of(parts: list[Condition]) -> Condition | None:
    """One condition that holds when all do; None without any."""
    if len(parts) > 1:
        return Group("and", tuple(parts))
    return parts[0] if parts else None


def expressions(query: Query) -> Iterator[Expression]:
    """Everything that this SELECT itself mentions; not what its nested ones do."""
    yield from query.select
    yield from query.group_by
    yield from query.each
    for part in (*conditions(query.where), *conditions(query.having)):
        yield part.left
        if isinstance(part, Comparison) and isinstance(part.right, Column):
            yield part.right
    for order in query.order_by:
        yield order.by


def columns_of(one: Expression) -> Iterator[Column]:
    """Columns of this SELECT that an expression is made of."""
    if isinstance(one, Arithmetic):
        yield from columns_of(one.left)
        yield from columns_of(one.right)
    elif isinstance(one, Column):
        yield one
    elif isinstance(one, Aggregate) and one.column is not None:
        yield one.column


def aggregated(one: Expression) -> bool:
    """Whether it is computed over several rows."""
    if isinstance(one, Arithmetic):
        return aggregated(one.left) or aggregated(one.right)
    return isinstance(one, Aggregate)


def tables_of(query: Query) -> tuple[str, ...]:
    """Tables that must be in FROM, in the order in which they are met."""
    found = dict.fromkeys(query.tables)
    for one in expressions(query):
        for column in columns_of(one):
            found[column.table] = None
    return tuple(found)

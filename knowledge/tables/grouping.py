"""Groups, orders and conditions of a query, from the parts of a reading. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from knowledge.tables.engine import Reading, Sorting, Unread
from knowledge.tables.parts import Parts
from knowledge.tables.query import (
    Aggregate,
    Column,
    Comparison,
    Condition,
    Expression,
    Group,
    Order,
    Query,
    aggregated,
    all_of,
    columns_of,
    conditions,
    tables_of,
)
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import has_name, key_of, many_side, name_of


def grouped(reading: Reading, parts: Parts, focus: str, where: Condition | None) -> Query:
    draft = reading.draft
    shown = [one.expression for one in parts.shown]
    plain = [one for one in shown if isinstance(one, Column)]
    sums = any(aggregated(one) for one in shown)
    by_groups = bool(parts.having) or any(aggregated(one.order.by) for one in parts.orders)
    keys: list[Column] = []
    if sums and not parts.groups and reading.apart:
        parts.groups.extend(_listed_apart(where))
    for one in parts.groups:
        if isinstance(one, Column):
            label = [one]
        else:
            label = [each for each in plain if each.table == one] or [name_of(draft, one)]
        shown = [each for each in label if each not in shown] + shown
        keys += [one] if isinstance(one, Column) else [*_key(reading, one), *label]
    if parts.groups and any(one.limit and not aggregated(one.order.by) for one in parts.orders) and not sums:
        raise Unread("")  # the first of each group would need more than one SELECT
    if (sums or by_groups) and not keys:
        keys = _implied_keys(reading, parts, focus, plain, by_groups=by_groups)
        if not shown and keys:
            shown = [name_of(draft, focus)]
    if not (sums or by_groups):
        keys = []
    if keys:
        keys = list(dict.fromkeys((*keys, *(one for one in shown if isinstance(one, Column)))))
    if by_groups and not keys:
        raise Unread("")
    shown = shown or _of_a_row(draft, focus)
    fixed = {one.left for one in conditions(where) if isinstance(one, Comparison) and one.operator == "="}
    if shown and all(one in fixed for one in shown) and not parts.groups:
        raise Unread("")  # what is asked for is what was said
    orders, limit = _orders(parts.orders)
    tables = tuple(dict.fromkeys((focus, *parts.tables, *(one for one in parts.groups if isinstance(one, str)))))
    having = all_of([one.condition for one in parts.having])
    return Query(tables, tuple(shown), where, tuple(keys), having, orders, limit, reading.distinct and not keys)


def _of_a_row(draft: Draft, table: str) -> list[Expression]:
    """What a row is shown as: its name, else all of it but what is hidden (nothing: really all)."""
    if has_name(draft, table):
        return [name_of(draft, table)]
    columns = draft.by_name[table].columns
    if not any(one.hidden for one in columns):
        return []
    return [Column(table, one.name) for one in columns if not one.hidden]


def _listed_apart(where: Condition | None) -> list[Column]:
    """计算机系和数学系…分别: a row for each of the values that are named."""
    several = [one for one in conditions(where) if isinstance(one, Comparison) and isinstance(one.right, tuple)]
    return [one.left for one in several if isinstance(one.left, Column) and one.operator == "in"][:1]


def _implied_keys(
    reading: Reading, parts: Parts, focus: str, plain: Sequence[Column], *, by_groups: bool
) -> list[Column]:
    """Groups that nobody named: of the rows that are asked for, else of the columns that are shown beside a sum."""
    counted = {one.table for one in parts.having} | {one.table for one in parts.orders}
    texts = [one for one in plain if one.table != focus or not _names_row(reading, one)]
    if by_groups and focus not in counted and (parts.asked or not plain or len(texts) < len(plain)):
        return [*_key(reading, focus), *plain] or [name_of(reading.draft, focus)]
    return list(plain)


def _names_row(reading: Reading, column: Column) -> bool:
    named = has_name(reading.draft, column.table) and column == name_of(reading.draft, column.table)
    return named or column == key_of(reading.draft, column.table)


def _key(reading: Reading, table: str) -> list[Column]:
    found = key_of(reading.draft, table)
    return [found] if found is not None else []


def _orders(found: Iterable[Sorting]) -> tuple[tuple[Order, ...], int | None]:
    orders: list[Order] = []
    limit: int | None = None
    for one in found:
        if one.limit is not None:
            limit = one.limit
            orders.insert(0, one.order)
        else:
            orders.append(one.order)
    return tuple(orders), limit


def alternatives(reading: Reading, found: list[Condition], focus: str) -> Condition | None:
    """Two values of one column: of two rows where a row of the asked table may have several, else either of them."""
    _possible(found)
    parts: list[Condition] = []
    equal: dict[Column, list[Comparison]] = {}
    for one in found:
        value = isinstance(one, Comparison) and one.operator == "=" and not isinstance(one.right, Query)
        if value and isinstance(one, Comparison) and isinstance(one.left, Column):
            equal.setdefault(one.left, []).append(one)
        else:
            parts.append(one)
    for left, said in equal.items():
        some = list(dict.fromkeys(said))
        if len(some) == 1:
            parts.append(some[0])
        elif many_side(reading.draft, focus, left.table) and "o" not in reading.letters:
            parts.extend(_each(reading, focus, one) for one in some)
        else:
            parts.append(Group("or", tuple(some)))
    return all_of(parts)


def _possible(found: list[Condition]) -> None:
    """Raises `Unread` for bounds that no row can keep: they were meant of two rows."""
    low: dict[Expression, float] = {}
    high: dict[Expression, float] = {}
    for one in found:
        if isinstance(one, Comparison) and isinstance(one.right, int | Decimal):
            if one.operator in (">", ">="):
                low[one.left] = max(float(one.right), low.get(one.left, float("-inf")))
            elif one.operator in ("<", "<="):
                high[one.left] = min(float(one.right), high.get(one.left, float("inf")))
    if any(low[left] > high[left] for left in low.keys() & high.keys()):
        raise Unread("")


def _each(reading: Reading, focus: str, one: Comparison) -> Condition:
    assert isinstance(one.left, Column)  # noqa: S101  # as chosen above
    key = key_of(reading.draft, focus) or name_of(reading.draft, focus)
    return Comparison(key, "in", Query((focus, one.left.table), (key,), where=one))


def once(reading: Reading, query: Query) -> Query:
    """Rows once where other tables only decide which ones are meant."""
    if query.group_by or any(aggregated(one) for one in query.select) or query.order_by or not query.select:
        return query
    shown = {column.table for one in query.select for column in columns_of(one)}
    others = [name for name in tables_of(query) if name not in shown]
    multiplied = any(many_side(reading.draft, one, other) for one in shown for other in others)
    return replace(query, distinct=True) if multiplied else query


def counted_once(reading: Reading, query: Query) -> Query:
    """Rows of a table are counted by their key where a join repeats them."""
    if any(one == Aggregate("count") for one in query.select) and not query.group_by:
        names = tables_of(query)
        key = key_of(reading.draft, query.tables[0])
        if key is not None and any(many_side(reading.draft, query.tables[0], other) for other in names[1:]):
            once = Aggregate("count", key, distinct=True)
            select: list[Expression] = [once if one == Aggregate("count") else one for one in query.select]
            return replace(query, select=tuple(select))
    return query

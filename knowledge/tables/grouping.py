"""Groups, orders and conditions of a query, from the parts of a reading. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge.tables.engine import Reading, Sorting, Unread
from knowledge.tables.nesting import first_rows
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
    if sums and not parts.groups and reading.apart:
        parts.groups.extend(_listed_apart(where))
    shown, keys = _labelled(reading, parts, shown)
    if parts.groups and any(one.limit and not aggregated(one.order.by) for one in parts.orders) and not sums:
        return _first_of_each(reading, parts, Query((focus,), tuple(shown), where, tuple(dict.fromkeys(keys))))
    if sums and parts.groups and any(one not in keys and one.table not in parts.groups for one in plain):
        raise Unread("")  # 各类型的站名及最大客流: what differs from row to row beside numbers of groups
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
    if keys and any(one.by == Aggregate("count") for one in orders) and _one_each(reading, parts, keys):
        raise Unread("")  # 最受欢迎的书: every row would count once
    tables = tuple(dict.fromkeys((focus, *parts.tables, *(one for one in parts.groups if isinstance(one, str)))))
    having = all_of([one.condition for one in parts.having])
    offset = max((one.offset for one in parts.orders), default=0)
    made = Query(tables, tuple(shown), where, tuple(keys), having, orders, limit, reading.distinct and not keys, offset)
    return first_rows(reading.draft, made)


def _labelled(reading: Reading, parts: Parts, shown: list[Expression]) -> tuple[list[Expression], list[Column]]:
    """What is shown, with the name of every group before it; and the columns that tell the groups apart."""
    draft, keys = reading.draft, list[Column]()
    for one in parts.groups:
        if isinstance(one, Column):
            label = [one]
        else:
            rest = [each for each in shown if isinstance(each, Column) and each.table == one]
            label = [name_of(draft, one)] if has_name(draft, one) or not (rest or shown) else rest[:1]
        shown = [each for each in label if each not in shown] + shown
        keys += [one] if isinstance(one, Column) else [*_key(reading, one), *label]
    return shown, keys


def _one_each(reading: Reading, parts: Parts, keys: Sequence[Column]) -> bool:
    """Whether every group is one row, as nothing but the rows themselves is counted."""
    names = {one.table for one in keys} | set(parts.tables)
    draft = reading.draft
    rows = {key_of(draft, name) for name in names} | {name_of(draft, name) for name in names if has_name(draft, name)}
    return len(names) == 1 and bool(rows & set(keys))


def _first_of_each(reading: Reading, parts: Parts, started: Query) -> Query:
    """每个部门工资最高的员工: the first rows of every group; `started` shows the group's name already."""
    (sorting,) = parts.orders if len(parts.orders) == 1 else (None,)
    if parts.having or sorting is None or len(parts.groups) > 1:
        raise Unread("")
    group, draft = parts.groups[0], reading.draft
    measured = next(iter(columns_of(sorting.order.by))).table
    labels = set(started.group_by)
    shown = [one for one in started.select if one not in labels]
    if not shown:
        owner = next((one for one in (*parts.tables[::-1], measured) if one != group), measured)
        shown = [name_of(draft, owner)]
    key = group if isinstance(group, Column) else key_of(draft, group) or name_of(draft, group)
    select = tuple(dict.fromkeys((*(one for one in started.select if one in labels), *shown)))
    tables = tuple(dict.fromkeys((measured, key.table, *started.tables)))
    return replace(
        started, tables=tables, select=select, group_by=(), order_by=(sorting.order,), limit=sorting.limit, each=(key,)
    )


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
    parts = where.parts if isinstance(where, Group) and where.how == "and" else (where,)
    for part in parts:  # 2023年和2024年…分别
        if isinstance(part, Group) and part.how == "or":
            lefts = {one.left for one in conditions(part) if isinstance(one, Comparison) and one.operator == "="}
            if len(lefts) == 1:
                return [one for one in lefts if isinstance(one, Column)]
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
    """Raises `Unread` where the first rows of one order are sorted by another: that is a query of a query."""
    orders: list[Order] = []
    limit: int | None = None
    for one in found:
        if one.limit is not None:
            limit = one.limit
            orders.insert(0, one.order)
        else:
            orders.append(one.order)
    if limit is not None and len(orders) > 1:
        raise Unread("")
    return tuple(orders), limit


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

"""The first rows of one table, where what is asked for isn't those rows themselves: they are chosen inside. Pure."""

from __future__ import annotations

from dataclasses import replace

from knowledge.tables.engine import Unread
from knowledge.tables.query import (
    Aggregate,
    Column,
    Comparison,
    Condition,
    Group,
    Query,
    aggregated,
    all_of,
    columns_of,
    conditions,
)
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import key_of, many_side


def first_rows(draft: Draft, query: Query) -> Query:
    """营业额前3的药企的平均投入, 最贵的药企有哪些药品: sorted and cut before anything else is done.

    Raises `Unread` where groups are sorted by a number that differs from row to row.
    """
    by = [one.by for one in query.order_by]
    if not by or not isinstance(by[0], Column):
        return query
    first = by[0]
    if query.group_by:
        sums = [one for one in query.select if isinstance(one, Aggregate) and one.column == first]
        if sums:  # 每个城市的总里程，按里程从长到短
            return replace(query, order_by=(replace(query.order_by[0], by=sums[0]), *query.order_by[1:]))
        if first not in query.group_by and key_of(draft, first.table) not in query.group_by:
            raise Unread("")
        return query
    if query.limit is None:
        return query
    summed = bool(query.select) and all(aggregated(one) for one in query.select)
    shown = {column.table for one in query.select for column in columns_of(one)} | set(query.tables[:1])
    several = any(many_side(draft, first.table, table) for table in shown if table != first.table)
    return _inside(draft, query, first) if summed or several else query


def _inside(draft: Draft, query: Query, first: Column) -> Query:
    key = key_of(draft, first.table)
    if key is None:
        raise Unread("")
    parts = list(query.where.parts) if isinstance(query.where, Group) and query.where.how == "and" else [query.where]
    mine = [one for one in parts if one is not None and _of(one, first.table)]
    rest = [one for one in parts if one is not None and not _of(one, first.table)]
    chosen = Query(
        (first.table,), (key,), where=all_of(mine), order_by=query.order_by, limit=query.limit, offset=query.offset
    )
    where = all_of([Comparison(key, "in", chosen), *rest])
    return replace(query, where=where, order_by=(), limit=None, offset=0)


def _of(one: Condition, table: str) -> bool:
    return all(column.table == table for part in conditions(one) for column in columns_of(part.left))

"""A query in words: the headings of its answer, and one line that says what was taken to be asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from config.locales import t
from knowledge.tables.query import (
    Aggregate,
    Arithmetic,
    Between,
    Column,
    Comparison,
    Condition,
    Expression,
    Group,
    Inner,
    IsNull,
    Query,
)
from knowledge.tables.schema import Draft

_SIGNS = {"=": "=", "!=": "≠", ">": ">", ">=": "≥", "<": "<", "<=": "≤"}


def described(query: Query, found: Draft, lang: str) -> str:
    """What is shown, on which conditions, for which groups, in which order; nothing that the query doesn't say."""
    return t("tables.taken.join", lang).join(_parts(query, found, lang))


def _parts(query: Query, found: Draft, lang: str) -> Iterator[str]:
    comma = t("tables.answer.and", lang)
    shown = [heading(one, found, lang) for one in query.select] or [_table(name, found) for name in query.tables[:1]]
    yield comma.join(shown)
    if query.where is not None:
        yield t("tables.taken.where", lang, what=_condition(query.where, found, lang))
    if query.each or query.group_by:
        names = [_title(_shown(one, query), found) for one in query.each or query.group_by]
        yield t("tables.taken.each", lang, what=comma.join(dict.fromkeys(names)))
    if query.having is not None:
        yield t("tables.taken.having", lang, what=_condition(query.having, found, lang))
    for order in query.order_by:
        way = t(f"tables.taken.{'down' if order.descending else 'up'}", lang)
        yield t("tables.taken.order", lang, what=heading(order.by, found, lang), way=way)
    if query.limit is not None:
        yield t(f"tables.taken.{'place' if query.offset else 'first'}", lang, count=query.offset + query.limit)


def _shown(key: Column, query: Query) -> Column:
    """The column of the key's table that is shown; nobody knows a row by its key."""
    columns = [one for one in query.select if isinstance(one, Column) and one.table == key.table]
    return key if key in columns or not columns else columns[0]


def _condition(one: Condition, found: Draft, lang: str) -> str:
    if isinstance(one, Group):
        join = t(f"tables.taken.{one.how}", lang)
        return "(" + join.join(_condition(part, found, lang) for part in one.parts) + ")"
    left = heading(one.left, found, lang)
    if isinstance(one, IsNull):
        return t(f"tables.taken.{'something' if one.negated else 'nothing'}", lang, left=left)
    if isinstance(one, Between):
        return f"{one.low} ≤ {left} {'<' if one.half_open else '≤'} {one.high}"
    return _comparison(one, left, found, lang)


def _comparison(one: Comparison, left: str, found: Draft, lang: str) -> str:
    if isinstance(one.right, Query):
        right = "[" + described(one.right, found, lang) + "]"
    elif isinstance(one.right, Column):
        right = _title(one.right, found)
    else:
        values = one.right if isinstance(one.right, tuple) else (one.right,)
        right = t("tables.answer.and", lang).join(str(value) for value in values)
    if one.operator in _SIGNS:
        return f"{left} {_SIGNS[one.operator]} {right}"
    return t(f"tables.taken.{one.operator}", lang, left=left, right=right.replace("%", "…"))


def heading(one: Expression, found: Draft, lang: str) -> str:
    """What a column of the answer is called."""
    if isinstance(one, Column):
        return _title(one, found)
    if isinstance(one, Aggregate):
        if one.column is None:
            return t("tables.answer.count", lang)
        key = "different" if one.distinct else one.function
        return t(f"tables.answer.{key}", lang, column=_title(one.column, found))
    if isinstance(one, Arithmetic):
        sign = {"-": "minus", "/": "times", "*": "product"}.get(one.operator, "plus")
        left, right = heading(one.left, found, lang), heading(one.right, found, lang)
        return t(f"tables.answer.{sign}", lang, left=left, right=right)
    return _inner(one, found, lang)


def _inner(one: Inner, found: Draft, lang: str) -> str:
    head = heading(one.query.select[0], found, lang)
    return head if one.query.where is None else f"{head} [{_condition(one.query.where, found, lang)}]"


def _title(column: Column, found: Draft) -> str:
    return found.column(column).title or column.name


def _table(name: str, found: Draft) -> str:
    return found.by_name[name].title or name

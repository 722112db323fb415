"""Conditions of a query put together: all of them, or either of two values of one column. Pure."""

from __future__ import annotations

from decimal import Decimal

from knowledge.tables.engine import Reading, Unread
from knowledge.tables.query import Column, Comparison, Condition, Expression, Group, Query, all_of
from knowledge.tables.shapes import key_of, many_side, name_of


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

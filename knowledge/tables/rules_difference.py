"""Differences and ratios of two things: A比B高多少, A的X是B的几倍, 2024年比2023年多多少. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.tables.comparing import SPANS, compared, timed
from knowledge.tables.engine import Reading, Unread, first
from knowledge.tables.hints import measured_by
from knowledge.tables.query import (
    Aggregate,
    Arithmetic,
    Column,
    Comparison,
    Condition,
    Expression,
    Inner,
    Query,
    all_of,
)
from knowledge.tables.shapes import days_of, has_name, name_of, orderable
from knowledge.tables.tokens import Token

_ELSEWHERE = frozenset("nEGXFOBPRHhLuoWfQ%s")  # with these it is no difference of two things


def difference(reading: Reading) -> Query | None:
    """None when the question isn't one. Raises `Unread` where a side may have several rows."""
    letters = reading.letters
    if not ("m" in letters or "e" in letters or ("b" in letters and "M" in letters)) or _ELSEWHERE & set(letters):
        return None
    pair = _pair([one for one in reading.tokens if one.letter == "V" and one.column]) or _pair(
        [one for one in reading.tokens if one.letter == "N" and one.unit in SPANS]
    )
    if pair is None or any(one.letter == "N" and one.unit not in SPANS for one in reading.tokens):
        return None
    shown = _shown(reading, pair)
    if shown is None:
        return None
    _in_years(reading, shown[0])
    others = [one for one in reading.tokens if one.letter in "VN" and one not in pair]
    sides = [_side(reading, shown, [one, *others]) for one in pair]
    if _downwards(reading, shown):
        sides.reverse()
    return Query((), (Arithmetic("/" if "m" in letters else "-", *(Inner(side) for side in sides)),))


def _in_years(reading: Reading, shown: Expression) -> None:
    """Days are subtracted as years, where the database does so and nothing else was asked. Raises `Unread`."""
    column = shown.column if isinstance(shown, Aggregate) else shown
    if not isinstance(column, Column) or reading.draft.column(column).type == "number":
        return
    asked = first(reading.tokens, "M")
    if reading.draft.dialect != "sqlite" or (asked is not None and asked.text.endswith(("天", "月"))):
        raise Unread(asked.text if asked is not None else "")


def _pair(found: Sequence[Token]) -> tuple[Token, Token] | None:
    """The first and the last, where they are two of one kind."""
    alike = [one for one in found if (one.column, one.unit) == (found[0].column, found[0].unit)]
    if len(alike) != 2 or alike[0].value == alike[1].value:
        return None
    return alike[0], alike[1]


def _shown(reading: Reading, pair: tuple[Token, Token]) -> tuple[Expression, str] | None:
    """What is compared: a column, an aggregate of it, the number of rows; and the table that has it."""
    columns = [one.value for one in reading.tokens if one.letter == "C"]
    measured = list(dict.fromkeys(one for one in columns if reading.draft.column(one).type in ("number", "date")))
    measured = measured or list(dict.fromkeys(one for one in columns if orderable(reading.draft.column(one))))
    sign, how = first(reading.tokens, "Y"), first(reading.tokens, "A")
    tables = [one.value for one in reading.tokens if one.letter == "T"]
    if len(measured) > 1:
        return None
    if not measured and sign is not None and pair[0].column is not None:
        hinted = measured_by(reading.draft, [pair[0].column.table, *tables], sign.text)
        measured = [hinted] if hinted is not None else []
    if measured:
        return (Aggregate(how.value, measured[0]) if how else measured[0]), measured[0].table
    if not tables or columns or how is not None or (sign is not None and sign.text[:1] not in "多少"):
        return None
    return Aggregate("count"), tables[-1]


def _downwards(reading: Reading, shown: tuple[Expression, str]) -> bool:
    """A比B少多少 is B less A; of days, the earlier one is less as it is."""
    sign = first(reading.tokens, "Y")
    if sign is None or sign.value != "<" or "m" in reading.letters:
        return False
    days = {day for table in reading.draft.by_name for day in days_of(reading.draft, table)}
    return shown[0] not in days  # 早多少年 is this day less the other


def _side(reading: Reading, shown: tuple[Expression, str], said: Sequence[Token]) -> Query:
    expression, table = shown
    parts = [_condition(reading, one, table) for one in said]
    if isinstance(expression, Column) and not any(_one_row(reading, one, table) for one in said):
        raise Unread("")  # which of several rows is meant, or whether their sum is, isn't said
    return Query((table,), (expression,), where=all_of(parts))


def _condition(reading: Reading, one: Token, table: str) -> Condition:
    if one.column is not None:
        return Comparison(one.column, "=", one.value)
    left = timed(reading, [table], one, len(reading.tokens))
    if left is None:
        raise Unread(one.text)
    return compared(reading, left, "=", one)


def _one_row(reading: Reading, one: Token, table: str) -> bool:
    """Whether a value names a row of the table; a year beside a value is taken to."""
    if one.column is None:
        return True
    draft = reading.draft
    named = has_name(draft, table) and one.column == name_of(draft, table)
    return one.column.table == table and (named or draft.column(one.column).unique)

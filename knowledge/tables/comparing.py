"""Columns against numbers, percentages and days, in the form in which a column holds them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.tables.engine import Reading, Unread
from knowledge.tables.query import Between, Column, Comparison, Condition, Scalar
from knowledge.tables.shapes import days_of
from knowledge.tables.tokens import Token

SPANS = ("year", "month", "day", "decade")


def compared(reading: Reading, left: Column, operator: str, number: Token) -> Condition:
    """A column against a number, an amount or a day, in the unit and form in which the column holds it."""
    value: Scalar = number.value
    draft = reading.draft.column(left)
    unit = number.unit
    if not unit and draft.type == "date" and isinstance(value, int) and 1000 <= value <= 2999:
        unit = "year"
    if unit in SPANS and draft.type in ("date", "text"):
        return _in_time(left, operator, str(value), unit)
    if number.unit == "percent" and isinstance(value, int | Decimal):
        value = _percent(reading, left, Decimal(value), number.text)
    elif draft.type == "text":
        value = str(value)
    elif isinstance(value, str):
        value = int(value[:4]) if draft.type == "number" and value[:4].isdigit() else value
    return Comparison(left, operator, value)  # type: ignore[arg-type]  # operators of the cues are those of queries


def _percent(reading: Reading, left: Column, number: Decimal, text: str) -> Scalar:
    """30 % is stored as 0.3, 30 or "30%": the values tell."""
    values = reading.draft.column(left).values
    if any("%" in value for value in values):
        return text.replace(" ", "")
    numbers = [abs(float(value)) for value in values if re.fullmatch(r"-?[\d.]+", value)]
    return number / 100 if not numbers or max(numbers) <= 1.0 else number


def _in_time(left: Column, operator: str, said: str, unit: str) -> Condition:
    """A day, a month or a year of a column with days: as texts sort, so do days."""
    low, high = (said, said) if unit == "day" else ends(said, unit)
    if operator == "=":
        return Comparison(left, "=", said) if unit == "day" else Between(left, low, high, half_open=True)
    if operator == "!=":
        return Comparison(left, "!=", said)
    edge = {">": high, ">=": low, "<": low, "<=": high}[operator]
    if unit == "day":
        return Comparison(left, operator, said)  # type: ignore[arg-type]  # as above
    return Comparison(left, {">": ">=", "<=": "<"}.get(operator, operator), edge)  # type: ignore[arg-type]  # as above


def ends(said: str, unit: str) -> tuple[str, str]:
    if unit == "month":
        year, month = int(said[:4]), int(said[5:7])
        return f"{said}-01", f"{year + month // 12}-{month % 12 + 1:02d}-01"
    return f"{int(said):04d}-01-01", f"{int(said) + (10 if unit == 'decade' else 1):04d}-01-01"


def timed(reading: Reading, tables: list[str], number: Token, place: int) -> Column | None:
    """The column with days that a bare one belongs to: one named right behind it, else that of what is measured.

    Of equally likely tables, the one that is named next. Raises `Unread` where a table has several such columns.
    """
    for one in reading.tokens[place : place + 3]:
        if one.letter == "C" and holds_time(reading, one.value, number.unit):
            return one.value  # type: ignore[no-any-return]  # a Column, as all of letter C
    beside = [one.value for one in reading.tokens[place : place + 2] if one.letter == "T"]
    ordered = [*_measured(reading, place), *beside, *tables]
    for table in dict.fromkeys(ordered):
        found = [one for one in days_of(reading.draft, table) if holds_time(reading, one, number.unit)]
        if len(found) > 1:
            raise Unread(number.text)  # which of them is meant isn't said
        if found:
            return found[0]
    return None


def _measured(reading: Reading, place: int) -> list[str]:
    """Tables of numbers that are named right behind a place: 2024年客运量最多的."""
    found = []
    for one in reading.tokens[place : place + 4]:
        value = one.value.left if one.letter == "c" and isinstance(one.value, Comparison) else one.value
        if one.letter in "Cc" and isinstance(value, Column) and reading.draft.column(value).type == "number":
            found.append(value.table)
    return found[:1]


def holds_time(reading: Reading, left: Column, unit: str) -> bool:
    draft = reading.draft.column(left)
    if unit == "clock":
        return any(":" in value for value in draft.values[:20])
    if draft.type == "date":
        return True
    dated = [value for value in draft.values[:50] if re.match(r"\d{4}(-|/|$)", value)]
    named = any(word in draft.name.lower() for word in ("年", "year", "时间", "日期", "date", "time"))
    return named if draft.type == "number" else bool(dated) and len(dated) >= len(draft.values[:50]) / 2

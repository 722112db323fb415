"""Conditions with numbers, amounts and days: comparisons, ranges, bounds, and those that name no column. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from knowledge.tables.comparing import SPANS, compared, ends, holds_time, timed
from knowledge.tables.engine import Found, Reading, column, first, token
from knowledge.tables.query import Between, Column, Comparison
from knowledge.tables.shapes import called, days_of
from knowledge.tables.tokens import Token

_MEASURES = {
    "age": ("年龄", "age"), "price": ("价格", "售价", "price", "金额", "费"), "weight": ("体重", "重量", "weight"),
    "height": ("身高", "height", "高度"), "length": ("长度", "length", "距离", "里程", "distance"),
    "duration": ("时长", "duration"), "year": ("年份", "year", "时间", "日期"),
}  # fmt: skip


_BOUNDS = ("最多", "最少", "最大", "最小", "最高", "最低")


def _counts(left: Column) -> bool:
    return left.name.endswith(("数", "量", "期", "次", "人", "号")) or bool(
        re.search(r"(count|num|qty|number)", left.name)
    )


def plain(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """`C B N`, `C N P`, `C i N`."""
    left, number = column(found), first(found, "N")
    sign = first(found, "BP")
    if left is None or number is None:
        return None
    operator = sign.value if sign is not None else "="
    if number.counts and reading.draft.column(left).type == "number" and not _counts(left):
        return None  # 评价不少于2条: rows, and no mark
    if number.unit in SPANS and not holds_time(reading, left, number.unit):
        return None
    if isinstance(number.value, str) and reading.draft.column(left).type == "number" and number.unit == "clock":
        return None
    sorts = operator in ("=", "!=") or number.unit in (*SPANS, "clock") or _sorts_as_number(reading, left)
    if reading.draft.column(left).type == "text" and not sorts:
        return None
    return [token("c", found, compared(reading, left, operator, number))]


def _sorts_as_number(reading: Reading, left: Column) -> bool:
    values = reading.draft.column(left).values
    return bool(values) and all("%" in value or ":" in value or "-" in value for value in values[:20])


def most_as_bound(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """最多5亿, 最少3个: a bound, where a number follows that no rows are counted by."""
    left, sign, number = column(found), first(found, "X"), first(found, "N")
    if left is None or sign is None or number is None or sign.text not in _BOUNDS:
        return None
    following = reading.letters[match.end() : match.end() + 1]
    if following in ("T", "C", "w") and not number.unit and Decimal(str(number.value)) < 100:
        return None
    operator = "<=" if sign.value == "desc" else ">="
    return [token("c", found, compared(reading, left, operator, number))]


def than_number(reading: Reading, found: Found, _: re.Match[str]) -> list[Token]:
    """比30000高: as 高于30000."""
    return [replace(found[0], letter="B", value=found[2].value), found[1]]


def range(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    left = column(found)
    numbers = [one for one in found if one.letter == "N"]
    if left is None or len(numbers) != 2:
        return None
    low, high = numbers
    text = reading.draft.column(left).type in ("date", "text")
    if text and {low.unit, high.unit} & {"year", "month"}:
        if "day" in (low.unit, high.unit):
            return [token("c", found, Between(left, low.value, high.value))]
        start, end = ends(str(low.value), low.unit or high.unit)[0], ends(str(high.value), high.unit or low.unit)[1]
        return [token("c", found, Between(left, start, end, half_open=True))]
    if isinstance(low.value, int | Decimal) and isinstance(high.value, int | Decimal) and low.value > high.value:
        low, high = high, low
    return [token("c", found, Between(left, low.value, high.value))]


def bare_number(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """A number with a unit and no column: 30岁以上, 2014年的…, after 2010."""
    number, sign = first(found, "N"), first(found, "BP")
    if number is None:
        return None
    operator = sign.value if sign is not None else "="
    tables = list(dict.fromkeys((*reading.tables(), *(one.value.table for one in reading.tokens if one.letter == "C"))))
    following = reading.letters[match.end() : match.end() + 1]
    if number.unit in (*SPANS, "clock"):
        left = timed(reading, tables, number, match.end())
    elif number.unit in _MEASURES:
        left = called(reading.draft, tables, _MEASURES[number.unit], ("number",))
    elif isinstance(number.value, int) and 1500 <= number.value <= 2100 and following != "T":
        left = timed(reading, tables, number, match.end())
    else:
        return None
    if left is None:
        return None
    reading.penalty += 0.3
    return [token("c", found, compared(reading, left, operator, number))]


def said_before(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """在2015年之后成立的: the time stands before the column that holds it, or is not of the form that it holds."""
    left, number, sign = column(found), first(found, "N"), first(found, "P")
    if left is None or number is None or number.unit not in (*SPANS, "clock"):
        return None
    if not holds_time(reading, left, number.unit):
        if left not in days_of(reading.draft, left.table):
            return None
        other = timed(reading, [left.table], number, len(reading.tokens))  # 首次开放, where 开放时间 is an hour
        if other is None:
            return None
        left = other
    return [token("c", found, compared(reading, left, sign.value if sign else "=", number))]


def two_columns(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """线上收入高于线下收入: two columns of a row."""
    left, right = (one.value for one in found if one.letter == "C")
    sign = first(found, "BY")
    draft = reading.draft
    if reading.letters[match.end() : match.end() + 1] in ("N", "M"):
        return None  # 比成本高200万以上: by how much isn't read
    if sign is None or left == right or draft.column(left).type != draft.column(right).type:
        return None
    if draft.column(left).type == "text" and sign.value not in ("=", "!="):
        return None
    return [token("c", found, Comparison(left, sign.value, right))]


def implied_left(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """大于10且小于20: the second comparison is of the column of the first."""
    one, sign, number = found[0], first(found, "BP"), first(found, "N")
    if not isinstance(one.value, Comparison | Between) or not isinstance(one.value.left, Column):
        return None
    if sign is None or number is None:
        return None
    return [one, token("c", found[1:], compared(reading, one.value.left, sign.value, number))]

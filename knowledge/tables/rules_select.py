"""Rules that read what is to be shown: columns, aggregates of them, counts. Pure."""

from __future__ import annotations

import re

from knowledge.tables.engine import Found, Reading, Shown, first, function_of, rule, token
from knowledge.tables.query import Aggregate, Arithmetic, Column, Comparison
from knowledge.tables.shapes import key_of, orderable
from knowledge.tables.tokens import Token

_VAGUE = ("多少", "how much")  # of what, isn't said


def _aggregates(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """平均、最大和最小年龄; 年龄的平均值和最大值; 平均身高和体重."""
    functions = [function_of(one) for one in found if one.letter in "AX"]
    columns = [one.value for one in found if one.letter == "C"]
    if reading.spoken == "zh" and first(found, ",") is not None:
        return None  # …最多，总额是多少: two clauses
    unknown = match.start() and reading.tokens[match.start() - 1].letter == "U"
    if unknown or any(one in reading.draft.pointing or one == key_of(reading.draft, one.table) for one in columns):
        return None  # nobody asks for the highest key, nor for the most of something unknown
    if any(reading.draft.column(one).type == "text" and how in ("avg", "sum") for one in columns for how in functions):
        return None
    if not all(orderable(reading.draft.column(one)) for one in columns):
        return None
    return [token("a", found, Shown(Aggregate(how, one))) for one in columns for how in functions]


def _sum_of(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """一共有多少员工 where a column counts them."""
    left = found[-1].value
    if found[0].value != "sum" or reading.draft.column(left).type != "number" or left in reading.draft.pointing:
        return None
    return [token("a", found, Shown(Aggregate("sum", left)))]


def _difference(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """最高工资和最低工资的差, 最高比最低多多少."""
    left, right = (one.value.expression for one in found if one.letter == "a")
    if not (isinstance(left, Aggregate) and isinstance(right, Aggregate)) or left.column != right.column:
        return None
    if left.function == "min" and right.function == "max":
        left, right = right, left
    return [token("a", found, Shown(Arithmetic("-", left, right)))]


def _count_rows(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    table = first(found, "T")
    return [token("a", found, Shown(Aggregate("count"), table.value))] if table is not None else None


def _count_matching(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """主任医师有几位: rows that fulfil the condition."""
    condition = found[0].value
    if found[-1].text in _VAGUE and found[1].letter != "v":
        return None
    if not isinstance(condition, Comparison) or not isinstance(condition.left, Column):
        return None
    return [found[0], token("a", found[1:], Shown(Aggregate("count"), condition.left.table))]


def _count_column(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """有多少个国家: different ones; a number ("多少钱", "年龄是多少") is shown itself."""
    one = first(found, "C")
    if one is None:
        return None
    left: Column = one.value
    draft = reading.draft.column(left)
    whole = left.name in reading.draft.by_name[left.table].key
    if draft.type in ("number", "date") and not whole and left not in reading.draft.pointing:
        return [one] if first(found, "u") is None else [token("a", found, Shown(Aggregate("count", left, True)))]
    if first(found, "M") is not None and found[-1].letter == "M" and first(found, "i") is not None:
        return [one]  # 电话是多少
    return [token("a", found, Shown(Aggregate("count", left, distinct=True)))]


def _count_different(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """多少个不同的籍贯; 不同的籍贯 alone asks for the values."""
    return _count_column(reading, found, match) if first(found, "MK") else None


def _different(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    reading.distinct = True
    return [one for one in found if one.letter != "u"]


SEVERAL = (
    rule(r"(?<!C)(?<!Cd)[AX](?:[&,]+[AX])+d?C", _aggregates),
    rule(r"Cd?[AX](?:[&,]+[AX])+(?!d?C)", _aggregates),
)
SELECTED = (
    rule(r"Av?MC", _sum_of),
    rule(r"Cd?A(?=&Ad?C)", _aggregates),
    rule(r"(?:[AX][&,]?)+d?C(?:&C(?=,|$|d?i?M|i|w))*", _aggregates),
    rule(r"Cd?(?:[AX][&,]?)*[AX]", _aggregates),
    rule(r"M?u[dC]*?Cd?K?", _count_different),
    rule(r"[KM]d?uC", _count_column),
    rule(r"[KM]d?uT", _count_rows),
    rule(r"K[dip]*T", _count_rows),
    rule(r"T[dv]?u?d?K", _count_rows),
    rule(r"M[dp]*T", _count_rows),
    rule(r"T[viwd,]*M(?!C)", _count_rows),
    rule(r"Kd?C", _count_column),
    rule(r"Cd?K", _count_column),
    rule(r"MC", _count_column),
    rule(r"C[iv]*M", _count_column),
    rule(r"c[vi]*M", _count_matching),
    rule(r"a[ivd,]*[MK]", lambda reading, found, match: [found[0]]),
    rule(r"a[&b]ad?(?:eM?|YM)", _difference),
    rule(r"ud?[CT]", _different),
    rule(r"[CT]u", _different),
)

"""Rules that read groups and conditions on them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.tables.engine import Found, Having, Reading, column, first, rule, token
from knowledge.tables.hints import HINTS
from knowledge.tables.query import Aggregate, Between, Column, Comparison, Function, Operator
from knowledge.tables.shapes import called
from knowledge.tables.tokens import Token

_SAID = 0.85  # a number is hardly ever what groups are made by, unless it is said so
_NO_COUNT = 10_000  # such a number is an amount: it is compared with the number that the table is named after

_BOUNDS = r"(不|至|超|大|小|高|低|多|少)|(more|less|fewer|greater|larger|smaller|higher|lower|at|no|not) "


def _group_count(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """名人不超过5个, 至少两个学生, 学生人数超过10: a bound on how many rows a group has."""
    table, sign, number = first(found, "T"), first(found, "BP"), first(found, "N")
    if table is None or number is None or not isinstance(number.value, int | Decimal) or number.unit:
        return None
    operator: Operator = sign.value if sign is not None else "="
    words = next(
        (names for said, names in HINTS if sign and any(one in sign.text.split("于")[0] for one in said.split())), ()
    )
    hinted = words if sign is not None and not re.match(_BOUNDS, sign.text) else ()
    if hinted or number.value >= _NO_COUNT:
        left = called(reading.draft, [table.value], hinted) if hinted else _named_after(reading, table)
        return [table, token("c", found, Comparison(left, operator, number.value))] if left is not None else None
    return [token("q", found, Having(Comparison(Aggregate("count"), operator, number.value), table.value))]


def _named_after(reading: Reading, table: Token) -> Column | None:
    """The number whose name the table's name ends with."""
    columns = [one for one in reading.draft.by_name[table.value].columns if one.type == "number"]
    return next((Column(table.value, one.name) for one in columns if table.text.endswith(one.name)), None)


def _group_range(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    table, (low, high) = first(found, "T"), [one.value for one in found if one.letter == "N"]
    if table is None:
        return None
    return [token("q", found, Having(Between(Aggregate("count"), low, high), table.value))]


def _group_column(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """平均工资超过5000: a bound on an aggregate. A column with days has none."""
    how, left, sign, number = first(found, "AX"), column(found), first(found, "BP"), first(found, "N")
    if how is None or left is None or number is None or reading.draft.column(left).type != "number":
        return None
    highest: Function = "max" if how.value in ("desc", "late") else "min"
    function: Function = how.value if how.letter == "A" else highest
    operator: Operator = sign.value if sign is not None else "="
    return [token("q", found, Having(Comparison(Aggregate(function, left), operator, number.value)))]


def _count_of_column(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """国家数小于5: different values of a text."""
    left, sign, number = column(found), first(found, "BP"), first(found, "N")
    if left is None or number is None or reading.draft.column(left).type == "number" or number.unit:
        return None
    if match.start() and reading.tokens[match.start() - 1].letter in "wG":
        made = Having(Comparison(Aggregate("count"), sign.value if sign else "=", number.value))
        return [found[0], token("q", found[1:], made)]  # 哪些类别的记录数: rows of each, not different ones
    counted_ = Aggregate("count", left, distinct=True)
    return [token("q", found, Having(Comparison(counted_, sign.value if sign else "=", number.value)))]


def _grouped(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    one = first(found, "CT")
    if one is None:
        return None
    if one.letter == "C" and one.score < _SAID and reading.draft.column(one.value).type == "number":
        return None  # 每亩产值: for every value of 亩产量 isn't meant
    return [token("g", found, one.value)]


HAVING = (
    rule(r"Ad?Cd?[iv]*(?:BN|NP)", _group_column),
    rule(r"Cd?Ad?[iv]*(?:BN|NP)", _group_column),
    rule(r"Td?K?[iv]*RN[J&]Nr?", _group_range),
    rule(r"Td?K?[iv]*Bv?N(?!k?T)K?", _group_count),
    rule(r"KdT[iv]*BN", _group_count),
    rule(r"Cd?K[iv]*BN", _count_of_column),
    rule(r"[vi]*Bv?Nd?K?T(?!d?C)", _group_count),
    rule(r"[vi]*NPd?T(?=d|$|,)", _group_count),
    rule(r"[vi]NT(?=d|$|,)", _group_count),
    rule(r"TN(?:P|(?=d|,|$))", _group_count),
)


def _one_for_each(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """科幻和爱情电影各有多少部: a row for each of the values that are listed."""
    reading.apart = True
    return list(found[1:])


def _of_different(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """不同职称的教师的平均工资, 不同星级的酒店有多少: for each of them."""
    if not set(reading.letters[match.end() :]) & set("AKMX"):
        return None
    return [token("g", found, found[-1].value)]


GROUPS = (
    rule(r"(?<![MK])ud?C(?=dT)", _of_different),
    rule(r"Gv?M(?!T)", _one_for_each),
    rule(r"Gd?[CT]", _grouped),
)

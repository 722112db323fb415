"""Rules that put two columns of a row together: 票房减成本, 出口额与出口量的比值, 人均产值, 人口密度. Pure.

What comes of it is a column as any other for the rules behind: it can be compared, averaged, sorted by.
"""

from __future__ import annotations

import re

from knowledge.tables.engine import Found, Reading, Shown, first, function_of, rule, token
from knowledge.tables.query import Aggregate, Arithmetic, Column
from knowledge.tables.schema import Operator
from knowledge.tables.shapes import called
from knowledge.tables.tokens import Token

_SUMS = ("总和", "之和", "合计", "总计", "加起来", "相加")
_PEOPLE = ("人口", "人数", "员工数量", "职工人数", "员工人数", "员工数", "population")
_AREAS = ("面积", "area")


def _put_together(reading: Reading, pair: tuple[Column, Column], operator: Operator) -> Column | None:
    """None where they aren't two numbers of a row."""
    draft, (left, right) = reading.draft, pair
    if left == right or left.table != right.table or {draft.column(one).type for one in (left, right)} != {"number"}:
        return None
    if {left, right} & draft.pointing:
        return None
    reading.draft, made = draft.computed(left, operator, right)
    return made


def _pair(reading: Reading, found: Found, operator: Operator, *, turned: bool = False) -> list[Token] | None:
    left, right = (one.value for one in found if one.letter == "C")
    made = _put_together(reading, (right, left) if turned else (left, right), operator)
    return [token("C", found, made)] if made is not None else None


def _named_result(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A和B之差, A与B的比值."""
    return _pair(reading, found, found[-1].value)


def _sum(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A和B之和; of all rows of a group, where groups are asked for."""
    if found[-1].text not in _SUMS:
        return None
    made = _pair(reading, found, "+")
    if made is None or "G" not in reading.letters:
        return made
    return [token("a", found, Shown(Aggregate("sum", made[0].value)))]


def _infix(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A减去B, A除以B."""
    sign = first(found, "f")
    return _pair(reading, found, sign.value) if sign is not None else None


def _times(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A是B的几倍, A占B的比例: of one row."""
    return _pair(reading, found, "/")


def _higher(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A比B高多少."""
    sign = first(found, "Y")
    return _pair(reading, found, "-", turned=sign is not None and sign.value == "<")


def _per(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """人均X by the people that the row counts, X密度 by its area."""
    sign, left = first(found, "Q"), first(found, "C")
    if sign is None or left is None:
        return None
    names = _PEOPLE if sign.value == "people" else _AREAS
    by = called(reading.draft, [left.value.table], names, ("number",))
    made = _put_together(reading, (left.value, by), "/") if by is not None else None
    return [token("C", found, made)] if made is not None else None


def _extremes(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """最长里程比最短里程多多少: of all rows."""
    left, right = (one.value for one in found if one.letter == "C")
    high, low = (function_of(one) for one in found if one.letter in "XA")
    if left != right or reading.draft.column(left).type != "number":
        return None
    sides = Aggregate(high, left), Aggregate(low, left)
    made = Arithmetic("-", *(sides[::-1] if (high, low) == ("min", "max") else sides))
    return [token("a", found, Shown(made))]


COMPUTED = (
    rule(r"[XA]d?Cb[XA]d?CYM", _extremes),
    rule(r"Qd?C", _per),
    rule(r"CQ", _per),
    rule(r"C[&b]Cd?e", _named_result),
    rule(r"C[&]Cd?A(?!d?C)", _sum),
    rule(r"CfC", _infix),
    rule(r"C[vi]+Cd?m", _times),
    rule(r"CWCd?%", _times),
    rule(r"CbCYM", _higher),
)

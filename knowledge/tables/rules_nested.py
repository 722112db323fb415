"""Rules that need another query: compared with an average, than another row, without any, all but the first. Pure."""

from __future__ import annotations

import re

from knowledge.tables.engine import Found, Having, Reading, Sorting, column, first, rule, token
from knowledge.tables.hints import measured_by
from knowledge.tables.query import (
    Aggregate,
    Column,
    Comparison,
    Function,
    Operator,
    Order,
    Query,
    all_of,
)
from knowledge.tables.shapes import key_of, name_of, orderable, tells_row, without
from knowledge.tables.tokens import Token

_EXTREMES: dict[str, Function] = {"desc": "max", "asc": "min", "late": "max", "early": "min"}


def _than_average(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """低于平均值, 高于计算机系的平均工资, 等于最高分: against one number of all rows, or of some."""
    sign, how = first(found, "BY"), first(found, "AX")
    columns = [one.value for one in found if one.letter == "C"]
    if sign is None or how is None or not columns:
        return None
    if sign.letter == "B" and sign.value in ("=", "!=") and first(found, "V") is not None:
        return None  # 省份为江东的城市的平均人口: the value is what it is equal to
    left, right = columns[0], columns[-1]
    function: Function = how.value if how.letter == "A" else _EXTREMES[how.value]
    if left.table != right.table or (reading.draft.column(right).type != "number" and function in ("avg", "sum")):
        return None  # 高于平均值的线路名称: what stands behind isn't what is averaged
    where = all_of([_equal(one) for one in found if one.letter == "V" and one.column])
    inner = Query((right.table,), (Aggregate(function, right),), where=where)
    operator: Operator = sign.value if sign.value in ("=", "!=", ">", "<", ">=", "<=") else ">"
    return [token("c", found, Comparison(left, operator, inner))]


def _equal(one: Token) -> Comparison:
    assert one.column is not None  # noqa: S101  # of values that are stored
    return Comparison(one.column, "=", one.value)


def _than_another(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """工资比张三高的…: against the same column of another row."""
    left, other, sign = column(found), first(found, "V"), first(found, "Y")
    if left is None or other is None or sign is None or not orderable(reading.draft.column(left)):
        return None
    if left in reading.draft.pointing or other.column is None or not tells_row(reading.draft, other.column):
        return None  # nobody compares keys; nor with one of several rows
    inner = Query((left.table,), (left,), where=_equal(other))
    return [token("c", found, Comparison(left, sign.value, inner))]


def _than_that_row(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """开通时间晚于2号线的: the value names another row, it isn't one of the column."""
    left, other, sign = column(found), first(found, "V"), first(found, "B")
    if left is None or other is None or sign is None or sign.value not in ("<", ">", "<=", ">="):
        return None
    if other.column is None or other.column.table != left.table or not tells_row(reading.draft, other.column):
        return None
    if not orderable(reading.draft.column(left)):
        return None
    return [token("c", found, Comparison(left, sign.value, Query((left.table,), (left,), where=_equal(other))))]


def _than_that_person(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """比林一凡高的: what the word measures."""
    other, sign = found[1], found[2]
    if other.column is None or sign.value not in ("<", ">") or not tells_row(reading.draft, other.column):
        return None
    left = measured_by(reading.draft, [other.column.table], sign.text)
    if left is None:
        return None
    return [token("c", found, Comparison(left, sign.value, Query((left.table,), (left,), where=_equal(other))))]


def _without(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """没有下过订单的客户, 哪些院系没有教师, students without any pet."""
    place = next(index for index, one in enumerate(found) if one.letter == "n")
    inside, outside = _sides(found, place)
    if not inside or not outside or inside == outside:
        return None
    parts = [one.value for one in found[place:] if one.letter == "c"]
    groups = next((one.value for one in found[place:] if one.letter == "q"), None)
    query = Query((inside,), where=all_of(parts), having=groups.condition if isinstance(groups, Having) else None)
    made = without(reading.draft, outside, inside, query)
    if made is None:
        return None
    kept = [one for one in found[:place] if one.letter in "TwdCc,"]
    kept = kept if any(one.letter == "T" and one.value == outside for one in kept) else []
    behind = [one for index, one in enumerate(found) if index > place and one.letter in "dT" and one.value != inside]
    head = [one for one in behind if one.letter == "T" and one.value == outside][-1:]
    tail = [Token("d", "的"), *head] if head and reading.spoken == "zh" else []
    reading.context.append(outside)
    return [*kept, token("c", found, made), *tail]


def _without_before_column(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """没有寄出过包裹的网点名称: the rows of what is asked for."""
    outside, inside = reading.tokens[match.end()].value.table, first(found, "T")
    if inside is None or inside.value == outside:
        return None
    where = all_of([one.value for one in found if one.letter == "c"])
    made = without(reading.draft, outside, inside.value, Query((inside.value,), where=where))
    return [token("c", found, made)] if made is not None else None


def _sides(found: Found, place: int) -> tuple[str, str]:
    """The table that is missing, and the one whose rows are asked for."""
    behind = [one for one in found[place:] if one.letter == "T"]
    ahead = [one.value for one in found[:place] if one.letter == "T"]
    conditions = [one for one in found[place:] if one.letter == "c" and isinstance(one.value, Comparison)]
    if behind and len(behind) > 1 and behind[-1].value != behind[0].value and not ahead:
        return behind[0].value, behind[-1].value
    if behind and ahead:
        return behind[0].value, ahead[-1]
    left = next((one.value.left for one in conditions if isinstance(one.value.left, Column)), None)
    if left is not None and (behind or ahead):
        return left.table, behind[-1].value if behind else ahead[-1]
    return "", ""


def _all_but(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """但不是营业额最少的3个平台: not among the first of an order."""
    if (sign := first(found, "B")) is not None and sign.value != "!=":
        return None
    order = first(found, "s")
    tables = [one.value for one in found if one.letter == "T"]
    if order is None or not isinstance(order.value, Sorting):
        return None
    by = order.value.order
    owner = tables[-1] if tables else getattr(by.by, "table", "")
    if not owner or isinstance(by.by, Aggregate):
        return None
    key = key_of(reading.draft, owner) or name_of(reading.draft, owner)
    inner = Query((owner,), (key,), order_by=(Order(by.by, by.descending),), limit=order.value.limit or 1)
    return [token("c", found, Comparison(key, "not_in", inner))]


COMPARED = (
    rule(r"C[idz]*Ci?B[Tdp]*A", _than_average),
    rule(r"C[idz]*B[TdCUpVK]{0,5}[AX](?:d?C)?(?![XFN])", _than_average),
    rule(r"C[idz]*B[TdUpVK]{0,5}[AX](?![XFN])", _than_average),
    rule(r"B[Tdp]*V?d?[AX]d?C", _than_average),
    rule(r"Cb[TdCpV]*[AX]d?C?Y", _than_average),
    rule(r"b[TdpV]*[AX]d?CY", _than_average),
    rule(r"CbVd?C?Y", _than_another),
    rule(r"bVd?T?d?CY", _than_another),
    rule(r"C[idz]*BVd?C", _than_another),
    rule(r"C[idz]*BV(?!d?C)", _than_that_row),
    rule(r"bVY(?=dT)", _than_that_person),
)
MISSING = (
    rule(r"[&,]?[EnB][iv]*s[d]?T?", _all_but),
    rule(r"(?:w?T[dwiptvc,]*?)?n[vwi]*[cq]*[v]*T[cqvT]*(?:dT|d(?=$)|)", _without),
    rule(r"T[wdiptv,]*n[vwi]*[v]*c", _without),
    rule(r"n[vwi]*c[v]*dT", _without),
    rule(r"n[vi]*T[cv]*d(?=C)", _without_before_column),
)

"""Rules that need another query: compared with an average, than another row, without any, all but the first. Pure."""

from __future__ import annotations

import re

from knowledge.tables.engine import Found, Having, Reading, Sorting, column, first, rule, token
from knowledge.tables.query import (
    Aggregate,
    Arithmetic,
    Column,
    Comparison,
    Function,
    Inner,
    Operator,
    Order,
    Query,
    all_of,
)
from knowledge.tables.shapes import key_of, name_of, without
from knowledge.tables.tokens import Token

_EXTREMES: dict[str, Function] = {"desc": "max", "asc": "min", "late": "max", "early": "min"}


def _than_average(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """低于平均值, 高于计算机系的平均工资, 等于最高分: against one number of all rows, or of some."""
    sign, how = first(found, "BY"), first(found, "AX")
    columns = [one.value for one in found if one.letter == "C"]
    if sign is None or how is None or not columns:
        return None
    left, right = columns[0], columns[-1] if columns[-1].table == columns[0].table else columns[0]
    function: Function = how.value if how.letter == "A" else _EXTREMES[how.value]
    if reading.draft.column(right).type != "number" and function in ("avg", "sum"):
        return None
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
    if left is None or other is None or sign is None:
        return None
    inner = Query((left.table,), (left,), where=_equal(other))
    return [token("c", found, Comparison(left, sign.value, inner))]


def difference(reading: Reading) -> Query | None:
    """A比B高多少, A的X是B的几倍, A和B的X差多少: two numbers of two rows; None when the question isn't one."""
    letters = reading.letters
    values = [index for index, one in enumerate(reading.tokens) if one.letter == "V" and one.column]
    ratio, gap = "m" in letters, "e" in letters
    compares = "b" in letters and ("M" in letters or "Y" in letters[letters.rfind("V") :]) and "M" in letters
    if len(values) < 2 or not (ratio or gap or compares):
        return None
    one, other = reading.tokens[values[0]], reading.tokens[values[-1]]
    columns = [token_.value for token_ in reading.tokens if token_.letter == "C"]
    numeric = [each for each in columns if reading.draft.column(each).type in ("number", "date")]
    metric = numeric[0] if numeric else columns[0] if columns else None
    if metric is None or one.column != other.column or set("nEGXFO") & set(letters):
        return None
    sign = first(reading.tokens, "Y")
    down = sign is not None and sign.value == "<" and not ratio and reading.draft.column(metric).type == "number"
    shared = [_equal(reading.tokens[index]) for index in values if reading.tokens[index].column != one.column]
    order = (other, one) if down else (one, other)
    sides = [Inner(_one_number(reading, metric, [_equal(each), *shared])) for each in order]
    return Query((), (Arithmetic("/" if ratio else "-", *sides),))


def _one_number(reading: Reading, metric: Column, parts: list[Comparison]) -> Query:
    how = first(reading.tokens, "A")
    shown = Aggregate(how.value, metric) if how is not None else metric
    return Query((metric.table,), (shown,), where=all_of([*parts]))


def _without(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """没有获得过奖项的高校, 哪些高校没有名人毕业, students without any pet."""
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
    rule(r"B[Tdp]*V?d?[AX]d?C", _than_average),
    rule(r"Cb[TdCpV]*[AX]d?C?Y", _than_average),
    rule(r"b[TdpV]*[AX]d?CY", _than_average),
    rule(r"CbVd?C?Y", _than_another),
    rule(r"bVd?T?d?CY", _than_another),
    rule(r"C[idz]*BVd?C", _than_another),
)
MISSING = (
    rule(r"[&,]?[EnB][iv]*s[d]?T?", _all_but),
    rule(r"(?:w?T[dwiptvc,]*?)?n[vwi]*[cq]*[v]*T[cqvT]*(?:dT|d(?=$)|)", _without),
    rule(r"T[wdiptv,]*n[vwi]*[v]*c", _without),
    rule(r"n[vwi]*c[v]*dT", _without),
)

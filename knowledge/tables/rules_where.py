"""Rules that read conditions on rows: comparisons, ranges, values, parts of texts, nothing there. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from knowledge.tables.comparing import SPANS, compared, ends, holds_time, timed
from knowledge.tables.engine import Found, Reading, Unread, column, first, rule, token
from knowledge.tables.query import (
    Between,
    Column,
    Comparison,
    Group,
    IsNull,
    Operator,
    Query,
)
from knowledge.tables.shapes import called, without
from knowledge.tables.tokens import Token

_FLIPPED = {"=": "!=", "!=": "=", ">": "<=", "<": ">=", ">=": "<", "<=": ">", "in": "not_in", "like": "not_like"}
_MEASURES = {
    "age": ("年龄", "age"), "price": ("价格", "售价", "price", "金额", "费"), "weight": ("体重", "重量", "weight"),
    "height": ("身高", "height", "高度"), "length": ("长度", "length", "距离", "里程", "distance"),
    "duration": ("时长", "duration"), "year": ("年份", "year", "时间", "日期"),
}  # fmt: skip


_BOUNDS = ("最多", "最少", "最大", "最小", "最高", "最低")


def _plain(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """`C B N`, `C N P`, `C i N`."""
    left, number = column(found), first(found, "N")
    sign = first(found, "BP")
    if left is None or number is None:
        return None
    operator = sign.value if sign is not None else "="
    if isinstance(number.value, str) and reading.draft.column(left).type == "number" and number.unit == "clock":
        return None
    sorts = operator in ("=", "!=") or number.unit in (*SPANS, "clock") or _sorts_as_number(reading, left)
    if reading.draft.column(left).type == "text" and not sorts:
        return None
    return [token("c", found, compared(reading, left, operator, number))]


def _sorts_as_number(reading: Reading, left: Column) -> bool:
    values = reading.draft.column(left).values
    return bool(values) and all("%" in value or ":" in value or "-" in value for value in values[:20])


def _most_as_bound(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """最多5亿, 最少3个: a bound, where a number follows that no rows are counted by."""
    left, sign, number = column(found), first(found, "X"), first(found, "N")
    if left is None or sign is None or number is None or sign.text not in _BOUNDS:
        return None
    following = reading.letters[match.end() : match.end() + 1]
    if following in ("T", "C", "w") and not number.unit and Decimal(str(number.value)) < 100:
        return None
    operator = "<=" if sign.value == "desc" else ">="
    return [token("c", found, compared(reading, left, operator, number))]


def _than_number(reading: Reading, found: Found, _: re.Match[str]) -> list[Token]:
    """比30000高: as 高于30000."""
    return [replace(found[0], letter="B", value=found[2].value), found[1]]


def _range(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
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


def _value(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """`C B V`, `B V`, `V`: the value's own column, or the one that is named if it holds the value, too."""
    value = first(found, "V")
    if value is None or value.column is None:
        return None
    named = column(found)
    sign = first(found, "B")
    operator: Operator = sign.value if sign is not None else "!=" if first(found, "nE") else "="
    if operator not in ("=", "!=", ">", "<", ">=", "<="):
        return None
    if operator not in ("=", "!=") and named is None:
        return None
    left, stored = value.column, value.value
    if named is not None and named != left:
        choice = next((one for one in value.choices if one.column == named), None)
        if choice is None:
            return None
        left, stored = named, choice.value
    return [token("c", found, Comparison(left, operator, stored))]


def _value_and_kind(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """O型血, 欢乐喜剧人系列: the value with the name of its column behind it."""
    return [found[0]] if found[0].column == found[1].value else None


def _partly_stored(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """不是网络小说 where only 小说 is stored: true of every row, whatever it was. "is" would be a guess."""
    sign, value = first(found, "B"), found[-1]
    if sign is None or sign.value != "!=" or value.column is None:
        return None
    text = "".join(one.text for one in found if one.letter in "UV")
    return [token("c", found, Comparison(column(found) or value.column, "!=", text))]


def _quoted(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A text that isn't stored, or a stretch of unknown words, after "is": the value that holds it, if one does."""
    left = column(found)
    if left is None or reading.draft.column(left).type == "number":
        return None
    sign = first(found, "B")
    text = "".join(one.text for one in found if one.letter in "LUVN")
    low = text.casefold()
    held = [value for value in reading.draft.column(left).values if low in value.casefold()]
    negated = bool(sign and sign.value == "!=") or first(found, "n") is not None
    if sign and sign.value not in ("=", "!="):
        return None
    if len(held) == 1:
        return [token("c", found, Comparison(left, "!=" if negated else "=", held[0]))]
    if held:
        return [token("c", found, Comparison(left, "not_like" if negated else "like", f"%{text}%"))]
    if first(found, "L") is not None:
        return [token("c", found, Comparison(left, "!=" if negated else "=", text))]
    raise Unread(text)


def _part(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """`C H L`, `C O L h`: contains, begins with, ends with."""
    left, how = column(found), first(found, "Hh")
    text = "".join(str(one.value if one.letter in "VL" else one.text) for one in found[1:] if one.letter in "VLUNCTK")
    if left is None or how is None or not text or reading.draft.column(left).type not in ("text", "date"):
        return None
    negated = first(found, "n") is not None
    text = text.replace("字母", "").replace("letter ", "").strip()
    if reading.draft.dialect == "sqlite" and "%" in text:
        return None
    return [token("c", found, Comparison(left, "not_like" if negated else "like", how.value.format(text)))]


def _bare_number(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """A number with a unit and no column: 30岁以上, 2014年的…, after 2010."""
    number, sign = first(found, "N"), first(found, "BP")
    if number is None:
        return None
    operator = sign.value if sign is not None else "="
    tables = list(dict.fromkeys((*reading.tables(), *(one.value.table for one in reading.tokens if one.letter == "C"))))
    following = reading.letters[match.end() : match.end() + 1]
    if number.unit in (*SPANS, "clock"):
        left = timed(reading, tables, number, following, match.end())
    elif number.unit in _MEASURES:
        left = called(reading.draft, tables, _MEASURES[number.unit], ("number",))
    elif isinstance(number.value, int) and 1500 <= number.value <= 2100 and following != "T":
        left = timed(reading, tables, number, following, match.end())
    else:
        return None
    if left is None:
        return None
    reading.penalty += 0.3
    return [token("c", found, compared(reading, left, operator, number))]


def _said_before(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """在2015年之后成立的: the time stands before the column that holds it."""
    left, number, sign = column(found), first(found, "N"), first(found, "P")
    if left is None or number is None or number.unit not in (*SPANS, "clock"):
        return None
    if not holds_time(reading, left, number.unit):
        return None
    return [token("c", found, compared(reading, left, sign.value if sign else "=", number))]


def _nothing(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    left = column(found)
    if left is None:
        return None
    owner = next((one.value for one in reading.tokens[match.end() : match.end() + 2] if one.letter == "T"), "")
    if owner and owner != left.table:  # 没有授课的教师: no row of the column's table belongs to them
        made = without(reading.draft, owner, left.table, Query((left.table,)))
        return [token("c", found, made)] if made is not None else None
    return [token("c", found, IsNull(left))]


def _either(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    one, other = found[0].value, found[-1].value
    parts = (*(one.parts if isinstance(one, Group) and one.how == "or" else (one,)), other)
    return [token("c", found, Group("or", parts))]


def _two_columns(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """线上收入高于线下收入: two columns of a row."""
    left, right = (one.value for one in found if one.letter == "C")
    sign = first(found, "BY")
    draft = reading.draft
    if sign is None or left == right or draft.column(left).type != draft.column(right).type:
        return None
    if draft.column(left).type == "text" and sign.value not in ("=", "!="):
        return None
    return [token("c", found, Comparison(left, sign.value, right))]


def _listed(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """`V & V` of one column: either of them, as no row is both."""
    values = [one for one in found if one.letter == "V"]
    left = values[0].column
    if any(one.column != left for one in values) or left is None:
        return None
    made = token("V", found, tuple(one.value for one in values))
    named = column(found)
    if named is not None and named != left:
        return None
    sign = first(found, "B")
    operator: Operator = "not_in" if (sign is not None and sign.value == "!=") or first(found, "E") else "in"
    return [replace(made, letter="c", value=Comparison(left, operator, made.value))]


def _except(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """除了X: the condition turned round."""
    one = first(found, "c")
    if one is None or not isinstance(one.value, Comparison) or one.value.operator not in _FLIPPED:
        return None
    flipped = replace(one.value, operator=_FLIPPED[one.value.operator])  # type: ignore[arg-type]  # as above
    return [token("c", found, flipped)]


def _implied_left(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """大于10且小于20: the second comparison is of the column of the first."""
    one, sign, number = found[0], first(found, "BP"), first(found, "N")
    if not isinstance(one.value, Comparison | Between) or not isinstance(one.value.left, Column):
        return None
    if sign is None or number is None:
        return None
    return [one, token("c", found[1:], compared(reading, one.value.left, sign.value, number))]


VALUES = (
    rule(r"bNY", _than_number),
    rule(r"RV(?!&V)", lambda reading, found, match: [found[1]]),
    rule(r"VC", _value_and_kind),
    rule(r"C[iz]*BC", _two_columns),
    rule(r"Cd?bCd?Y", _two_columns),
    rule(r"C?d?[iB]?E?V(?:[&o,]V)+", _listed),
    rule(r"C[iv]*Rd?N[J&]Nr?", _range),
    rule(r"Ci?[Oi]?NJNr?", _range),
    rule(r"C[in]*H[LUVNCT]+", _part),
    rule(r"C[in]*O?[LUVNCT]{1,2}h", _part),
    rule(r"C[id]*BC?V", _value),
    rule(r"C[id]*nv?V", _value),
    rule(r"Ci?V(?![db]?C[bB])", _value),
    rule(r"C?[id]*BUV", _partly_stored),
    rule(r"BV", _value),
    rule(r"C[idz]*B[LU]+[LUV]*", _quoted),
    rule(r"C[id]*L", _quoted),
    rule(r"Cd?[iv]?Bi?N", _plain),
    rule(r"C[iv]?i?NP", _plain),
    rule(r"CXN", _most_as_bound),
    rule(r"C[iz]?N(?!P|k?[TCJ])", _plain),
    rule(r"c[&,oit]*(?:BN|NP)(?!k?[TK])", _implied_left),
)
LOOSE = (
    rule(r"i?NP?C(?=d)", _said_before),
    rule(r"BNz?(?!k?[TK])", _bare_number),
    rule(r"i?NP", _bare_number),
    rule(r"i?N", _bare_number),
    rule(r"E?V", _value),
    rule(r"nv?C(?=d|,|$|&)", _nothing),
    rule(r"Cii?n(?=d|,|$|&)", _nothing),
)
COMBINED = (
    rule(r"Ed?cE?", _except),
    rule(r"c[d,&i]*o[,i]*c", _either),
)

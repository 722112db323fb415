"""Conditions with texts: stored values, parts of texts, values that are listed, nothing there. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.tables.engine import Found, Reading, Unread, column, first, token
from knowledge.tables.query import Comparison, IsNull, Operator, Query
from knowledge.tables.shapes import without, yes_of
from knowledge.tables.tokens import Token


def value(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
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


def not_so(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """没有上市的, 未缺货: what a column with yes and no says no to."""
    one = found[-1]
    if one.column is None or yes_of(reading.draft.column(one.column)) != one.value:
        return None
    return [token("c", found, Comparison(one.column, "!=", one.value))]


def numbered(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """2024赛季: a number that the column holds as a text."""
    number, left = found[0], found[1].value
    if str(number.value) not in reading.draft.column(left).values or reading.draft.column(left).type != "text":
        return None
    return [token("c", found, Comparison(left, "=", str(number.value)))]


def value_twice(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """科幻电影和爱情电影: two values and one table."""
    same = found[1].value == found[4].value and found[0].column == found[3].column
    return [found[0], found[2], found[3], found[4]] if same else None


def value_of_which(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """丁岚是哪些茶企的法人: the rows where he is it."""
    if found[0].column != found[-1].value:
        return None
    return [found[0], found[2], found[3]]


def value_and_kind(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """O型血, 绿茶这类: the value with the name of its column behind it."""
    return [found[0]] if found[0].column == found[1].value else None


def partly_stored(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """不是网络小说 where only 小说 is stored: true of every row, whatever it was. "is" would be a guess."""
    sign, value = first(found, "B"), found[-1]
    if sign is None or sign.value != "!=" or value.column is None:
        return None
    text = "".join(one.text for one in found if one.letter in "UV")
    return [token("c", found, Comparison(column(found) or value.column, "!=", text))]


def quoted(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
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


def part(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
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


def nothing(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    left = column(found)
    if left is None:
        return None
    owner = next((one.value for one in reading.tokens[match.end() : match.end() + 2] if one.letter == "T"), "")
    if owner and owner != left.table:  # 没有授课的教师: no row of the column's table belongs to them
        made = without(reading.draft, owner, left.table, Query((left.table,)))
        return [token("c", found, made)] if made is not None else None
    return [token("c", found, IsNull(left))]


def listed(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
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

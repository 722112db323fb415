"""Makes one query of what the rules found; nothing that would change the answer may be left over. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.tables.alternatives import alternatives
from knowledge.tables.engine import Reading, Shown, Sorting, Unread
from knowledge.tables.grouping import counted_once, grouped, once
from knowledge.tables.parts import Parts, members, parts_of, settle, whom
from knowledge.tables.query import Aggregate, Column, Comparison, Order, Query, columns_of
from knowledge.tables.shapes import days_of, has_name, name_of
from knowledge.tables.tokens import Token

_UNREAD = frozenset("NLBPVYbHhRenEFOXAKMDGmoefQW%")  # what mustn't be left over: it would change the answer


def compose(reading: Reading) -> Query:
    """The query of a reading. Raises `Unread` where something that matters is left over."""
    _limit_by_which(reading)
    _count_of_nothing_named(reading)
    _order_of_what_is_shown(reading)
    if reading.spoken == "zh" and (several := re.search(r"[CT]&[CT]t", reading.letters)):
        raise Unread(reading.tokens[several.end() - 1].text)  # 总部和酒店都在上海
    _when(reading)
    left = [one for one in reading.tokens if one.letter in _UNREAD]
    if reading.spoken == "zh" and (loose := re.search(r"(?<![wGugCTW])(?<![wGug]d)C(?=dT)", reading.letters)):
        left.append(reading.tokens[loose.start()])  # 有评价的酒店: whatever is meant by it, not that it is shown
    if left:
        raise Unread(left[0].text)
    parts = parts_of(reading)
    settle(reading, parts)
    whom(reading, parts)
    members(reading, parts)
    focus = _focus(reading, parts)
    where = alternatives(reading, parts.where, focus)
    query = grouped(reading, parts, focus, where)
    return _values_once(reading, counted_once(reading, once(reading, query)))


def _values_once(reading: Reading, query: Query) -> Query:
    """在哪些城市: each value once, where a column is asked for that doesn't tell rows apart."""
    plain = not (query.group_by or query.order_by or query.limit or query.each) and len(query.select) == 1
    several = any(one.letter == "w" and ("些" in one.text or "几" in one.text) for one in reading.tokens)
    one = query.select[0] if query.select else None
    if not (plain and several and isinstance(one, Column)) or (
        has_name(reading.draft, one.table) and one == name_of(reading.draft, one.table)
    ):
        return query
    return replace(query, distinct=reading.draft.column(one).type == "text")


def _when(reading: Reading) -> None:
    """是哪天, 什么时候: needs a column that tells it; else the one that is sorted by."""
    days = {day for table in reading.draft.by_name for day in days_of(reading.draft, table)}
    shown = {one.value for one in reading.tokens if one.letter == "C"}
    for index, one in enumerate(reading.tokens):
        if one.letter == "w" and one.value == "when" and not shown & days:
            sorts = [each.value.order.by for each in reading.tokens if each.letter == "s"]
            by = next((each for each in sorts if each in days), None)
            if by is None:
                raise Unread(one.text)
            reading.tokens[index] = Token("C", one.text, by)


def _limit_by_which(reading: Reading) -> None:
    """哪3个国家…最少: the number belongs to the superlative."""
    orders = [one for one in reading.tokens if one.letter == "s" and one.value.limit is not None]
    for index, one in enumerate(reading.tokens):
        counts = one.letter == "N" and isinstance(one.value, int) and not one.unit and index
        if counts and reading.tokens[index - 1].letter in "wGi,d" and (orders or one.value == 1):
            if orders and one.value > 1:
                orders[-1].value = replace(orders[-1].value, limit=one.value)
            reading.tokens[index] = Token("x", one.text)
    reading.tokens = [one for one in reading.tokens if one.letter != "x"]


def _count_of_nothing_named(reading: Reading) -> None:
    """教授和副教授一共有多少人: rows that the conditions are about."""
    if set(reading.letters) & set("CaT"):
        return
    for index, one in enumerate(reading.tokens):
        if one.letter in "MK" and one.text not in ("多少", "how much"):
            reading.tokens[index] = Token("a", one.text, Shown(Aggregate("count")))
            reading.tokens = [each for each in reading.tokens if each.letter not in "MKA"]
            return


def _order_of_what_is_shown(reading: Reading) -> None:
    """…，从高到低排列: by the last number that is shown."""
    for index, one in enumerate(reading.tokens):
        if one.letter == "D":
            shown = [each for each in reading.tokens[:index] if each.letter in "aC"]
            sums = [each for each in shown if each.letter == "a"] or shown
            if sums:
                by = sums[-1].value.expression if sums[-1].letter == "a" else sums[-1].value
                table = sums[-1].value.table if sums[-1].letter == "a" else ""
                reading.tokens[index] = Token("s", one.text, Sorting(Order(by, one.value == "desc"), None, table))


def _focus(reading: Reading, parts: Parts) -> str:
    """The table whose rows are meant."""
    if parts.asked:
        return parts.asked[-1] if reading.spoken == "zh" else parts.asked[0]
    plain = [one.expression.table for one in parts.shown if isinstance(one.expression, Column)]
    counted = [one.table for one in parts.shown if one.table]
    inner = [column.table for one in parts.shown for column in columns_of(one.expression)]
    for found in (plain, counted, inner, parts.tables[::-1]):
        if found:
            return found[0]
    groups = [one if isinstance(one, str) else one.table for one in parts.groups]
    sorts = [one.order.by.table for one in parts.orders if isinstance(one.order.by, Column)]
    wheres = [one.left.table for one in parts.where if isinstance(one, Comparison) and isinstance(one.left, Column)]
    if not groups and not wheres and not sorts:
        raise Unread("")
    return (groups or sorts or wheres)[0]

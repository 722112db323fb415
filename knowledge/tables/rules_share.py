"""Shares: what some rows are of all (已签收的包裹占全部包裹的比例), in numbers or in the sum of a column. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from knowledge.tables.engine import Reading, Unread
from knowledge.tables.query import (
    Aggregate,
    Arithmetic,
    Column,
    Condition,
    Expression,
    Inner,
    Query,
    aggregated,
    all_of,
    conditions,
)
from knowledge.tables.tokens import Token

Read = Callable[[Reading], Query]


def share(reading: Reading, read: Read) -> Query | None:
    """None when the question asks for none; `read` reads one side of it. Raises `Unread` where a side can't be read."""
    letters = reading.letters
    split = letters.find("W")
    end = letters.find("%") if "%" in letters else letters.find("M", split) if split > 0 else -1
    if end < 0 or set(letters[end + 1 :]) & set("TCVNX"):
        return None
    if split < 0:
        split = end
    part, whole = reading.tokens[:split], reading.tokens[split + 1 : end]
    table = next((one for one in (*whole, *part) if one.letter == "T"), None)
    if not any(one.letter in "TC" for one in part) and table is not None:
        part = [*part, Token("d", ""), replace(table)]
    some = read(replace(reading, tokens=[replace(one) for one in part if one.letter not in "w"]))
    where = _conditions(reading, whole, read)
    return _divided(reading, some, where)


def _conditions(reading: Reading, whole: list[Token], read: Read) -> Condition | None:
    """What holds for the whole too: 占2024年总客运量. Nothing said: all rows."""
    if not any(one.letter in "VNB" for one in whole):
        return None
    return read(replace(reading, tokens=[replace(one) for one in whole])).where


def _divided(reading: Reading, some: Query, where: Condition | None) -> Query:
    if some.limit is not None or some.having is not None or some.distinct:
        raise Unread("%")
    measure = _measure(reading, some)
    tables = tuple(dict.fromkeys((some.tables[0], *((measure.column.table,) if measure.column else ()))))
    whole = Query(tables[-1:] if measure.column else tables[:1], (measure,), where=where)
    said = {one.left for one in conditions(some.where)}
    more = [one for one in conditions(where) if one.left not in said]
    limited = all_of([one for one in (some.where, *more) if one is not None])
    if some.group_by:
        shown: list[Expression] = [one for one in some.select if not aggregated(one)]
        each = Arithmetic("/", measure, Inner(whole))
        return replace(some, select=(*shown, each), where=limited)
    if limited == where:
        raise Unread("%")  # all of all
    return Query((), (Arithmetic("/", Inner(Query(some.tables, (measure,), where=limited)), Inner(whole)),))


def _measure(reading: Reading, some: Query) -> Aggregate:
    """The number that is shared out: a sum of a column, else rows."""
    sums = [one for one in some.select if isinstance(one, Aggregate)]
    if sums:
        if len(sums) > 1 or sums[0].function not in ("sum", "count"):
            raise Unread("%")
        return sums[0]
    numbers = [one for one in some.select if isinstance(one, Column) and reading.draft.column(one).type == "number"]
    if len(numbers) > 1:
        raise Unread("%")
    return Aggregate("sum", numbers[0]) if numbers else Aggregate("count")

"""Spans of days in a question, with their place: 上周三到昨天, 9月以来, 截至昨天, since September. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.metrics.periods import Period, same_day
from knowledge.questions.days import PATTERNS
from knowledge.questions.moments import Moment, Reader

BEGINNING = date(2000, 1, 1)  # 截至昨天: of all that is known

_TO = re.compile(r"\s?(?:到|至|[-~–—]+|\bto\b|\bthrough\b|\buntil\b|\btill\b|\band\b)\s?", re.ASCII)
_BETWEEN = re.compile(r"(?:\bfrom|\bbetween)\s$|从$", re.ASCII)
_SHORT_MONTHS = re.compile(r"(?<![\d.])(?P<a>\d{1,2})\s?[-~–—到至]\s?(?=\d{1,2}月(?!\d))", re.ASCII)
_SHORT_DAYS = re.compile(r"(?<![\d.])(?P<a>\d{1,2})\s?[-~–—到至]\s?(?=\d{1,2}[日号])", re.ASCII)
_NOW = r"(?:今天?|现在|目前|今日|当前|now|today)"
_SINCE_BEHIND = re.compile(
    rf"\s?(?:份?(?:以来|至今|起|开始|之后|以后)(?:到?{_NOW})?|(?:到|至){_NOW}(?:为止)?"
    r"|\bonwards?\b|(?:until|till|to|up to) now\b)",
    re.ASCII,
)
_SINCE_BEFORE = re.compile(r"(?:\bsince |\bstarting )(?:from )?(?:the )?$|(?:自从?|从)$", re.ASCII)
_UP_TO_BEFORE = re.compile(r"(?:截[至止]到?|\b(?:as of|up to|until|till|through|by the end of) )(?:the )?$", re.ASCII)
_UP_TO_BEHIND = re.compile(r"\s?(?:底|末)?(?:为止|之前|以前)", re.ASCII)
_UP_TO_NOW = re.compile(rf"截[至止]到?{_NOW}(?:为止)?|\b(?:up to now)\b(?!\w)|(?:到|至){_NOW}为止", re.ASCII)
_END = re.compile(r"(?:底|末)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A span at its place. `period` None: a day that doesn't exist, or an end before its beginning."""

    start: int
    end: int
    period: Period | None


def spans(text: str, today: date) -> list[Found]:
    """Spans of a folded, lower-case text, in order, without overlaps."""
    atoms = _apart(_atoms(text, Moment(today)))
    joined = _joined(text, atoms, today)
    named = [Found(*one.span(), Period(BEGINNING, today)) for one in _UP_TO_NOW.finditer(text)]
    return _apart([*named, *(_open(text, one, today) for one in joined)])


def _atoms(text: str, now: Moment) -> Iterator[Found]:
    for pattern, read in PATTERNS:
        for found in pattern.finditer(text):
            yield Found(*found.span(), _safely(read, found, now))


def _safely(read: Reader, found: re.Match[str], now: Moment) -> Period | None:
    try:
        return read(found, now)
    except (ValueError, OverflowError):  # 30 February
        return None


def _apart(found: Iterable[Found]) -> list[Found]:
    """The longest at each place; of equals one that exists."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.period is None, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _joined(text: str, atoms: list[Found], today: date) -> Iterator[Found]:
    """A到B is one span; B is read with A: 8月1日到15日."""
    waiting: Found | None = None
    for one in atoms:
        if waiting is not None and _links(text, waiting, one):
            waiting = Found(waiting.start, one.end, _from_to(text, waiting, one, today))
            continue
        if waiting is not None:
            yield waiting
        waiting = _short(text, one, today)
    if waiting is not None:
        yield waiting


def _links(text: str, begin: Found, end: Found) -> bool:
    link = _TO.fullmatch(text, begin.end, end.start)
    return link is not None and (link[0].strip() != "and" or text[: begin.start].rstrip().endswith("between"))


def _from_to(text: str, begin: Found, end: Found, today: date) -> Period | None:
    """The end read in the beginning's year. 11月到2月 crosses the year that ends; 20号到5号 is none."""
    if begin.period is None or end.period is None:
        return None
    first = begin.period.first
    again = [
        one.period
        for one in _apart(_atoms(text[end.start : end.end], Moment(today, first)))
        if one.period is not None and one.end == end.end - end.start
    ]
    last = (again[0] if again else end.period).last
    if last < first and first.month > last.month and first.year == last.year == today.year:
        first = same_day(first, -12)
    elif last < first and first.month > last.month and first.year == last.year:
        last = same_day(last, 12)
    return Period(first, last) if last >= first else None


def _short(text: str, one: Found, today: date) -> Found:
    """8-10月 and 1-15日: the unit is said once."""
    for pattern, unit in ((_SHORT_MONTHS, "月"), (_SHORT_DAYS, "日")):
        for found in pattern.finditer(text):
            if found.end() == one.start:
                begin = next(iter(_apart(_atoms(f"{found['a']}{unit}", Moment(today)))), None)
                if begin is not None:
                    return Found(found.start(), one.end, _from_to(text, begin, one, today))
    return one


def _open(text: str, one: Found, today: date) -> Found:
    """9月以来, since September, 截至昨天: one end is not said."""
    if one.period is None:
        return one
    before, start = text[: one.start], one.start
    if found := _UP_TO_BEFORE.search(before):
        behind = _END.match(text, one.end) or _UP_TO_BEHIND.match(text, one.end)
        end = behind.end() if behind else one.end
        if more := _UP_TO_BEHIND.match(text, end):
            end = more.end()
        return Found(found.start(), end, Period(BEGINNING, one.period.last))
    since = _SINCE_BEFORE.search(before)
    behind = _SINCE_BEHIND.match(text, one.end)
    if behind or (since and not since[0].startswith("从")):
        return Found(since.start() if since else start, behind.end() if behind else one.end, _until(one.period, today))
    if found := _BETWEEN.search(before):
        start = found.start()
    return Found(start, one.end, one.period)


def _until(period: Period, today: date) -> Period:
    return Period(period.first, max(today, period.first))

"""How long something may take, as people write it: 15m, 2h, 14d, 8 working hours, 3 个工作日. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["clock", "hours", "days"]
LONGEST = 20 * 366 * 86_400  # seconds
DAY = 86_400

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头"), 3600),
    **dict.fromkeys(("d", "day", "days", "天", "日"), DAY),
    **dict.fromkeys(("w", "week", "weeks", "周", "个星期", "星期"), 7 * DAY),
}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+|[\u4e00-\u9fff]+)\s*")
_WORKING = re.compile(r"(business|working|work|个?工作)\s*(?=days?|hours?|minutes?|mins?|日|天|小时|分钟|时间)")


class BadSpan(ValueError):
    """A span that can't be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds. `hours`: they count within working hours only; `days`: on working days only, from midnight to midnight;
    `clock`: always."""

    seconds: float
    kind: Kind = "clock"
    text: str = ""  # as written


def parse_span(text: str) -> Span:
    """`1h30m`, `15 分钟`, `3 working days`. A working day is a whole day; working hours are those of the calendar.

    Raises BadSpan for anything else, for nothing, and for more than 20 years.
    """
    said = str(text).strip()
    lowered = said.lower()
    plain, working = _WORKING.subn("", lowered)
    parts = list(_PART.finditer(plain))
    if not parts or "".join(one[0] for one in parts) != plain:
        raise BadSpan(said)
    try:
        seconds = sum(float(one[1]) * _SECONDS[one[2]] for one in parts)
    except KeyError:
        raise BadSpan(said) from None
    if not 0 < seconds <= LONGEST:
        raise BadSpan(said)
    return Span(seconds, _kind(bool(working), [one[2] for one in parts]), said)


def _kind(working: bool, units: list[str]) -> Kind:
    if not working:
        return "clock"
    return "days" if all(_SECONDS[unit] >= DAY for unit in units) else "hours"

"""Customers that were added last month: spans of days in a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

USUAL_DAYS = 30  # "新客户有哪些" without a span
MOST_DAYS = 3660

# "新客户" is a condition only where nothing else is asked: whoever reads the question looks at what is left of it.
_ADDED = re.compile(
    r"(新近?(增加?|添|建立?|开发?|录入?|签)|刚(加|建)|创建|建档|录入|加入|入库)(进来)?的?|新(?=客户)"
    r"|\b(newly )?(added|created|acquired|new)\b",
    re.IGNORECASE,
)
_LAST_DAYS = re.compile(
    r"(?:最近|近|过去|last|past)\s*(\d{1,4}|一|两|三|半)?\s*个?(天|日|周|星期|月|年|days?|weeks?|months?|years?)(?:里|内|以来)?",
    re.IGNORECASE,
)
_NUMBERS = {"一": 1.0, "两": 2.0, "三": 3.0, "半": 0.5}
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30, "年": 365, "day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day up to the last one, both included."""

    first: date
    last: date


def read_period(text: str, today: date, *, going_on: bool = False) -> tuple[Period | None, str]:
    """The days in which the customers asked for were added, and the text without them.

    `going_on`: the question before was about new customers, so that 那上个月呢 is, too.
    """
    if not _ADDED.search(text) and not (going_on and any(pattern.search(text) for pattern, _ in _NAMED)):
        return None, text
    rest = _ADDED.sub(" ", text)
    for pattern, period in _NAMED:
        if pattern.search(rest):
            return period(today), pattern.sub(" ", rest, count=1)
    if found := _LAST_DAYS.search(rest):
        return _last(_days(found), today), _LAST_DAYS.sub(" ", rest, count=1)
    return _last(USUAL_DAYS, today), re.sub(r"最近|近期|近来|\b(recently|lately)\b", " ", rest)


def _days(found: re.Match[str]) -> int:
    number = _NUMBERS.get(found[1] or "一") or float(found[1])
    return max(1, min(MOST_DAYS, round(number * _DAYS[found[2].lower().rstrip("s")])))


def _last(days: int, today: date) -> Period:
    return Period(today - timedelta(days=days - 1), today)


def _week(today: date, back: int = 0) -> Period:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return Period(monday, min(today, monday + timedelta(days=6)))


def _month(today: date) -> Period:
    return Period(today.replace(day=1), today)


def _month_before(today: date) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _quarter(today: date) -> Period:
    return Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today)


def _quarter_before(today: date) -> Period:
    last = _quarter(today).first - timedelta(days=1)
    return Period(_quarter(last).first, last)


def _year(today: date, back: int = 0) -> Period:
    return Period(date(today.year - back, 1, 1), date(today.year - back, 12, 31) if back else today)


_NAMED: tuple[tuple[re.Pattern[str], Callable[[date], Period]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), period)
    for pattern, period in (
        (r"今天|\btoday\b", lambda today: Period(today, today)),
        (r"昨天|\byesterday\b", lambda today: Period(today - timedelta(days=1), today - timedelta(days=1))),
        (r"上个?(周|星期|礼拜)|\blast week\b", lambda today: _week(today, 1)),
        (r"(本|这一?个?)(周|星期|礼拜)|\bthis week\b", _week),
        (r"上个?月|\blast month\b", _month_before),
        (r"(本|这个?|当)月|\bthis month\b", _month),
        (r"上个?季度?|\blast quarter\b", _quarter_before),
        (r"(本|这个?)季度?|\bthis quarter\b", _quarter),
        (r"去年|\blast year\b", lambda today: _year(today, 1)),
        (r"今年|本年度?|\bthis year\b", _year),
    )
)

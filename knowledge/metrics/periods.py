"""Spans of days in a question: 上周, 近30天, this quarter. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 3660

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

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The one to compare with: whole months with as many whole months before them, else as many days."""
        if self.first.day == 1 and self._ends_its_month:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            place = self.first.year * 12 + self.first.month - 1 - months
            return Period(date(place // 12, place % 12 + 1, 1), self.first - timedelta(days=1))
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        return (
            datetime.combine(self.first, time(), zone),
            datetime.combine(self.last + timedelta(days=1), time(), zone),
        )

    @property
    def _ends_its_month(self) -> bool:
        return (self.last + timedelta(days=1)).day == 1


def find_period(text: str, today: date) -> tuple[Period | None, str]:
    """The first span that a text names, and the text without it."""
    for pattern, period in _NAMED:
        if pattern.search(text):
            return period(today), pattern.sub(" ", text, count=1)
    if found := _LAST_DAYS.search(text):
        return last_days(_days(found), today), _LAST_DAYS.sub(" ", text, count=1)
    return None, text


def names_period(text: str) -> bool:
    """Whether a text names a week, month, quarter or year, not only a number of days."""
    return any(pattern.search(text) for pattern, _ in _NAMED)


def last_days(days: int, today: date) -> Period:
    """So many days, today the last."""
    return Period(today - timedelta(days=days - 1), today)


def _days(found: re.Match[str]) -> int:
    number = _NUMBERS.get(found[1] or "一") or float(found[1])
    return max(1, min(MOST_DAYS, round(number * _DAYS[found[2].lower().rstrip("s")])))


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
        (r"上上个?(周|星期|礼拜)|\bthe week before last\b", lambda today: _week(today, 2)),
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

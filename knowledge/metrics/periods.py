"""Spans of days in a question: 上周, 近30天, this quarter. Pure."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
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

    def year_ago(self) -> Period:
        """The same days of the year before; 29 February becomes the 28th. A whole month stays whole."""
        last = date(self.last.year - 1, 2, 29) if self._ends_leap_february else same_day(self.last, -12)
        return Period(same_day(self.first, -12), last)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        return (
            datetime.combine(self.first, time(), zone),
            datetime.combine(self.last + timedelta(days=1), time(), zone),
        )

    @property
    def _ends_its_month(self) -> bool:
        return (self.last + timedelta(days=1)).day == 1

    @property
    def _ends_leap_february(self) -> bool:
        return (self.last.month, self.last.day) == (2, 28) and self._ends_its_month and isleap(self.last.year - 1)


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


def same_day(day: date, months: int) -> date:
    """That many months later (before, when negative); the last day of a month that is too short."""
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


def last_months(months: int, today: date) -> Period:
    """So many months back to today: of three, on 20 November, 21 August to 20 November."""
    return Period(same_day(today, -months) + timedelta(days=1), today)


def week(today: date, back: int = 0) -> Period:
    """Monday to Sunday so many weeks back; the running one ends today. `back` negative: one that comes."""
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return _run(Period(monday, monday + timedelta(days=6)), today)


def months_of(first: date, months: int, today: date) -> Period:
    """So many whole calendar months from the first of one; when they are running now, until today."""
    return _run(Period(first, same_day(first, months) - timedelta(days=1)), today)


def month(today: date, back: int = 0) -> Period:
    """A calendar month; the running one ends today."""
    return months_of(same_day(today.replace(day=1), -back), 1, today)


def quarter(today: date, back: int = 0) -> Period:
    """A calendar quarter; the running one ends today."""
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return months_of(same_day(first, -3 * back), 3, today)


def year(today: date, back: int = 0) -> Period:
    """A calendar year; the running one ends today."""
    return months_of(date(today.year - back, 1, 1), 12, today)


def _run(whole: Period, today: date) -> Period:
    return Period(whole.first, today) if whole.first <= today <= whole.last else whole


_NAMED: tuple[tuple[re.Pattern[str], Callable[[date], Period]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), period)
    for pattern, period in (
        (r"今天|\btoday\b", lambda today: Period(today, today)),
        (r"昨天|\byesterday\b", lambda today: Period(today - timedelta(days=1), today - timedelta(days=1))),
        (r"上上个?(周|星期|礼拜)|\bthe week before last\b", lambda today: week(today, 2)),
        (r"上个?(周|星期|礼拜)|\blast week\b", lambda today: week(today, 1)),
        (r"(本|这一?个?)(周|星期|礼拜)|\bthis week\b", week),
        (r"上个?月|\blast month\b", lambda today: month(today, 1)),
        (r"(本|这个?|当)月|\bthis month\b", month),
        (r"上个?季度?|\blast quarter\b", lambda today: quarter(today, 1)),
        (r"(本|这个?)季度?|\bthis quarter\b", quarter),
        (r"去年|\blast year\b", lambda today: year(today, 1)),
        (r"今年|本年度?|\bthis year\b", year),
    )
)

"""Which time counts: always, or working hours on working days by China's calendar. Pure.

Time is counted in the company's zone and given in UTC. Friday 17:55 and 15 minutes of working time, with hours from
09:00 to 18:00, is Monday 09:10; a span that ends with the day ends at 18:00, not at 09:00 of the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.hours import MIDNIGHT, WHOLE_DAY, Hours
from knowledge.slas.spans import Span
from knowledge.working_days import is_working_day

LONGEST = 12_000  # days that are looked at until a span ends


@dataclass(frozen=True, slots=True)
class Calendar:
    """When time counts. Neither hours nor days: always."""

    zone: ZoneInfo
    hours: Hours = WHOLE_DAY
    working_days: bool = False  # by China's calendar, with days off moved to weekends
    days_off: frozenset[date] = field(default_factory=frozenset)  # the company's own, besides

    @property
    def is_always(self) -> bool:
        """Whether every second counts."""
        return self.hours == WHOLE_DAY and not self.working_days and not self.days_off

    def add(self, start: datetime, seconds: float) -> datetime:
        """When so many seconds that count have passed. Raises OverflowError where that is never, or in 30 years."""
        if self.is_always:
            return (start + timedelta(seconds=seconds)).astimezone(UTC)
        left, here = timedelta(seconds=seconds), start.astimezone(UTC)
        day = start.astimezone(self.zone).date()
        for _ in range(LONGEST):
            for begin, end in _open(self, day):
                first = max(begin, here)
                if first < end and left <= end - first:
                    return first + left
                left -= max(end - first, timedelta())
            day += timedelta(days=1)
        raise OverflowError(f"{seconds} seconds of working time never pass")

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds that count from one moment to another; below 0 when the second one is earlier."""
        if end < start:
            return -self.between(end, start)
        if self.is_always:
            return (end - start).total_seconds()
        counted, day, last = timedelta(), start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            for begin, until in _open(self, day):
                counted += max(min(until, end) - max(begin, start), timedelta())
            day += timedelta(days=1)
        return counted.total_seconds()

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when it counts, else the next one that does."""
        if self.is_always:
            return moment.astimezone(UTC)
        day = moment.astimezone(self.zone).date()
        for _ in range(LONGEST):
            for begin, end in _open(self, day):
                if moment < end:
                    return max(begin, moment.astimezone(UTC))
            day += timedelta(days=1)
        raise OverflowError("no working time ever comes")


def due(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """When a span has passed that is counted as it says: by the clock, in working hours, or on working days."""
    if span.kind == "clock":
        return (start + timedelta(seconds=span.seconds)).astimezone(UTC)
    hours = WHOLE_DAY if span.kind == "days" else calendar.hours
    return Calendar(calendar.zone, hours, True, calendar.days_off).add(start, span.seconds)


@lru_cache(4096)
def _open(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The spans of a day that count, in UTC. By the clock: a day on which clocks change is as long as it is."""
    if day in calendar.days_off or (calendar.working_days and not is_working_day(day)):
        return ()
    return tuple((_at(calendar.zone, day, begin), _at(calendar.zone, day, end)) for begin, end in calendar.hours)


def _at(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    days, rest = divmod(minutes, MIDNIGHT)
    return datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone).astimezone(UTC)

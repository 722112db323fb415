"""When an answer is sent again: which days, at which minute. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.working_days import is_working_day

Every = Literal["day", "workday", "week", "month"]
USUAL_MINUTE = 9 * 60
LOOK_BACK = 62  # days: every rhythm has a day among them
DAY = 24  # hours
EVERY: Sequence[str] = ("workday", "day", *(f"week:{day}" for day in range(5)), "month:1")
"""What a form offers."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Which days, at which minute of the day. `at`: the weekday (Monday 0) or the day of the month."""

    every: Every
    at: int = 0
    minute: int = USUAL_MINUTE

    @property
    def code(self) -> str:
        """As it is kept: week:0."""
        return f"{self.every}:{self.at}" if self.every in {"week", "month"} else self.every

    @property
    def clock(self) -> str:
        """09:00."""
        return f"{self.minute // 60:02}:{self.minute % 60:02}"

    def falls_on(self, day: date) -> bool:
        """Whether something is sent that day. A month without a 31st has its last day instead."""
        if self.every == "workday":
            return is_working_day(day)
        if self.every == "week":
            return day.weekday() == self.at
        if self.every == "month":
            return day.day == self.at or (day.day < self.at and (day + timedelta(days=1)).day == 1)
        return True

    def last(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The latest time up to now, in the company's zone."""
        today = now.astimezone(zone).date()
        slots = (self._on(today - timedelta(days=back), zone) for back in range(LOOK_BACK))
        return next((slot for slot in slots if slot and slot <= now), None)

    def following(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The first time after now."""
        today = now.astimezone(zone).date()
        slots = (self._on(today + timedelta(days=ahead), zone) for ahead in range(LOOK_BACK))
        return next((slot for slot in slots if slot and slot > now), None)

    def _on(self, day: date, zone: ZoneInfo) -> datetime | None:
        return datetime.combine(day, time(*divmod(self.minute, 60)), zone) if self.falls_on(day) else None


def read(code: str, minute: int) -> Rhythm:
    """From how it is kept. Raises ValueError when it isn't a rhythm."""
    every, _, at = code.partition(":")
    if every not in {"day", "workday", "week", "month"} or not 0 <= minute < DAY * 60:
        raise ValueError(f"{code!r} at {minute} is no rhythm.")
    return Rhythm(every, int(at or 0), minute)  # type: ignore[arg-type]  # one of the four, looked at above

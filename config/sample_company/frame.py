"""The frame every part is generated in: the day it is generated for, and its dice."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # China keeps no summer time, so an offset is enough
HISTORY_DAYS = 548  # 18 months


@dataclass(frozen=True)
class Frame:
    """All dates count back from `today`; equal frames give equal files."""

    today: date
    seed: int

    @property
    def start(self) -> date:
        """First day of the 18 months of history."""
        return self.today - timedelta(days=HISTORY_DAYS)

    @property
    def midnight(self) -> datetime:
        """The moment today begins in Shanghai: every record happened before it."""
        return at(self.today, 0)

    @property
    def last_week(self) -> tuple[date, date]:
        """Monday and Sunday of the last full week."""
        monday = self.today - timedelta(days=self.today.weekday() + 7)
        return monday, monday + timedelta(days=6)

    @property
    def last_workday(self) -> date:
        """The latest Monday-to-Friday before today (holidays are not looked at)."""
        day = self.today - timedelta(days=1)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def dice(self, part: str) -> Random:
        """One stream of chance per part, so that a change in one part leaves the others as they were."""
        return Random(f"{self.seed}:{part}")  # noqa: S311 - sample data must be repeatable, it guards nothing


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """That time of day in Shanghai."""
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)


def in_hours(dice: Random, day: date, first: int = 9, last: int = 17) -> datetime:
    """A chance moment of that day, from `first` o'clock until the end of the `last` hour."""
    return at(day, dice.randint(first, last), dice.randrange(60), dice.randrange(60))


def on_workday(day: date) -> date:
    """That day, or the Friday before when it falls on a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def between(dice: Random, first: date, last: date) -> date:
    """A chance day from `first` to `last`, both included; `first` when they are the wrong way round."""
    return first + timedelta(days=dice.randint(0, max(0, (last - first).days)))

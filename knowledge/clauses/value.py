"""A value that stands in a sentence: what kind it is, where it stands, and its normal form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a value can be. Which field takes which kinds is said in cues.yaml."""

    MONEY = "money"
    NUMBER = "number"  # digits without a currency: money only right behind a word for price
    SHARE = "share"
    OFF = "discount"  # a discount
    PERIOD = "period"
    HOURS = "hours"
    DAY = "day"
    MONTHLY = "monthly"  # a day of every month
    START = "start"  # the day from which something runs; never a value itself


class Period(NamedTuple):
    """A length of time, calendar-wise: years and months, days, or working days."""

    months: int = 0
    days: int = 0
    working_days: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """One value. `forms` has two entries for a range, more for instalments."""

    kind: Kind
    start: int
    end: int
    forms: tuple[str, ...]
    day: date | None = None
    period: Period | None = None


def apart(values: Iterable[Value], most: int = 60) -> list[Value]:
    """In order of place; of two that overlap the one that came first in `values` stays. At most `most`."""
    kept: list[Value] = []
    for value in values:
        if all(value.end <= other.start or other.end <= value.start for other in kept):
            kept.append(value)
            if len(kept) == most:
                break
    return sorted(kept, key=lambda value: value.start)

"""Times of a log as microseconds since 1970. What could be a day or a month is decided by the other rows. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.mapping.times import moment
from knowledge.mapping.values import Bad

Order = Literal["none", "dmy", "mdy", "unclear"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND, DAY = timedelta(microseconds=1), 86_400_000_000
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)", re.DOTALL)
_CLOCK = re.compile(r"\d\s*[:点时]|[ap]m\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d{8}|\d{5}(\.0+)?")  # a day in digits, or as spreadsheets count days
_LONG_FRACTION = re.compile(r"([.,]\d{6})\d+")
_MISSING = frozenset({"", "null", "nan", "none", "nat", "n/a", "#n/a", "\\n"})


def says_nothing(text: str) -> bool:
    """Whether a cell is empty, or says so."""
    return len(text) <= 5 and text.strip().casefold() in _MISSING


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, and whether only its day is said."""

    micros: int
    is_day: bool = False


def quick(text: str, zone: ZoneInfo) -> Moment | None:
    """ISO 8601, as most logs have it; None for everything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1 < at.year < 9999:
        return None
    return Moment(micros_of(at if at.tzinfo else at.replace(tzinfo=zone)), len(text) <= len("2026-01-31"))


def micros_of(at: datetime) -> int:
    """Of an aware moment."""
    return (at - EPOCH) // MICROSECOND


def at_of(micros: int) -> datetime:
    """In UTC."""
    return EPOCH + timedelta(microseconds=micros)


def order_of(texts: Iterable[str]) -> Order:
    """Which of day and month comes first, where the year is last: told by numbers above 12."""
    first = second = 0
    for text in texts:
        if found := _YEAR_LAST.match(text):
            first, second = max(first, int(found[1])), max(second, int(found[2]))
    if not first:
        return "none"
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else "unclear"


def slow(text: str, zone: ZoneInfo, order: Order) -> Moment | None:
    """Any other way to write a time: 2026/1/31 9:05, 31.01.2026 09:05, Excel's days, seconds since 1970, 1月31日…

    A day alone begins at midnight. None: it can't be read, or could be read in two ways.
    """
    plain = _LONG_FRACTION.sub(r"\1", unicodedata.normalize("NFKC", text).strip())
    if found := _YEAR_LAST.fullmatch(plain):
        if order not in {"dmy", "mdy"}:
            return None
        day, month = (found[1], found[2]) if order == "dmy" else (found[2], found[1])
        plain = f"{found[3]}-{month}-{day}{found[4]}"
    try:
        at = moment(plain, zone)
    except (Bad, OverflowError, ValueError):
        return None
    if at is None:
        return None
    if _CLOCK.search(plain) or (plain.replace(".", "", 1).isdigit() and not _DIGITS.fullmatch(plain)):
        return Moment(micros_of(at))
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Moment(micros_of(midnight), is_day=True)


def end_of(found: Moment, zone: ZoneInfo) -> int:
    """When a due time is over: of a day alone the last microsecond of the day."""
    if not found.is_day:
        return found.micros
    begin = at_of(found.micros).astimezone(zone)
    return micros_of(datetime.combine(begin.date() + timedelta(days=1), begin.time(), zone)) - 1

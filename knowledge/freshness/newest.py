"""The newest trusted time among the times of rows, as their source writes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from knowledge.freshness.lights import is_trusted
from storage.imports.report import Problem
from storage.imports.values import day, moment

SECONDS, MILLISECONDS = 10, 13  # digits of a time since 1970, from 2001 to 2286


@dataclass(frozen=True, slots=True)
class Newest:
    """One part's."""

    at: datetime | None = None  # the newest that may be true
    ahead: datetime | None = None  # the nearest in the future: believed once that time has come

    def plus(self, at: datetime, now: datetime) -> Newest:
        """With one more row."""
        if is_trusted(at, now):
            return Newest(max(at, self.at or at), self.ahead)
        return Newest(self.at, min(at, self.ahead or at))

    def matured(self, now: datetime) -> Newest:
        """What lay in the future may have come meanwhile."""
        if self.ahead is None or not is_trusted(self.ahead, now):
            return self
        return Newest(max(self.ahead, self.at or self.ahead), None)


def newest_of(
    texts: Iterable[tuple[str, str]], now: datetime, zone: tzinfo, known: Mapping[str, Newest] | None = None
) -> dict[str, Newest]:
    """By part; `texts` are (part, time as it stands in the source). What isn't a time counts nothing."""
    found = dict(known or {})
    for part, text in texts:
        here = found.setdefault(part, Newest())
        if (at := moment_of(text, zone, now)) is not None:
            found[part] = here.plus(at, now)
    return {part: one.matured(now) for part, one in found.items()}


def moment_of(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """A time as sources write them, an epoch, or a day alone: then its end, for rows of that whole day may be there."""
    plain = text.strip()
    if plain.isdigit() and len(plain) in {SECONDS, MILLISECONDS}:
        return datetime.fromtimestamp(int(plain) / 10 ** (len(plain) - SECONDS), UTC)
    try:
        if ":" in plain:
            return moment("time", plain, zone)
        only = day("time", plain)
    except Problem:
        return None
    return _end_of(only, zone, now) if only else None


def _end_of(only: date, zone: tzinfo, now: datetime) -> datetime:
    """Of today: now, for its end can't have happened."""
    begin = datetime.combine(only, time(), zone)
    end = datetime.combine(only + timedelta(days=1), time(), zone)
    return now if begin <= now < end else end

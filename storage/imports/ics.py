"""Calendars as files (iCalendar, RFC 5545): appointments with their times, repetitions worked out. Pure and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LARGEST = 5 * 1024 * 1024  # bytes
MOST_EVENTS = 20_000
MOST_TIMES = 400  # repetitions of one appointment
FIRST_YEAR = 2000
USUAL = timedelta(hours=1)  # length of an appointment that doesn't say it
LONGEST = timedelta(hours=16)  # what lasts longer is a journey or a holiday, not a visit
_LINE = re.compile(r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[^:\";]*(?:\"[^\"]*\")?[^:\";]*)*):(?P<value>.*)", re.I)
_ZONE = re.compile(r";TZID=\"?([^\";:]+)\"?", re.I)
_LENGTH = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_TOO_OFTEN = re.compile(r"FREQ=(?:SECONDLY|MINUTELY|HOURLY)", re.I)
# How Outlook calls zones that people of ours live in; others have their IANA name, or are read in the company's.
_WINDOWS = {
    "china standard time": "Asia/Shanghai",
    "taipei standard time": "Asia/Taipei",
    "singapore standard time": "Asia/Singapore",
    "tokyo standard time": "Asia/Tokyo",
    "w. europe standard time": "Europe/Berlin",
    "gmt standard time": "Europe/London",
    "eastern standard time": "America/New_York",
    "pacific standard time": "America/Los_Angeles",
}
_ESCAPED = {"n": "\n", "N": "\n", ",": ",", ";": ";", "\\": "\\"}


class NoCalendar(ValueError):
    """The file is no calendar (.ics), or is too large."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment at one time. `text` holds subject, place and notes."""

    uid: str
    begins_at: datetime  # aware
    ends_at: datetime
    subject: str
    text: str


@dataclass(slots=True)
class _Event:
    """A VEVENT as it is written: the first value of each property with its parameters, and every EXDATE."""

    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    without: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return re.sub(r"\\(.)", lambda hit: _ESCAPED.get(hit[1], hit[1]), self.values.get(name, ("", ""))[1]).strip()


def appointments(data: bytes, zone: ZoneInfo, begin: datetime, end: datetime) -> list[Appointment]:
    """Those that begin in a time, in order. Whole days, cancelled and overlong ones are left out. Raises NoCalendar."""
    if len(data) > LARGEST:
        raise NoCalendar
    text = data.decode("utf-8-sig", "replace")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise NoCalendar
    events = list(_events(text))
    moved = {(event.text("UID"), at) for event in events for at in _times_of(event, "RECURRENCE-ID", zone)}
    found = [one for event in events for one in _of(event, zone, begin, end, moved)]
    return sorted(found, key=lambda one: (one.begins_at, one.uid))


def _events(text: str) -> Iterator[_Event]:
    event: _Event | None = None
    inside = ""  # an alarm within an appointment has properties of its own
    count = 0
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, value = found["name"].upper(), found["value"]
        if name == "BEGIN" and value.upper() == "VEVENT":
            event, inside, count = _Event(), "", count + 1
        elif event is not None and name == "BEGIN":
            inside = value
        elif event is not None and name == "END" and value.upper() == "VEVENT":
            yield event
            event = None
            if count >= MOST_EVENTS:
                return
        elif event is not None and name == "END":
            inside = ""
        elif event is not None and not inside:
            _note(event, name, found["parameters"], value)


def _note(event: _Event, name: str, parameters: str, value: str) -> None:
    if name == "EXDATE":
        event.without.append((parameters, value))
    else:
        event.values.setdefault(name, (parameters, value[:20_000]))


def _of(
    event: _Event, zone: ZoneInfo, begin: datetime, end: datetime, moved: set[tuple[str, datetime]]
) -> list[Appointment]:
    first = next(iter(_times_of(event, "DTSTART", zone)), None)
    if first is None or first.year < FIRST_YEAR or event.text("STATUS").upper() == "CANCELLED":
        return []
    length = _length(event, first, zone)
    if not timedelta() < length <= LONGEST:
        return []
    uid, is_move = event.text("UID"), "RECURRENCE-ID" in event.values
    times = [at for at in _repeated(event, first, begin, end, zone) if begin <= at < end]
    kept = [at for at in times if is_move or (uid, at) not in moved]
    text = "\n".join(event.text(name) for name in ("SUMMARY", "LOCATION", "DESCRIPTION"))
    return [Appointment(uid, at, at + length, event.text("SUMMARY"), text) for at in kept]


def _repeated(event: _Event, first: datetime, begin: datetime, end: datetime, zone: ZoneInfo) -> Sequence[datetime]:
    rule = event.values.get("RRULE", ("", ""))[1]
    if not rule or _TOO_OFTEN.search(rule):
        return [first]
    from dateutil.rrule import rrulestr

    try:
        times = rrulestr(rule, dtstart=first).between(begin - timedelta(seconds=1), end, inc=True)[:MOST_TIMES]
    except (ValueError, TypeError, OverflowError):  # a rule that nobody understands: once, at least
        return [first]
    without = {at for parameters, value in event.without for at in _parsed(parameters, value, zone)}
    return [at for at in times if at not in without]


def _length(event: _Event, first: datetime, zone: ZoneInfo) -> timedelta:
    last = next(iter(_times_of(event, "DTEND", zone)), None)
    if last is not None:
        return last - first
    found = _LENGTH.fullmatch(event.text("DURATION"))
    if found is None or not any(found.groups()):
        return USUAL
    weeks, days, hours, minutes, seconds = (min(int(part or 0), 10_000) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _times_of(event: _Event, name: str, zone: ZoneInfo) -> list[datetime]:
    return _parsed(*event.values[name], zone) if name in event.values else []


def _parsed(parameters: str, value: str, zone: ZoneInfo) -> list[datetime]:
    """The moments of a value; a whole day is none."""
    found = []
    for part in value.split(",")[:MOST_TIMES]:
        try:
            at = datetime.strptime(part.strip().removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  zone follows
        except ValueError:
            continue
        found.append(at.replace(tzinfo=UTC if part.strip().endswith("Z") else _zone(parameters, zone)))
    return found


def _zone(parameters: str, zone: ZoneInfo, known: Mapping[str, str] = _WINDOWS) -> ZoneInfo:
    named = _ZONE.search(parameters)
    if named is None:
        return zone
    try:
        return ZoneInfo(known.get(named[1].strip().lower(), named[1].strip()))
    except (ValueError, OSError, LookupError):
        return zone

"""A10: visits out of people's calendars, whatever wrote them; each import replaces what it said before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.database import Database
from storage.imports.ics import MOST_TIMES, NoCalendar, appointments
from storage.imports.visits import import_visits
from storage.repositories.customers import Customer
from storage.store import Store
from tests.unit.storage.company import REP

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 9:30 in Shanghai
END = NOW + timedelta(days=30)


def event(
    *lines: str, uid: str = "u1", begin: str = "DTSTART:20260303T020000Z", end: str = "DTEND:20260303T030000Z"
) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", begin, *([end] if end else []), *lines, "END:VEVENT"])


def calendar(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""]).encode()


def begins(*events: str) -> list[str]:
    found = appointments(calendar(*events), SHANGHAI, NOW, END)
    return [f"{one.begins_at.astimezone(SHANGHAI):%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        ("DTSTART:20260303T020000Z", "03-03 10:00"),
        ("DTSTART:20260303T100000", "03-03 10:00"),  # floating: the company's own time
        ("DTSTART;TZID=Asia/Tokyo:20260303T110000", "03-03 10:00"),
        ('DTSTART;TZID="China Standard Time":20260303T100000', "03-03 10:00"),
        ("DTSTART;TZID=/Nowhere:20260303T100000", "03-03 10:00"),
        ("DTSTART;VALUE=DATE:20260303", ""),  # a whole day is no visit
        ("DTSTART:19000101T000000Z", ""),
        ("DTSTART:yesterday", ""),
    ],
)
def test_times_as_calendars_write_them(begin: str, expected: str) -> None:
    assert begins(event(begin=begin, end="")) == ([expected] if expected else [])


def test_repetitions_exceptions_and_moves() -> None:
    weekly = event("RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260310T020000Z")
    moved = event("RECURRENCE-ID:20260317T020000Z", begin="DTSTART:20260318T060000Z", end="DTEND:20260318T070000Z")
    assert begins(weekly, moved) == ["03-03 10:00", "03-18 14:00", "03-24 10:00"]
    assert begins(event("STATUS:CANCELLED")) == []
    assert begins(event("RRULE:FREQ=NEVER")) == ["03-03 10:00"]
    assert begins(event("RRULE:FREQ=SECONDLY")) == ["03-03 10:00"]
    assert len(begins(event("RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))))) <= MOST_TIMES


def test_folded_lines_escapes_and_alarms() -> None:
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDESCRIPTION:ring\r\nDURATION:PT9H\r\nEND:VALARM"
    text = event("SUMMARY:拜访\\, 恒\r\n 锐", "LOCATION:苏州\\n东门", "DURATION:PT1H30M", alarm, end="")
    [found] = appointments(calendar(text), SHANGHAI, NOW, END)
    assert (found.subject, found.text) == ("拜访, 恒锐", "拜访, 恒锐\n苏州\n东门\n")
    assert found.ends_at - found.begins_at == timedelta(minutes=90)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR" + b" " * 6_000_000])
def test_what_is_no_calendar_is_said(data: bytes) -> None:
    with pytest.raises(NoCalendar):
        appointments(data, SHANGHAI, NOW, END)


async def test_visits_are_replaced_and_only_customers_count(company: Database) -> None:
    """One customer of theirs, and not among ourselves; what vanished from the calendar vanishes here."""

    def fill(store: Store) -> None:
        mine = Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", owner_id=REP.id)
        store.customers.upsert_all([mine, Customer("C9", "无锡泓达金属制品有限公司", "泓达", owner_id="E1002")])

    async def load(*events: str) -> tuple[int, int]:
        found = await import_visits(company, REP, calendar(*events), SHANGHAI, NOW)
        return found.kept, found.others

    async def now(hour: int) -> str | None:
        at = datetime(2026, 3, 3, hour, 30, tzinfo=SHANGHAI)
        visit = await company.read(lambda store: store.visits.now(REP.id, at))
        return visit.customer_id if visit else None

    await company.write(fill)
    first = event("SUMMARY:拜访恒锐")
    others = [event(f"SUMMARY:{text}", uid=text) for text in ("恒锐方案内部评审", "拜访泓达", "体检")]
    assert await load(first, *others) == (1, 3)
    assert (await now(10), await now(11)) == ("C1", None)  # it ends by itself
    assert await load(first) == (1, 0)
    assert await load(event("SUMMARY:恒锐", begin="DTSTART:20260303T060000Z", end="DTEND:20260303T070000Z")) == (1, 0)
    assert (await now(10), await now(14)) == (None, "C1")

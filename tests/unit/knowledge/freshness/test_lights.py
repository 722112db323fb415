"""B12: colours to the second, working days, clocks of others, and which time of a row counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.contracts.sources import Origin
from knowledge.freshness.lights import colour_of, lateness
from knowledge.freshness.newest import Newest, moment_of, newest_of
from knowledge.freshness.rule import FreshRule, rule_of
from knowledge.mapping.rule import Definition, FieldRule, Fresh

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = FreshRule(timedelta(hours=24), timedelta(hours=48))
WORKING = FreshRule(timedelta(hours=24), timedelta(hours=48), working_days=True)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)  # a Monday


@pytest.mark.parametrize(
    ("late", "colour"),
    [
        (timedelta(0), "green"),
        (timedelta(hours=24), "green"),
        (timedelta(hours=24, seconds=1), "yellow"),
        (timedelta(hours=48), "yellow"),
        (timedelta(hours=48, seconds=1), "red"),
        (timedelta(hours=48, minutes=1), "red"),
        (timedelta(hours=61), "red"),
        (-timedelta(minutes=10), "green"),
    ],
    ids=str,
)
def test_red_begins_one_second_after_48_hours(late: timedelta, colour: str) -> None:
    """B12: at 48:00:00 it is yellow, at 48:00:01 and 48:01 it is red."""
    assert colour_of(NOON - late, NOON, HOURS, SHANGHAI) == colour


def test_what_never_came_is_unknown() -> None:
    """It is neither fresh nor late."""
    assert colour_of(None, NOON, HOURS, SHANGHAI) == "unknown"


@pytest.mark.parametrize(
    ("newest", "hours"),
    [
        (datetime(2026, 2, 27, 18, 0, tzinfo=SHANGHAI), 6 + 24 + 12),  # Friday evening; the Saturday was worked
        (datetime(2026, 2, 13, 12, 0, tzinfo=SHANGHAI), 7 * 24),  # nine days off at New Year, from the 15th on
        (datetime(2026, 3, 2, 11, 0, tzinfo=SHANGHAI), 1),
        (datetime(2026, 3, 2, 13, 0, tzinfo=SHANGHAI), 0),
    ],
    ids=str,
)
def test_days_off_count_nothing_where_a_source_says_so(newest: datetime, hours: int) -> None:
    """B12: a supplier who sends nothing on weekends isn't late on Monday. 2026-02-28 is a working Saturday in China."""
    assert lateness(newest, NOON, WORKING, SHANGHAI) == timedelta(hours=hours)


def test_a_night_on_which_clocks_change_is_as_long_as_it_is() -> None:
    """By the clock on the wall an hour would be lost."""
    berlin = ZoneInfo("Europe/Berlin")
    friday, monday = (datetime(2026, 3, day, 0, 0, tzinfo=berlin) for day in (27, 30))
    assert lateness(friday, monday, HOURS, berlin) == timedelta(hours=72)
    assert lateness(friday.astimezone(UTC), monday.astimezone(UTC), HOURS, berlin) == timedelta(hours=71)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 23:30:00", datetime(2026, 3, 1, 23, 30, tzinfo=SHANGHAI)),
        ("2026/3/1 9:05", datetime(2026, 3, 1, 9, 5, tzinfo=SHANGHAI)),
        ("2026-03-01T15:30:00Z", datetime(2026, 3, 1, 15, 30, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 2, tzinfo=SHANGHAI)),  # its end: the rows of that day may all be there
        ("2026年3月2日", NOON),  # today's end can't have happened
        ("1772379000", datetime(2026, 3, 1, 15, 30, tzinfo=UTC)),
        ("1772379000000", datetime(2026, 3, 1, 15, 30, tzinfo=UTC)),
        ("昨晚", None),
        ("2026-02-30", None),
        ("", None),
    ],
)
def test_times_as_sources_write_them(text: str, expected: datetime | None) -> None:
    """Without a zone it is the source's."""
    assert moment_of(text, SHANGHAI, NOON) == expected


def test_a_time_in_the_future_is_distrusted_until_it_comes() -> None:
    """B12: a clock that is eight hours ahead, or a typo of 2099, must not turn a late source green."""
    rows = [
        ("展会扫码", "2026-02-27 23:00:00"),
        ("展会扫码", "2026-03-02 20:00:00"),
        ("展会扫码", "2099-01-01 00:00:00"),
    ]
    found = newest_of(rows, NOON, SHANGHAI)
    evening = datetime(2026, 3, 2, 20, 0, tzinfo=SHANGHAI)
    assert found == {"展会扫码": Newest(datetime(2026, 2, 27, 23, 0, tzinfo=SHANGHAI), evening)}
    later = newest_of([], evening, SHANGHAI, found)
    assert later == {"展会扫码": Newest(evening, None)}
    near = newest_of([("", "2026-03-02 12:10:00")], NOON, SHANGHAI)
    assert near[""].at == NOON + timedelta(minutes=10), "ten minutes are a clock, not a fault"


def test_by_and_per_may_be_business_fields() -> None:
    """C's contract: then the source's fields behind them count, with their words; thresholds fall back on settings."""
    fields = {
        "at": FieldRule(("touched_at",)),
        "channel": FieldRule(("ch",), words={"expo": "展会扫码"}),
        "action": FieldRule(const="扫码"),
    }
    origin = Origin("file", {"path": "a.csv"})
    rule = rule_of(Definition("s", "touch", origin, fields, fresh=Fresh("at", "channel", red_seconds=7200)), HOURS)
    assert (rule.by, rule.per, rule.words) == ("touched_at", "ch", {"expo": "展会扫码"})
    assert (rule.yellow, rule.red) == (timedelta(hours=2), timedelta(hours=2))
    assert rule_of(Definition("s", "touch", origin, fields), HOURS) == HOURS
    assert rule_of(Definition("s", "touch", origin, fields, fresh=Fresh("at", "action")), HOURS).per == ""

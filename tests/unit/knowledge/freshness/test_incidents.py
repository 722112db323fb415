"""B12: an owner is told once for each incident, whatever flickers, and again only when there is a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from knowledge.freshness.incidents import Changes, Fault, changes
from storage.repositories.alarms import Alarm

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SETTLE = timedelta(minutes=30)
ALARM = Alarm(1, "load", "touches", "E1", 5, NOW, NOW, None, None, None, "", "", "", None)
BAD = [Fault("touches", 5)]


def test_a_new_fault_begins_and_one_that_is_known_is_not_told_again() -> None:
    """Once at red; then nothing while it stays red."""
    assert changes(BAD, [], NOW, SETTLE) == Changes(begun=(Fault("touches", 5),))
    untold = replace(ALARM, told_at=None)
    assert changes(BAD, [untold], NOW, SETTLE) == Changes(tell=(untold,))
    assert changes(BAD, [ALARM], NOW + timedelta(days=9), SETTLE) == Changes()


def test_a_flap_within_minutes_is_one_incident() -> None:
    """Hysteresis: it is over when it has been gone for half an hour, not at the first good sign."""
    well = replace(ALARM, well_since=NOW)
    assert changes([], [ALARM], NOW, SETTLE) == Changes(well=(ALARM,))
    assert changes([], [well], NOW + timedelta(minutes=29), SETTLE) == Changes()
    assert changes(BAD, [well], NOW + timedelta(minutes=29), SETTLE) == Changes(bad_again=(well,))
    assert changes([], [well], NOW + timedelta(minutes=30), SETTLE) == Changes(over=(well,))


def test_what_is_surely_well_is_over_at_once() -> None:
    """A green light can't turn red again within minutes."""
    assert changes([], [ALARM], NOW, SETTLE, frozenset({"touches"})) == Changes(over=(ALARM,))


def test_a_snooze_ends_with_one_reminder_and_growth_is_told() -> None:
    """稍后: silent until then. Ten times as many refused rows are not what the owner knows."""
    snoozed = replace(ALARM, snoozed_until=NOW + timedelta(hours=4))
    assert changes([Fault("touches", 900)], [snoozed], NOW, SETTLE) == Changes()
    assert changes(BAD, [snoozed], NOW + timedelta(hours=4), SETTLE) == Changes(tell=(snoozed,))
    assert changes([Fault("touches", 14)], [ALARM], NOW, SETTLE) == Changes()
    assert changes([Fault("touches", 15)], [ALARM], NOW, SETTLE) == Changes(tell=(ALARM,))

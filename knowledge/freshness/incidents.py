"""Incidents: who has to be told now, once, and when it is over. Pure; the flow does what is decided here.

An incident begins with a fault and ends when the fault has been gone for a while, or is surely gone: so one that comes
and goes within minutes is a single incident, and its owner hears of it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.repositories.alarms import Alarm

GREW = 2  # times as much as was told, and
AT_LEAST = 10  # so much more: told again, for it isn't what they know


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong now."""

    subject: str
    size: int = 0  # how much is wrong; 0 where it isn't counted


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do about one kind of incident."""

    begun: tuple[Fault, ...] = ()  # new incidents
    tell: tuple[Alarm, ...] = ()  # open ones whose owner doesn't know yet, or should be reminded
    bad_again: tuple[Alarm, ...] = ()  # they seemed well
    well: tuple[Alarm, ...] = ()  # they seem well since now
    over: tuple[Alarm, ...] = ()


def changes(
    faults: Iterable[Fault],
    alarms: Iterable[Alarm],
    now: datetime,
    settle: timedelta,
    sure: frozenset[str] = frozenset(),
) -> Changes:
    """`alarms`: the open ones of this kind; `sure`: subjects that are so well that nothing has to settle."""
    wrong: Mapping[str, Fault] = {fault.subject: fault for fault in faults}
    open_ = {alarm.subject: alarm for alarm in alarms}
    gone = [alarm for subject, alarm in open_.items() if subject not in wrong]
    there = [alarm for subject, alarm in open_.items() if subject in wrong]
    over = [alarm for alarm in gone if alarm.subject in sure or _settled(alarm, now, settle)]
    return Changes(
        tuple(fault for subject, fault in wrong.items() if subject not in open_),
        tuple(alarm for alarm in there if is_to_be_told(alarm, wrong[alarm.subject], now)),
        tuple(alarm for alarm in there if alarm.well_since is not None),
        tuple(alarm for alarm in gone if alarm.well_since is None and alarm not in over),
        tuple(over),
    )


def is_to_be_told(alarm: Alarm, fault: Fault, now: datetime) -> bool:
    """Once; again when a snooze is over, and when it grew far beyond what was told. Never while it is snoozed."""
    if alarm.snoozed_until is not None:
        return now >= alarm.snoozed_until
    return alarm.told_at is None or fault.size >= max(GREW * alarm.size, alarm.size + AT_LEAST)


def _settled(alarm: Alarm, now: datetime, settle: timedelta) -> bool:
    return alarm.well_since is not None and now - alarm.well_since >= settle

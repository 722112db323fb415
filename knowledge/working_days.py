"""Working days by China's calendar. Pure; every day is one of the company's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import import_module
from typing import Any

import structlog

FRIDAY = 5
LONGEST = timedelta(days=400)  # days that are looked at one by one; older than that is late in any case

log = structlog.get_logger(__name__)


def is_working_day(day: date) -> bool:
    """By China's calendar, with days off moved to weekends; where that isn't known (yet), Monday to Friday."""
    calendar = _calendar()
    if calendar is not None:
        try:
            return bool(calendar.is_workday(day))
        except NotImplementedError:  # a year that the calendar doesn't know
            pass
    return day.isoweekday() <= FRIDAY


def working_time(begin: datetime, end: datetime) -> timedelta:
    """How much of a span lies on working days, each of which counts from midnight to midnight.

    Both moments are aware and of the company's time zone; a span that begins after its end has none.
    """
    begin = max(begin, end - LONGEST)
    counted, here = timedelta(), begin
    while here < end:
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), begin.tzinfo)
        until = min(midnight, end)
        if is_working_day(here.date()):  # by timestamps: a night on which clocks change is as long as it is
            counted += timedelta(seconds=until.timestamp() - here.timestamp())
        here = until
    return counted


def is_rest(moment: datetime, begin: time, end: time, *, working_days: bool) -> bool:
    """Whether nothing is sent: between two times of day, which may lie over midnight, and on days off if asked."""
    if working_days and not is_working_day(moment.date()):
        return True
    clock = moment.time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


@cache
def _calendar() -> Any:
    try:
        return import_module("chinese_calendar")
    except ModuleNotFoundError:
        log.warning("no calendar of China's holidays: Monday to Friday count as working days")
        return None

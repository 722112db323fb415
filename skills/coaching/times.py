"""Working days, quiet hours and hours of practice. Pure; every moment is in the company's time zone."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from typing import Any

import structlog

from config.groups.coaching import DAYS, Coaching

FRIDAY = 5

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


def is_quiet(moment: datetime, rules: Coaching) -> bool:
    """Whether nothing is sent now."""
    if rules.working_days and not is_working_day(moment.date()):
        return True
    return _within(moment.time(), rules.quiet_from, rules.quiet_to)


def is_drill(moment: datetime, rules: Coaching) -> bool:
    """Whether now is an hour of practice without prompts (D3)."""
    day, clock = DAYS[moment.weekday()], f"{moment:%H:%M}"
    return any(hours[:3] == day and hours[4:9] <= clock < hours[10:15] for hours in rules.drill)


def _within(clock: time, begin: time, end: time) -> bool:
    """Whether a time of day lies in a span that may go over midnight; an empty span holds nothing."""
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


@cache
def _calendar() -> Any:
    try:
        return import_module("chinese_calendar")
    except ModuleNotFoundError:
        log.warning("no calendar of China's holidays: Monday to Friday count as working days")
        return None

"""Quiet hours and hours of practice. Pure; every moment is in the company's time zone."""

from __future__ import annotations

from datetime import datetime

from config.groups.coaching import DAYS, Coaching
from knowledge.working_days import is_rest


def is_quiet(moment: datetime, rules: Coaching) -> bool:
    """Whether nothing is sent now."""
    return is_rest(moment, rules.quiet_from, rules.quiet_to, working_days=rules.working_days)


def is_drill(moment: datetime, rules: Coaching) -> bool:
    """Whether now is an hour of practice without prompts (D3)."""
    day, clock = DAYS[moment.weekday()], f"{moment:%H:%M}"
    return any(hours[:3] == day and hours[4:9] <= clock < hours[10:15] for hours in rules.drill)

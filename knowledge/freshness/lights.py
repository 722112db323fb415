"""From the newest time of data to a colour. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.freshness.rule import FreshRule
from knowledge.working_days import working_time

Colour = Literal["green", "yellow", "red", "unknown"]
AHEAD = timedelta(minutes=15)
"""So far a source's clock may be ahead of ours; what is newer than that is distrusted, for it can't have happened."""


def colour_of(newest: datetime | None, now: datetime, rule: FreshRule, zone: ZoneInfo) -> Colour:
    """Red when later than `rule.red`, to the second: at exactly 48 hours it is still yellow."""
    if newest is None:
        return "unknown"
    late = lateness(newest, now, rule, zone)
    if late > rule.red:
        return "red"
    return "yellow" if late > rule.yellow else "green"


def lateness(newest: datetime, now: datetime, rule: FreshRule, zone: ZoneInfo) -> timedelta:
    """How old the newest data is; with `working_days`, only the time that lies on working days."""
    if now <= newest:
        return timedelta()
    if rule.working_days:
        return working_time(newest.astimezone(zone), now.astimezone(zone))
    return now - newest


def is_retired(newest: datetime | None, now: datetime, after: timedelta) -> bool:
    """Whether a channel that runs no campaign was left, rather than late; `after` of nothing: never."""
    return bool(after) and newest is not None and now - newest > after


def is_trusted(moment: datetime, now: datetime) -> bool:
    """Whether a time of data may be true."""
    return moment <= now + AHEAD

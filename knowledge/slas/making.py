"""What rules need of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config.groups.slas import Slas
from config.hours import parse_hours
from knowledge.slas.calendar import Calendar
from knowledge.slas.rule import Window


@dataclass(frozen=True, slots=True)
class House:
    """What holds for every rule that doesn't say otherwise."""

    working: Calendar
    send: Window

    @property
    def always(self) -> Calendar:
        """Every second counts."""
        return Calendar(self.working.zone)


def calendar_of(settings: Slas, zone: str) -> Calendar:
    """The company's working hours."""
    return Calendar(ZoneInfo(zone), parse_hours(settings.hours), True, frozenset(settings.days_off))


def house_of(settings: Slas, zone: str) -> House:
    """Working hours, and when people are told."""
    return House(calendar_of(settings, zone), Window(settings.quiet_to, settings.quiet_from))

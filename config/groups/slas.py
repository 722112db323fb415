"""Settings of deadlines between business events (SLA): working hours, when people are told, what is history."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

from pydantic import BaseModel, Field, field_validator

from config.hours import BadHours, parse_hours
from config.languages import operator_language
from config.locales import t


class Slas(BaseModel, extra="forbid"):
    """Deadlines between business events (SLA): who is told of late ones, and when."""

    folder: Path | None = Field(
        None, description="Folder with rules of your own (docs/sla.md), beside ours; a rule of the same name wins."
    )
    off: tuple[str, ...] = Field((), description="Names of rules that aren't used.")
    hours: tuple[str, ...] = Field(
        ("09:00-18:00",), description="Working hours of the day for rules that count them, HH:MM-HH:MM, in order."
    )
    days_off: tuple[date, ...] = Field(
        (), description="Days on which the company doesn't work, besides China's holidays and weekends, YYYY-MM-DD."
    )
    quiet_from: time = Field(
        time(21, 0), description="From when on nobody is told of deadlines whose rule doesn't say otherwise, HH:MM."
    )
    quiet_to: time = Field(time(8, 0), description="Until when nobody is told, and when what waited comes, HH:MM.")
    acknowledged_hours: float = Field(
        24, gt=0, le=720, description="So long a pressed 我来处理 keeps everybody from being told again."
    )
    later_hours: float = Field(
        2, gt=0, le=72, description="After how many hours a deadline that was put off comes again."
    )
    clock_minutes: float = Field(
        5, ge=0, le=1440, description="By so much the clocks of two systems may differ: the end may seem to come first."
    )
    history_hours: float = Field(
        24,
        gt=0,
        le=8760,
        description="What was due longer ago when it became known is history: summed up, not told one by one.",
    )

    @field_validator("hours")
    @classmethod
    def _in_order(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            parse_hours(value)
        except BadHours as error:
            raise ValueError(t("slas.settings.hours", operator_language(), value=error)) from error
        return value

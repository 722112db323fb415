"""Settings of prompts: for which customers, how many, when not."""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from config.languages import operator_language
from config.locales import t

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(rf"({'|'.join(DAYS)}) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class Coaching(BaseModel, extra="forbid"):
    """Prompts to salespeople: for which customers, how many, and when none."""

    enabled: bool = Field(True, description="Whether prompts are sent; signals are found in any case.")
    scope: Literal["either", "both", "amount", "top", "all"] = Field(
        "either",
        description="Pilot scope: customers of at least least_amount a year, or among the top; both: and; all: "
        "every customer. Others get no prompt at all.",
    )
    least_amount: Decimal = Field(Decimal(5_000_000), ge=0, description="Yearly amount from which on, in CNY yuan.")
    top: int = Field(50, ge=0, description="How many customers with the largest yearly amounts are in the pilot.")
    level: Literal["basic", "scene", "smart"] = Field(
        "smart", description="Mute level of who chose none: basic (no prompts), scene (on visits), smart."
    )
    most_per_day: int = Field(8, ge=1, le=100, description="Prompts a day for a person who answers every one.")
    look_back: int = Field(20, ge=1, le=50, description="Over how many prompts the response rate is taken.")
    quiet_from: time = Field(time(20, 0), description="From when on nothing is sent, HH:MM.")
    quiet_to: time = Field(time(8, 30), description="Until when nothing is sent, and when what waited comes, HH:MM.")
    working_days: bool = Field(True, description="Whether nothing is sent on days off, by China's calendar.")
    digest_at: time = Field(time(17, 30), description="When unimportant prompts come, all in one, HH:MM.")
    later_hours: float = Field(2, gt=0, le=72, description="After how many hours a prompt put off comes again.")
    ignored_hours: float = Field(24, gt=0, le=240, description="After how many hours silence counts as ignored.")
    visit_hours: float = Field(3, gt=0, le=24, description="How long a visit lasts that nobody ended, in hours.")
    most_rules: int = Field(10, ge=1, le=100, description="How many rules of their own a person may have switched on.")
    ignored_streak: int = Field(
        3,
        ge=2,
        le=20,
        description="After how many important prompts in a row without an answer help is offered (能力诊断).",
    )
    drill: tuple[str, ...] = Field(
        (), description='Hours of practice without prompts (先想后看), e.g. ["wed 14:00-17:00"].'
    )
    sla_kinds: tuple[str, ...] = Field(
        ("reply_overdue",), description="Signals that break a promise to customers: they always reach the manager."
    )

    @field_validator("drill")
    @classmethod
    def _hours(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for hours in value:
            found = _HOURS.fullmatch(hours)
            if found is None or hours[4:9] >= hours[10:15]:
                raise ValueError(t("coaching.settings.drill", operator_language(), hours=hours))
        return value

"""Settings of freshness lights: when data counts as late, and when its owners are told."""

from __future__ import annotations

from datetime import time

from pydantic import BaseModel, Field, model_validator

from config.languages import operator_language
from config.locales import t


class Freshness(BaseModel, extra="forbid"):
    """Freshness lights of sources and channels (数据灯), and what their owners are told."""

    yellow_hours: float = Field(
        24, gt=0, le=8760, description="Data older than this is yellow, unless its source's definition says otherwise."
    )
    red_hours: float = Field(48, gt=0, le=8760, description="Data older than this is red, and its owner is told once.")
    retired_days: int = Field(
        60,
        ge=0,
        le=3650,
        description="Days without data after which a channel without a campaign counts as no longer in use. 0: never.",
    )
    settle_minutes: int = Field(
        30,
        ge=0,
        le=1440,
        description="So long rows stay refused until the owner is told, and so long a fault is gone until it is over.",
    )
    failing_minutes: int = Field(
        60, ge=0, le=10_080, description="So long loading of a source must fail until its owner is told."
    )
    later_hours: float = Field(
        4, gt=0, le=72, description="After how many hours a warning that was put off comes again."
    )
    quiet_from: time = Field(time(20, 0), description="From when on owners are told nothing, HH:MM.")
    quiet_to: time = Field(
        time(8, 30), description="Until when they are told nothing, and when what waited comes, HH:MM."
    )
    working_days: bool = Field(True, description="Whether owners are told nothing on days off, by China's calendar.")

    @model_validator(mode="after")
    def _in_order(self) -> Freshness:
        if self.yellow_hours > self.red_hours:
            raise ValueError(t("freshness.settings.order", operator_language()))
        return self

"""Settings of the morning meeting: when it is sent, to whom, and with which template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator


class Briefing(BaseModel, extra="forbid"):
    """The morning meeting (晨会). What it looks for is in config/briefing/finders.yaml."""

    enabled: bool = Field(True, description="Whether it is sent by the clock; asked for, it comes at any time.")
    at: time = Field(time(8, 30), description="From when on it is sent on working days, HH:MM, the company's time.")
    team_hours: Mapping[str, time] = Field(
        default_factory=dict, description='Teams with an hour of their own, such as {"华东组" = "08:00"}.'
    )
    until: time = Field(
        time(12, 0), description="After an outage it is caught up until then, HH:MM; later the morning is over."
    )
    reps: bool = Field(False, description="Whether reps get their own three things as well.")
    rules: Path | None = Field(
        None, description="YAML file with your thresholds and presets instead of ours; empty: ours."
    )
    template: Path | None = Field(
        None, description="Your PowerPoint file (.pptx or .potx), whose layouts the slides take; empty: ours."
    )

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        """An hour that never comes would be a silent end of the morning meeting."""
        hours = {"at": self.at} | {f"team_hours.{team}": hour for team, hour in self.team_hours.items()}
        for name, hour in hours.items():
            if hour >= self.until:
                raise ValueError(f"{name} = {hour:%H:%M} must be before until = {self.until:%H:%M}: set until later.")
        return self

    def hour_of(self, team: str) -> time:
        """The team's own, or everybody's."""
        return self.team_hours.get(team, self.at)

"""Settings of the morning meeting: when it is sent, to whom, and with which template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path

from pydantic import BaseModel, Field


class Briefing(BaseModel, extra="forbid"):
    """The morning meeting (晨会). What it looks for is in config/briefing/finders.yaml."""

    enabled: bool = Field(True, description="Whether it is sent by the clock; asked for, it comes at any time.")
    at: time = Field(time(8, 30), description="From when on it is sent on working days, HH:MM, the company's time.")
    team_hours: Mapping[str, time] = Field(
        default_factory=dict, description='Teams with an hour of their own, such as {"华东组" = "08:00"}.'
    )
    until: time = Field(time(18, 0), description="After an outage it is caught up on the same day until then, HH:MM.")
    reps: bool = Field(False, description="Whether reps get their own three things as well.")
    rules: Path | None = Field(
        None, description="YAML file with your thresholds and presets instead of ours; empty: ours."
    )
    template: Path | None = Field(
        None, description="Your PowerPoint file (.pptx or .potx), whose layouts the slides take; empty: ours."
    )

    def hour_of(self, team: str) -> time:
        """The team's own, or everybody's."""
        return self.team_hours.get(team, self.at)

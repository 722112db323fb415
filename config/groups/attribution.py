"""Settings of journeys and attribution."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


class Attribution(BaseModel, extra="forbid"):
    """Which journeys are made, and how the models count (归因)."""

    level: Literal["person", "account"] = Field(
        "account", description="Whose touches make a journey: person (one visitor) or account (all of a customer)."
    )
    conversion: Literal["lead", "sql", "opportunity", "won", "contract", "payment"] = Field(
        "won", description="What a journey leads to: lead, sql, opportunity, won, contract or payment."
    )
    lookback_days: int = Field(
        90, ge=0, le=3650, description="Days before the conversion from which touches count; 0: all touches."
    )
    lookback_from: Literal["opened", "conversion"] = Field(
        "opened",
        description="From where the look-back counts: opened (the deal was opened, or the lead came: a long sale keeps "
        "its first touches) or conversion.",
    )
    reentry: Literal["won", "conversion", "never"] = Field(
        "won", description="What ends a journey, so that the next touch begins a new one: won, conversion or never."
    )
    half_life_hours: float = Field(
        168.0, gt=0, le=87_600, description="Time decay: after so many hours a touch counts half."
    )
    order: int = Field(1, ge=1, le=5, description="Markov: how many touches make a state.")
    draws: int = Field(1000, ge=0, le=20_000, description="Draws of the bootstrap interval; 0: no intervals.")
    memory_mb: int = Field(
        512, ge=64, le=1_048_576, description="Memory of the columnar copy, in MB; beyond it DuckDB spills to disk."
    )
    channels: Path | None = Field(
        None, description="YAML file with your channels' confidence and direct names; empty: the sample company's."
    )

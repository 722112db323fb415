"""Settings of the behaviour pattern library."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Patterns(BaseModel, extra="forbid"):
    """Mining of talk-tracks from won deals (行为模式库)."""

    months: int = Field(18, ge=1, le=120, description="How far back closed deals are read, in months.")
    least_deals: int = Field(10, ge=3, le=10_000, description="Closed deals that must hold a pattern to try it.")
    chance: float = Field(
        0.01, gt=0, le=0.2, description="The most that luck may explain a pattern's effect, over all that are tried."
    )

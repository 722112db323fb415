"""Settings of the three-way calibration."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

RoleName = Literal["rep", "manager", "director", "channel_owner", "sales_ops", "admin"]


class Calibration(BaseModel, extra="forbid"):
    """Who speaks for the algorithm, and from when on a change is proposed."""

    algorithm: tuple[RoleName, ...] = Field(("admin",), description="Roles whose people speak for the algorithm.")
    least_labels: int = Field(
        3, ge=1, le=100, description="How many false positives of a kind it takes before a change is proposed."
    )
    history_days: int = Field(90, ge=1, le=730, description="How many days of prompts a change is replayed on.")

"""Settings of data quality: the gates' file, and when owners are told."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from pydantic import BaseModel, Field


class Quality(BaseModel, extra="forbid"):
    """Data quality (数据质量): gates, golden lists, and what owners are told."""

    folder: Path | None = Field(
        None,
        description="Folder with your own gates.yaml and golden.yaml; a file that isn't there is taken from "
        "config/quality.",
    )
    enabled: bool = Field(True, description="Whether owners are told when a gate turns red; the board shows it always.")
    at: time = Field(time(9, 0), description="When owners are told of gates that turned red or green, HH:MM.")
    working_days: bool = Field(True, description="Whether they are told on China's working days only.")
    later_days: int = Field(7, ge=1, le=90, description="How long a gate that was put off stays quiet, in days.")

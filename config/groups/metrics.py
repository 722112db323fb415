"""Settings of the metric registry."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field


class Metrics(BaseModel, extra="forbid"):
    """What can be asked in figures (问数)."""

    folder: Path | None = Field(
        None,
        description="Folder with your own metrics, dimensions and tables, added to those of config/metrics; its README "
        "has the format.",
    )

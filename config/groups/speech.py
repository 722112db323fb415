"""How recordings are listened to; adapters/speech/README.md tells what happens to them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Speech(BaseModel, extra="forbid"):
    """Speech to text, on this machine, in a process of its own."""

    model: str = Field(
        "base",
        description="base, which comes with the installation; a folder with a CTranslate2 Whisper; or a hub's name "
        "such as large-v3-turbo, which is fetched once.",
    )
    language: Literal["", "zh", "en"] = Field(
        "", description="What people speak: zh or en; empty: found out for each recording."
    )
    our_channel: Literal["", "left", "right"] = Field(
        "",
        description="Of recordings with one person on each channel (telephone systems): which channel is our side; "
        "empty: told by names, else asked. A list beside imported recordings may say otherwise.",
    )
    threads: int = Field(1, ge=1, le=64, description="Processor cores that listening may use.")
    beam: int = Field(1, ge=1, le=10, description="Beams of the search: 1 is quickest, 5 a little more exact.")
    max_minutes: int = Field(180, ge=1, le=600, description="Longest recording, in minutes.")
    max_mb: int = Field(500, ge=1, le=4096, description="Largest recording, in MB.")

"""Settings of the sources of the closed loop."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class Sources(BaseModel, extra="forbid"):
    """Where data may come from, and how much of it at a time."""

    folders: tuple[Path, ...] = Field(
        (),
        description="Folders whose files sources may read; empty: sources/ and sample_company/ in the data folder.",
    )
    secrets: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Values that definitions name as ${name}: passwords, tokens, addresses of databases. "
        "`XIAOCE_SOURCES__SECRETS__FINANCE_DB` is ${finance_db}.",
    )
    allow_private: bool = Field(
        False, description="Whether REST sources may be at addresses that only this machine or its network reaches."
    )
    seconds: float = Field(
        60, gt=0, le=3600, description="How long a source may keep silent before a load gives up until later."
    )
    attempts: int = Field(
        4, ge=1, le=20, description="How often one page of a REST source is asked for, with growing waits."
    )
    batch_rows: int = Field(2000, ge=1, le=100_000, description="Rows that are kept at a time while a source is read.")
    load_rows: int = Field(
        100_000,
        ge=1,
        le=5_000_000,
        description="Rows that one load makes visible at once; a source with more goes on in a next load.",
    )
    response_mb: int = Field(50, ge=1, le=1024, description="Largest answer of a REST source, in MB.")
    settle_seconds: float = Field(
        5, ge=0, le=3600, description="How long a file in a watched folder must be unchanged before it is read."
    )

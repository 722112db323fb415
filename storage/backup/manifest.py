"""What a backup says about itself."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pydantic import BaseModel, Field

FORMAT = 1
NAME = "manifest.json"  # the last member: an archive without it was cut
ROWS = "database/"  # members with rows
FILES = "data/"  # members that belong into the data folder

Kind = Literal["sqlite", "postgresql"]


class Member(BaseModel, extra="forbid", frozen=True):
    """One file in the archive."""

    size: int = Field(ge=0)  # bytes
    sha256: str


class TableCopy(BaseModel, extra="forbid", frozen=True):
    """Rows of one PostgreSQL table, in the text format of COPY."""

    member: str
    engine: bool  # of the durable engine; else ours
    name: str
    columns: tuple[str, ...]


class Manifest(BaseModel, extra="forbid", frozen=True):
    """Written at the end, checked before anything is touched."""

    format: int = FORMAT
    program: str  # the version that made it
    made_at: datetime  # the moment whose state it holds
    database: Kind
    revision: str  # of our tables
    engine_version: int = 0  # of the engine's tables; 0: it had none
    rows: dict[str, int]  # table → how many
    members: dict[str, Member]
    copies: tuple[TableCopy, ...] = ()  # in the order in which they can be loaded
    counters: dict[str, int] = {}  # our sequences → last number given out: none comes twice, even of deleted rows


def program_version() -> str:
    """The version of this installation."""
    try:
        return version("xiaoce")
    except PackageNotFoundError:  # a checkout that isn't installed
        return "unknown"

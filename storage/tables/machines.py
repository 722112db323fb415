"""Processes that share the work, and what they must know of each other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import UtcTime


class MachineRow(Row, table=True):
    """A process that runs jobs. `beats` grows while it lives; who sees it stand still takes over."""

    __tablename__ = "machines"

    id: str = Field(primary_key=True)  # {host}:{role}:{slot}, used again after a restart
    instance: str  # of this run of the process; whoever takes over writes another
    host: str
    pid: int
    born: float  # when the process began, as its system tells: a pid may be used again
    beats: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=UtcTime)

"""Where data comes from: definitions of sources in versions, loads, rows as they landed, rows that were refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime

NO_KEY = "\x01"  # begins the key of a row that couldn't be split into fields


class SourceVersionRow(Row, table=True):
    """One version of one source's definition: connection and field mapping, as the text that people read and edit."""

    __tablename__ = "source_versions"

    source: str = Field(primary_key=True)
    version: int = Field(primary_key=True)  # 1, 2, …; the highest one holds, and reverting adds a version
    text: str
    by: str = ""
    at: datetime = Field(sa_type=UtcTime)
    note: str = ""


class SourceStateRow(Row, table=True):
    """How far a source was read."""

    __tablename__ = "source_states"

    source: str = Field(primary_key=True)
    position: Any = Field(default=None, sa_type=JSON)  # what its reader goes on from
    mapped_version: int = 0  # by which version of the definition its rows were mapped
    looked_at: datetime | None = Field(default=None, sa_type=UtcTime)  # last time it was read to its end
    removed: bool = False  # no longer read; its rows stay


class LoadRow(Row, table=True):
    """One load of one source: its rows become visible all at once, when it is done."""

    __tablename__ = "loads"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        Index(None, "source", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    source: str
    version: int  # of the definition
    mode: str = "read"  # or "replay": nothing is read; what was refused is tried again, mended or not
    state: str = "running"
    begun_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    position: Any = Field(default=None, sa_type=JSON)  # how far it has staged: where it goes on after a crash
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    told: bool = False  # those who look at what is new have been called
    notes: Any = Field(default=None, sa_type=JSON)  # [{"note", "details"}]: what people should know of it
    fault: str = ""  # why it failed, for people


class StagedRow(Row, table=True):
    """A row that a load under way has read; nobody else sees it."""

    __tablename__ = "staged_rows"
    __table_args__ = (Index(None, "load_id", "n"),)

    load_id: int = Field(primary_key=True, sa_type=BigInteger)
    key: str = Field(primary_key=True)  # of two rows with one key, the later is kept
    n: int  # the how manieth row of the load it is
    line: int = 0
    place: str = ""
    data: Any = Field(sa_type=JSON, nullable=False)
    digest: str
    state: str = "read"  # then "good" or "refused"; what is as it landed stays "read"
    again: bool = False  # to be mapped even if it landed just so: it was mended, or the mapping is another
    record_id: str = ""  # once it is mapped
    reasons: Any = Field(default=None, sa_type=JSON)  # why it can't be taken: from the reader, then from the mapping


class LandedRow(Row, table=True):
    """A row of a source as it came, and which record it became: the bottom of every drill-down."""

    __tablename__ = "landed_rows"
    __table_args__ = (Index(None, "entity", "record_id"), Index(None, "source", "load_id"))

    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    entity: str = ""
    record_id: str = ""
    line: int = 0
    place: str = ""  # the file it came from, where there are several
    data: Any = Field(sa_type=JSON, nullable=False)
    digest: str  # of the row as it came (before somebody mended it): the same again is nothing new
    load_id: int = Field(sa_type=BigInteger)
    first_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class RefusedRow(Row, table=True):
    """A row that could not be taken, with the reasons; kept until it is mended or dropped by somebody."""

    __tablename__ = "refused_rows"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'mended', 'dropped')", name="state"),
        Index(None, "source", "state"),
        Index(None, "source", "key"),
        Index(
            "uq_refused_rows_open",
            "source",
            "key",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    source: str
    key: str  # where the row has none: NO_KEY and its digest
    line: int = 0
    place: str = ""
    data: Any = Field(sa_type=JSON, nullable=False)  # as it came, or as somebody mended it
    digest: str  # of the row as it came
    reasons: Any = Field(sa_type=JSON, nullable=False)  # [{"column", "value", "problem", "details"}]
    state: str = "open"
    load_id: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)

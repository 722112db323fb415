"""What is kept beside the talk: the audit log, files, and the playbook with its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime


class AuditRow(Row, table=True):
    """Who saw or changed what. Rows are only ever added."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "actor", "seq"), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    at: datetime = Field(sa_type=UtcTime)
    actor: str  # a person's id, or the part of the program
    action: str
    subject: str
    detail: dict[str, Any] = Field(sa_type=JSON)


class FileRow(Row, table=True):
    """A file in the data folder."""

    __tablename__ = "files"
    __table_args__ = (Index(None, "person_id"),)

    id: str = Field(primary_key=True)
    path: str  # relative to the data folder
    name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)  # bytes
    sha256: str
    person_id: str = ""
    message_id: str = ""
    at: datetime = Field(sa_type=UtcTime)


class PlaybookTextRow(Row, table=True):
    """A text of the playbook as it is valid now."""

    __tablename__ = "playbook_texts"

    id: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    revision: int
    kind: str
    text: str
    valid_until: date | None = None
    updated_at: datetime = Field(sa_type=UtcTime)
    updated_by: str


class PlaybookRevisionRow(Row, table=True):
    """A text of the playbook as it was; kept when the text is removed."""

    __tablename__ = "playbook_revisions"

    id: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    kind: str
    text: str
    valid_until: date | None = None
    updated_at: datetime = Field(sa_type=UtcTime)
    updated_by: str

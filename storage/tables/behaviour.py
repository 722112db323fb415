"""Who was offered help because important prompts stayed without an answer (A13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import Items, UtcTime


class DiagnosisRow(Row, table=True):
    """One streak of ignored prompts, told once: its key is made of the person and the streak's first prompt.

    It holds no words of customers and no measure of anybody; what happened after is looked up when it is shown.
    """

    __tablename__ = "diagnoses"
    __table_args__ = (
        CheckConstraint("response IN ('', 'acted', 'wrong')", name="response"),
        Index(None, "person_id", "at"),
    )

    id: str = Field(primary_key=True)
    person_id: str
    manager_id: str = ""  # who was told besides; "": nobody
    ability: str  # the family of signals that most of the prompts belong to
    prompt_ids: tuple[str, ...] = Field(default=(), sa_type=Items, nullable=False)  # the oldest first
    at: datetime = Field(sa_type=UtcTime)
    response: str = ""
    responded_at: datetime | None = Field(default=None, sa_type=UtcTime)

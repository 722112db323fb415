"""D10: who saw and changed what. Entries are added, never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.contracts.person import Person
from storage.permissions import visible
from storage.tables import AuditRow


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody, or the program itself, did."""

    seq: int
    at: datetime
    actor: str  # a person's id, or the part of the program
    action: str
    subject: str
    detail: Mapping[str, Any]


class Audit:
    """The log. Never put secrets or customers' personal data into `detail`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime) -> None:
        """Add an entry; `detail` is JSON."""
        self._session.add(AuditRow(at=at, actor=actor, action=action, subject=subject, detail=dict(detail)))
        self._session.flush()

    def listing(self, viewer: Person, limit: int = 100, actions: Collection[str] = ()) -> list[AuditEntry]:
        """What the viewer and the people under them did, latest first; operators see all. `actions`: only these."""
        query = select(AuditRow).where(visible(viewer, AuditRow)).order_by(col(AuditRow.seq).desc())
        if actions:
            query = query.where(col(AuditRow.action).in_(actions))
        return [_entry(row) for row in self._session.exec(query.limit(limit))]


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.seq or 0, row.at, row.actor, row.action, row.subject, row.detail)

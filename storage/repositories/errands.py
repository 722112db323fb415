"""What one process asks another to do, because that one has the connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from storage.changes import rows_changed
from storage.tables import ErrandRow


@dataclass(frozen=True, slots=True)
class Errand:
    """One asking."""

    id: str
    parcel_id: str
    payload: Mapping[str, Any]


class Errands:
    """`desk` names the connection. An errand is a row from the asking until its result was read."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, desk: str, errand: Errand, at: datetime) -> None:
        """Write it down."""
        row = ErrandRow(id=errand.id, desk=desk, parcel_id=errand.parcel_id, payload=dict(errand.payload), asked_at=at)
        self._session.add(row)
        self._session.flush()

    def waiting(self, desk: str, since: datetime) -> list[Errand]:
        """Those that nobody has taken, oldest first. Older ones than `since` were given up by who asked."""
        fresh = (ErrandRow.desk == desk, col(ErrandRow.asked_at) >= since, col(ErrandRow.taken).is_(False))
        rows = self._session.exec(select(ErrandRow).where(*fresh).order_by(col(ErrandRow.asked_at)))
        return [Errand(row.id, row.parcel_id, row.payload) for row in rows]

    def take(self, id_: str) -> bool:
        """True for one process, and only while somebody waits for the result."""
        free = update(ErrandRow).where(col(ErrandRow.id) == id_, col(ErrandRow.taken).is_(False))
        return rows_changed(self._session, free.values(taken=True)) == 1

    def finish(self, id_: str, result: Mapping[str, Any]) -> None:
        """Note the result for who asked."""
        rows_changed(self._session, update(ErrandRow).where(col(ErrandRow.id) == id_).values(result=dict(result)))

    def result(self, id_: str) -> tuple[bool, Mapping[str, Any] | None]:
        """Whether the errand still exists, and its result once there is one."""
        row = self._session.get(ErrandRow, id_)
        return row is not None, row.result if row else None

    def drop(self, id_: str) -> None:
        """It is done, or given up."""
        rows_changed(self._session, delete(ErrandRow).where(col(ErrandRow.id) == id_))

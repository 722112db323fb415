"""What people chose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.tables import PreferenceRow
from storage.upsert import table_of, upsert

_table = table_of(PreferenceRow)
_OF = select(_table.c.key, _table.c.value).where(_table.c.person_id == bindparam("person"))


class Preferences:
    """Choices by person and key; values are JSON."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, person_id: str) -> dict[str, Any]:
        """Everything this person chose."""
        rows = self._session.connection().execute(_OF, {"person": person_id})
        return {row.key: row.value for row in rows}

    def set(self, person_id: str, key: str, value: Any, at: datetime) -> None:
        """Choose; the last choice counts."""
        upsert(self._session, PreferenceRow(person_id=person_id, key=key, value=value, at=at))

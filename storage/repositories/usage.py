"""Tokens of the language model by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from storage.tables import ModelUsageRow
from storage.upsert import upsert


class Usage:
    """Adding is one statement, so that machines never overwrite each other's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def tokens(self, day: date) -> int:
        """Tokens of that day; 0 when none."""
        row = self._session.get(ModelUsageRow, day)
        return row.tokens if row else 0

    def add_tokens(self, day: date, tokens: int) -> None:
        """Add to that day; negative gives back what was reserved in vain."""
        upsert(self._session, ModelUsageRow(day=day, tokens=tokens), _sum)


def _sum(new: Any) -> Mapping[str, Any]:
    return {"tokens": ModelUsageRow.tokens + new.tokens}

"""Answers that a platform lets grow. Every change is one statement, so of two processes one succeeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from storage.changes import rows_changed
from storage.tables import OpenAnswerRow
from storage.upsert import insert_new

WITHDRAWN = "-"  # instead of an owner


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """The columns of `OpenAnswerRow`."""

    id: str
    opened_at: datetime
    about: Mapping[str, Any]
    content: str
    card: Mapping[str, Any] | None
    finish: bool
    owner: str
    taken: bool
    spent_by: str


class OpenAnswers:
    """By the id that the platform knows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, id_: str, about: Mapping[str, Any], at: datetime) -> None:
        """Open one; one that exists stays as it is."""
        insert_new(self._session, OpenAnswerRow(id=id_, opened_at=at, about=dict(about)))

    def get(self, id_: str) -> OpenAnswer | None:
        """As it is now."""
        row = self._session.get(OpenAnswerRow, id_)
        return OpenAnswer(**row.model_dump()) if row else None

    def draft(self, id_: str, content: str, card: Mapping[str, Any] | None) -> bool:
        """Replace what is shown, unless it is ended."""
        return self._changed(id_, {"owner": ""}, content=content, card=_plain(card))

    def end(self, id_: str, content: str, card: Mapping[str, Any] | None, owner: str) -> bool:
        """Replace what is shown for the last time. True for the owner, also when asked again."""
        if self._changed(id_, {"owner": ""}, content=content, card=_plain(card), finish=True, owner=owner):
            return True
        now = self.get(id_)
        return now is not None and now.owner == owner

    def take(self, id_: str) -> OpenAnswer | None:
        """As it is now; a finished one is handed out from here on."""
        self._changed(id_, {"finish": True}, taken=True)
        return self.get(id_)

    def withdraw(self, id_: str, owner: str, words: str) -> bool:
        """Replace the end that `owner` set, unless it was handed out."""
        mine = {"owner": owner, "taken": False}
        return self._changed(id_, mine, content=words, card=None, owner=WITHDRAWN)

    def spend(self, id_: str, parcel_id: str) -> bool:
        """Give what counts once to this parcel. True when it has it, now or from before."""
        if self._changed(id_, {"spent_by": ""}, spent_by=parcel_id):
            return True
        now = self.get(id_)
        return now is not None and now.spent_by == parcel_id

    def _changed(self, id_: str, condition: Mapping[str, object], **values: object) -> bool:
        matches = [getattr(OpenAnswerRow, name) == value for name, value in {"id": id_, **condition}.items()]
        return rows_changed(self._session, update(OpenAnswerRow).where(*matches).values(**values)) == 1


def _plain(card: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return dict(card) if card is not None else None

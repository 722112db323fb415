"""What people said about signals: right, wrong, missed (A12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.repositories.dialogues import Dialogues
from storage.tables import LabelRow
from storage.upsert import table_of

Verdict = Literal["right", "wrong", "missed"]


@dataclass(frozen=True, slots=True)
class Label:
    """Somebody's word on one text."""

    id: str
    kind: str
    text: str
    verdict: Verdict
    by: str
    at: datetime
    signal_id: str = ""  # "": a signal that was missed
    dialogue_id: str = ""  # where the text comes from: it goes when that is purged
    reason: str = ""


_labels = table_of(LabelRow)


class Labels:
    """The labels."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, LabelRow, Label)

    def add(self, label: Label) -> bool:
        """Keep it once. False when it is there already, or when its dialogue was purged meanwhile."""
        if label.dialogue_id and not Dialogues(self._session).holds(label.dialogue_id):
            return False
        return self._records.add(label)

    def visible_to(self, viewer: Person, *, kind: str = "", limit: int = 100) -> list[Label]:
        """Labels by the viewer and the people under them, the latest first."""
        query = self._records.select().where(visible(viewer, LabelRow))
        query = query.where(_labels.c.kind == kind) if kind else query
        return self._records.found(query.order_by(_labels.c.at.desc(), _labels.c.id).limit(limit))

    def all(self, verdict: Verdict | None = None) -> list[Label]:
        """Every label, the oldest first: what the detectors learn from."""
        query = self._records.select().order_by(_labels.c.at, _labels.c.id)
        return self._records.found(query.where(_labels.c.verdict == verdict) if verdict else query)

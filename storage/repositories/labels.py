"""What people said about signals: right, wrong, missed (A12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
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
    reason: str = ""  # of a wrong one: a key of the three parties' reasons, or words
    prompt_id: str = ""  # from which prompt it was said; "": from elsewhere


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

    def explain(self, id_: str, by: str, reason: str) -> bool:
        """Why somebody said so, said after it. False when it isn't theirs."""
        here = _labels.c.id == id_, _labels.c.by == by
        change = update(_labels).where(*here).values(reason=reason).returning(_labels.c.id)
        return self._session.connection().execute(change).first() is not None

    def wrong_prompts(self, prompt_ids: Collection[str]) -> set[str]:
        """Which of these prompts somebody called a false positive."""
        query = select(_labels.c.prompt_id).where(_labels.c.verdict == "wrong").distinct()
        queries = (query.where(_labels.c.prompt_id.in_(some)) for some in chunks(prompt_ids))
        return {id_ for one in queries for id_ in self._session.connection().execute(one).scalars()}

    def these(self, ids: Collection[str]) -> list[Label]:
        """Several by id, the oldest first; those that were purged are left out."""
        found = self._records.these(ids).values()
        return sorted(found, key=lambda label: (label.at, label.id))

    def visible_to(self, viewer: Person, *, kind: str = "", limit: int = 100) -> list[Label]:
        """Labels by the viewer and the people under them, the latest first."""
        query = self._records.select().where(visible(viewer, LabelRow))
        query = query.where(_labels.c.kind == kind) if kind else query
        return self._records.found(query.order_by(_labels.c.at.desc(), _labels.c.id).limit(limit))

    def all(self, verdict: Verdict | None = None) -> list[Label]:
        """Every label, the oldest first: what the detectors learn from."""
        query = self._records.select().order_by(_labels.c.at, _labels.c.id)
        return self._records.found(query.where(_labels.c.verdict == verdict) if verdict else query)

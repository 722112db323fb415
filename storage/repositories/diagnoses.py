"""Streaks of ignored prompts that were talked about (A13): seen by the person and their own manager, by nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.listening_codec import name_of
from storage.records import Records
from storage.tables import DiagnosisRow, PersonRow
from storage.upsert import table_of

Response = Literal["", "acted", "wrong"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One streak, told once."""

    id: str
    person_id: str
    ability: str  # a family of signals
    prompt_ids: tuple[str, ...]  # the oldest first
    at: datetime
    manager_id: str = ""  # who was told besides; "": nobody
    response: Response = ""
    responded_at: datetime | None = None


_diagnoses, _people = table_of(DiagnosisRow), table_of(PersonRow)


def diagnosis_id(person_id: str, first_prompt_id: str) -> str:
    """The same for the same streak, so that it is told once."""
    return name_of("diagnosis", person_id, first_prompt_id)


class Diagnoses:
    """The diagnoses. Unlike other rows, directors, sales ops and admins don't see those of everybody."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, DiagnosisRow, Diagnosis)

    def add(self, diagnosis: Diagnosis) -> bool:
        """Keep it. False when this streak was told before: then tell nobody."""
        return self._records.add(diagnosis)

    def last(self, person_id: str) -> Diagnosis | None:
        """A person's latest, for the flows."""
        query = self._records.select().where(_diagnoses.c.person_id == person_id)
        return next(iter(self._records.found(query.order_by(_diagnoses.c.at.desc()).limit(1))), None)

    def visible_to(self, viewer: Person, *, limit: int = 100) -> list[Diagnosis]:
        """The viewer's own and those of people who report to them, the latest first."""
        query = self._records.select().where(_private(viewer))
        return self._records.found(query.order_by(_diagnoses.c.at.desc(), _diagnoses.c.id).limit(limit))

    def respond(self, id_: str, person_id: str, response: Response, at: datetime) -> bool:
        """What the person says to it; it begins their count anew. False when it isn't theirs."""
        here = _diagnoses.c.id == id_, _diagnoses.c.person_id == person_id
        change = update(_diagnoses).where(*here).values(response=response, responded_at=at).returning(_diagnoses.c.id)
        return self._session.connection().execute(change).first() is not None


def _private(viewer: Person) -> ColumnElement[bool]:
    reports = select(_people.c.id).where(_people.c.manager_id == viewer.id)
    return or_(_diagnoses.c.person_id == viewer.id, _diagnoses.c.person_id.in_(reports))

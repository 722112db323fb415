"""What one of us promised a customer, to be followed up (A17)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import delete, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.listening_codec import name_of
from storage.permissions import visible
from storage.records import Records
from storage.repositories.dialogues import Dialogues
from storage.tables import TaskRow
from storage.upsert import table_of

State = Literal["open", "done", "dropped"]


@dataclass(frozen=True, slots=True)
class Task:
    """A follow-up task."""

    id: str
    person_id: str
    text: str
    created_at: datetime
    customer_id: str = ""
    dialogue_id: str = ""
    utterance_id: str = ""
    due: date | None = None
    state: State = "open"
    done_at: datetime | None = None


_tasks = table_of(TaskRow)


def task_id(dialogue_id: str, utterance_id: str, text: str) -> str:
    """The same for the same promise, so that reading a dialogue again adds nothing."""
    return name_of("task", dialogue_id, utterance_id, text)


class Tasks:
    """The tasks. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, TaskRow, Task)

    def add(self, task: Task) -> bool:
        """Keep it once. False when it is there already, or when its dialogue was purged meanwhile."""
        if task.dialogue_id and not Dialogues(self._session).holds(task.dialogue_id):
            return False
        return self._records.add(task)

    def get(self, id_: str) -> Task | None:
        """One task, for the flows."""
        return self._records.get(id_)

    def visible_to(
        self,
        viewer: Person,
        *,
        person_id: str = "",
        customer_id: str = "",
        state: State | None = "open",
        limit: int = 100,
    ) -> list[Task]:
        """Tasks the viewer may see, the most urgent first; `state` None: all."""
        query = self._records.select().where(visible(viewer, TaskRow))
        query = query.where(_tasks.c.person_id == person_id) if person_id else query
        query = query.where(_tasks.c.customer_id == customer_id) if customer_id else query
        query = query.where(_tasks.c.state == state) if state else query
        return self._records.found(query.order_by(_tasks.c.due.nulls_last(), _tasks.c.id).limit(limit))

    def due(self, until: date) -> list[Task]:
        """Everybody's open tasks that are due on a day or before, for the flows; by person, the oldest first."""
        query = self._records.select().where(_tasks.c.state == "open", _tasks.c.due <= until)
        return self._records.found(query.order_by(_tasks.c.person_id, _tasks.c.due, _tasks.c.id))

    def close(self, id_: str, state: State, at: datetime) -> bool:
        """Done or dropped. False when it wasn't open."""
        here = _tasks.c.id == id_, _tasks.c.state == "open"
        change = update(_tasks).where(*here).values(state=state, done_at=at).returning(_tasks.c.id)
        return self._session.connection().execute(change).first() is not None

    def forget(self, dialogue_id: str, utterance_ids: Sequence[str]) -> None:
        """Delete what was promised in utterances that were taken back."""
        gone = _tasks.c.dialogue_id == dialogue_id, _tasks.c.utterance_id.in_(list(utterance_ids))
        self._session.connection().execute(delete(_tasks).where(*gone))

    def keep_only(self, dialogue_id: str, ids: Collection[str], customer_id: str) -> None:
        """A dialogue was read anew: its open tasks that aren't among these go, the others get its customer."""
        here = _tasks.c.dialogue_id == dialogue_id
        connection = self._session.connection()
        connection.execute(delete(_tasks).where(here, _tasks.c.state == "open", _tasks.c.id.not_in(list(ids))))
        connection.execute(update(_tasks).where(here).values(customer_id=customer_id))

    def of_dialogue(self, viewer: Person, dialogue_id: str) -> list[Task]:
        """The tasks of one dialogue that the viewer may see, whatever their state."""
        query = self._records.select().where(visible(viewer, TaskRow), _tasks.c.dialogue_id == dialogue_id)
        return self._records.found(query.order_by(_tasks.c.due.nulls_last(), _tasks.c.id))

    def reopen(self, id_: str) -> bool:
        """It isn't done after all. False when it wasn't done."""
        here = _tasks.c.id == id_, _tasks.c.state == "done"
        change = update(_tasks).where(*here).values(state="open", done_at=None).returning(_tasks.c.id)
        return self._session.connection().execute(change).first() is not None

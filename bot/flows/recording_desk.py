"""What the skill "recordings" asks of the flows: begin to listen, note a consent, correct sides or customer."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts import Clock, Person
from bot.contracts.listening import Source
from bot.flows.engine import Engine, Job
from bot.flows.persist import persistently
from bot.flows.purge import unlink
from skills.recordings.names import dialogue_of
from skills.recordings.ports import Begun
from storage.repositories.consents import Consent
from storage.repositories.dialogues import DialogueRecord

if TYPE_CHECKING:
    from bot.flows.recording import RecordingFlow
    from storage.database import Database
    from storage.store import Store

OUR_CHANNEL = "our_channel"  # in the summary of a recording that waits: what its list says of its channels
KIND, PARTITION = "recording", "listening"  # one partition: one recording at a time, beside all other work


class RecordingDesk:
    """Fulfils `skills.recordings.ports.Desk`."""

    def __init__(self, database: Database, engine: Engine, clock: Clock, data: Path, flow: RecordingFlow) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._data = data
        self._flow = flow

    async def begin(self, file_id: str, customer_id: str, person: Person) -> Begun:
        """Keep the recording and have it transcribed, if that is allowed (A18); else delete its file."""
        begun = await persistently(
            lambda: self._database.write(lambda store: self._open(store, file_id, customer_id, person))
        )
        if begun == "no_consent":
            await forget_file(self._database, self._data, file_id)
        return begun

    async def agree(self, customer_id: str, person: Person) -> bool:
        """Note that a customer agreed, on this person's word. False when they have refused before."""

        def note(store: Store) -> bool:
            if store.consents.state("customer", customer_id) is False:
                return False
            now = self._clock.now()
            store.consents.add(Consent("customer", customer_id, True, now, person.id, "card"))
            store.audit.add(person.id, "consent.given", customer_id, {"kind": "customer", "source": "card"}, now)
            return True

        return await persistently(lambda: self._database.write(note))

    async def correct(self, dialogue_id: str, *, ours: str | None = None, customer_id: str | None = None) -> bool:
        """Work it out again with this speaker as ours, or with this customer. False: it may not be kept, or is gone."""
        return await self._flow.correct(dialogue_id, ours=ours, customer_id=customer_id)

    async def take_up(self) -> None:
        """Give a job to every recording that waits without one: those of a command, or of a lost database."""

        def give(store: Store) -> None:
            for record in store.dialogues.unfinished():
                if record.source == "recording":
                    self._engine.enqueue(store, job_of(record.id))

        await self._database.write(give)

    def _open(self, store: Store, file_id: str, customer_id: str, person: Person) -> Begun:
        file, id_ = store.files.get(file_id), dialogue_of(file_id)
        known = store.dialogues.get(id_)
        if known is not None:
            return "begun" if known.state != "purged" else "gone"
        if file is None:
            return "gone"
        if not permitted(store, customer_id, person.id):
            return "no_consent"
        store.dialogues.open(waiting(id_, file_id, customer_id, person.id, file.name, file.at))
        store.audit.add(person.id, "recording.begun", id_, {"customer": customer_id}, self._clock.now())
        self._engine.enqueue(store, job_of(id_))
        return "begun"


def waiting(id_: str, file_id: str, customer_id: str, person_id: str, title: str, at: datetime) -> DialogueRecord:
    """A recording that waits for its transcription."""
    return DialogueRecord(
        id_,
        Source.RECORDING,
        at,
        customer_id=customer_id,
        person_id=person_id,
        title=title,
        begun_at=at,
        file_id=file_id,
    )


def permitted(store: Store, customer_id: str, person_id: str) -> bool:
    """Whether a recording may be kept: the customer agreed, or, without one, our person; and neither refused."""
    if not customer_id:
        return store.consents.permits({"person": person_id})
    return store.consents.permits({"customer": customer_id}) and store.consents.state("person", person_id) is not False


def job_of(dialogue_id: str) -> Job:
    """The job that transcribes it, once."""
    return Job(KIND, f"recording:{dialogue_id}", dialogue_id, partition=PARTITION)


async def forget_file(database: Database, data: Path, file_id: str) -> None:
    """Delete a file and its record."""
    file = await persistently(lambda: database.read(lambda store: store.files.get(file_id)))
    if file is not None:
        await asyncio.to_thread(unlink, data, [file.path])
        await persistently(lambda: database.write(lambda store: store.files.remove(file_id)))

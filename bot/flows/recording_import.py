"""Recordings of a folder: copied into the data folder and left waiting; a running bot takes them up in a minute."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from bot.contracts.person import OPERATOR
from bot.flows.persist import persistently
from bot.flows.purge import unlink
from bot.flows.recording_desk import OUR_CHANNEL, forget_file, permitted, waiting
from skills.recordings.names import SOUNDS, dialogue_of, is_recording
from storage.database import Database
from storage.imports.recordings import Listed, listed_as
from storage.imports.transcripts import ENDING, is_transcript, read_transcript, transcript_of
from storage.repositories.consents import Consent
from storage.repositories.files import FileRecord
from storage.store import Store

Taken = Literal["taken", "known", "no_consent", "nobody", "unreadable"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Import:
    """Where from, where to, and what is known about the files."""

    database: Database
    data: Path
    listed: dict[str, Listed]
    now: datetime

    async def run(self, folder: Path) -> AsyncIterator[tuple[str, Taken]]:
        """Every recording of the folder, and every transcript that came without one, by name; what became of it."""
        paths = await asyncio.to_thread(lambda: [path for path in sorted(folder.iterdir()) if path.is_file()])
        sounds = {path.stem for path in paths if SOUNDS.search(path.name)}
        for path in paths:
            alone = is_transcript(path.name) and path.name[: -len(ENDING)] not in sounds
            file = await asyncio.to_thread(_record, path, self.now)
            if alone or is_recording(file):
                yield path.name, await self._take(path, file, listed_as(self.listed, _listed_name(self.listed, path)))

    async def _take(self, path: Path, file: FileRecord, listed: Listed) -> Taken:
        if await self.database.read(lambda store: store.dialogues.get(dialogue_of(file.id))):
            return "known"
        target = self.data / file.path
        try:
            await asyncio.to_thread(_copy, path, target)
        except ValueError as error:
            await asyncio.to_thread(unlink, self.data, [file.path])
            log.warning("transcript refused", file=path.name, why=str(error))
            return "unreadable"
        taken = await persistently(lambda: self.database.write(lambda store: self._open(store, file, listed)))
        if taken in {"no_consent", "nobody"}:
            await asyncio.to_thread(unlink, self.data, [file.path])
            await forget_file(self.database, self.data, file.id)
        return taken

    def _open(self, store: Store, file: FileRecord, listed: Listed) -> Taken:
        customer_id = listed.customer_id or _named(store, file.name)
        customer = store.customers.get(customer_id) if customer_id else None
        rep = listed.rep_id or (customer.owner_id if customer else "")
        if not rep or store.people.get(rep) is None:
            return "nobody"
        if customer is not None:
            self._note(store, customer.id, listed)
        if listed.consent is False or not permitted(store, customer.id if customer else "", rep):
            return "no_consent"
        store.files.add(replace(file, person_id=rep))
        begun = listed.begun_at or self.now
        record = waiting(dialogue_of(file.id), file.id, customer.id if customer else "", rep, file.name, begun)
        told = {OUR_CHANNEL: listed.our_channel} if listed.our_channel else None
        store.dialogues.open(replace(record, deal_id=listed.deal_id, summary=told))
        store.audit.add(OPERATOR.id, "recording.begun", record.id, {"customer": record.customer_id}, self.now)
        return "taken"

    def _note(self, store: Store, customer_id: str, listed: Listed) -> None:
        """What the customer answered on the telephone. Who refused elsewhere is not overruled by a list (A18)."""
        if listed.consent and store.consents.state("customer", customer_id) is None:
            store.consents.add(Consent("customer", customer_id, True, self.now, OPERATOR.id, "calls"))


def _named(store: Store, name: str) -> str:
    found = store.customers.mentioned_in(OPERATOR, name)
    return found[0].id if len(found) == 1 else ""


def _listed_name(listed: Mapping[str, Listed], path: Path) -> str:
    """A transcript alone stands in the list under its recording's name."""
    if not is_transcript(path.name):
        return path.name
    stem = path.name[: -len(ENDING)]
    return next((name for name in listed if Path(name).stem == stem), path.name)


def _record(path: Path, now: datetime) -> FileRecord:
    """By its content, so that the same file is taken once, whatever it is called."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    ending = ENDING if is_transcript(path.name) else path.suffix.lower()[:8]
    name = f"files/{digest[:32]}{ending}"
    return FileRecord(f"import#{digest}", name, path.name, kind, path.stat().st_size, digest, now)


def _copy(source: Path, target: Path) -> None:
    """With its transcript, if it has one. Raises ValueError when that can't be read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    transcript = transcript_of(source)
    if transcript.is_file():
        read_transcript(transcript)
        shutil.copyfile(transcript, transcript_of(target))
    shutil.copyfile(source, target)

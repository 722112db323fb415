"""Recordings of a folder: copied into the data folder and left waiting; a running bot takes them up in a minute."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from bot.contracts.person import OPERATOR
from bot.flows.persist import persistently
from bot.flows.recording_desk import forget_file, permitted, waiting
from skills.recordings.names import dialogue_of, is_recording
from storage.database import Database
from storage.imports.recordings import Listed
from storage.repositories.files import FileRecord
from storage.store import Store

Taken = Literal["taken", "known", "no_consent", "nobody"]


@dataclass(frozen=True, slots=True)
class Import:
    """Where from, where to, and what is known about the files."""

    database: Database
    data: Path
    listed: dict[str, Listed]
    now: datetime

    async def run(self, folder: Path) -> AsyncIterator[tuple[str, Taken]]:
        """Every recording of the folder, by name, and what became of it."""
        for path in await asyncio.to_thread(lambda: sorted(folder.iterdir())):
            file = await asyncio.to_thread(_record, path, self.now) if path.is_file() else None
            if file is not None and is_recording(file):
                yield path.name, await self._take(path, file, self.listed.get(path.name, Listed()))

    async def _take(self, path: Path, file: FileRecord, listed: Listed) -> Taken:
        if await self.database.read(lambda store: store.dialogues.get(dialogue_of(file.id))):
            return "known"
        target = self.data / file.path
        await asyncio.to_thread(_copy, path, target)
        taken = await persistently(lambda: self.database.write(lambda store: self._open(store, file, listed)))
        if taken in {"no_consent", "nobody"}:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            await forget_file(self.database, self.data, file.id)
        return taken

    def _open(self, store: Store, file: FileRecord, listed: Listed) -> Taken:
        customer_id = listed.customer_id or _named(store, file.name)
        customer = store.customers.get(customer_id) if customer_id else None
        rep = listed.rep_id or (customer.owner_id if customer else "")
        if not rep or store.people.get(rep) is None:
            return "nobody"
        if not permitted(store, customer.id if customer else "", rep):
            return "no_consent"
        store.files.add(replace(file, person_id=rep))
        begun = listed.begun_at or self.now
        record = waiting(dialogue_of(file.id), file.id, customer.id if customer else "", rep, file.name, begun)
        store.dialogues.open(replace(record, deal_id=listed.deal_id))
        store.audit.add(OPERATOR.id, "recording.begun", record.id, {"customer": record.customer_id}, self.now)
        return "taken"


def _named(store: Store, name: str) -> str:
    found = store.customers.mentioned_in(OPERATOR, name)
    return found[0].id if len(found) == 1 else ""


def _record(path: Path, now: datetime) -> FileRecord:
    """By its content, so that the same file is taken once, whatever it is called."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    name = f"files/{digest[:32]}{path.suffix.lower()[:8]}"
    return FileRecord(f"import#{digest}", name, path.name, kind, path.stat().st_size, digest, now)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)

"""Deleting what was heard (A18): in the database at once, then on the disk and in the index, also after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from adapters.speech.playback import copy_of
from bot.flows.persist import persistently
from storage.database import Database
from storage.imports.transcripts import transcript_of
from storage.repositories.consents import Kind
from storage.repositories.purging import Leftover, Purged
from storage.store import Store

Forget = Callable[[Sequence[str]], Awaitable[None]]

log = structlog.get_logger(__name__)


class PurgeFlow:
    """Takes consents back, and finishes what a purge has begun."""

    def __init__(self, database: Database, data: Path, forget: Forget | None = None) -> None:
        """`forget(dialogue_ids)` deletes these dialogues' entries from an index; None: there is no index."""
        self._database, self._data, self._forget = database, data, forget

    async def revoke(self, kind: Kind, subject: str, *, by: str, at: datetime, source: str) -> Purged:
        """Purge everything of a room, a customer or a person. When this returns, nothing is left anywhere."""

        def work(store: Store) -> Purged:
            purged = store.purging.revoke(kind, subject, by=by, at=at, source=source)
            detail = {"kind": kind, "source": source, "dialogues": len(purged.dialogues)}
            store.audit.add(by, "consent.revoked", subject, detail, at)
            return purged

        purged = await persistently(lambda: self._database.write(work, urgent=True))
        await self.finish()
        return purged

    async def finish(self) -> int:
        """Delete files and index entries of purged dialogues, of whatever purge; of how many dialogues."""
        total = 0
        while leftovers := await persistently(lambda: self._database.read(lambda store: store.purging.leftovers())):
            await self._delete(leftovers)
            total += len(leftovers)
        return total

    async def _delete(self, leftovers: list[Leftover]) -> None:
        if self._forget is not None:
            await self._forget([one.dialogue_id for one in leftovers])
        await asyncio.to_thread(unlink, self._data, [one.path for one in leftovers if one.path])
        await persistently(lambda: self._database.write(lambda store: store.purging.settled(leftovers)))
        log.debug("purged", dialogues=len(leftovers))


def unlink(data: Path, paths: Iterable[str]) -> None:
    """Delete files of the data folder, with what stands beside recordings. A path that leads out of it stays."""
    home = data.resolve()
    for name in paths:
        path = (home / name).resolve()
        if path.is_relative_to(home) and path != home:
            for one in (path, copy_of(path), transcript_of(path)):
                one.unlink(missing_ok=True)

"""Answers that grow at a platform, kept for whichever process it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from adapters.wecom_bot.ports import StreamState
from storage.database import Database
from storage.repositories.open_answers import OpenAnswer


class OpenAnswerDesk:
    """Fulfils `adapters.wecom_bot.ports.Streams`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, stream_id: str, about: Mapping[str, Any], at: datetime) -> None:
        """Open a stream; one that exists stays as it is. Old ones go at night (`retention.wire_days`)."""
        await self._database.write(lambda store: store.open_answers.begin(stream_id, about, at), urgent=True)

    async def get(self, stream_id: str) -> StreamState | None:
        """As it is now."""
        return _state(await self._database.read(lambda store: store.open_answers.get(stream_id)))

    async def put(
        self, stream_id: str, content: str, finish: bool, card: Mapping[str, Any] | None = None, owner: str = ""
    ) -> bool:
        """Replace what is shown; False when somebody else ended it, or it was never opened."""
        if finish:
            return await self._database.write(lambda store: store.open_answers.end(stream_id, content, card, owner))
        return await self._database.write(lambda store: store.open_answers.draft(stream_id, content, card))

    async def take(self, stream_id: str) -> StreamState | None:
        """As it is now; a finished one is marked as handed out."""
        now = await self.get(stream_id)
        if now is None or not now.finish or now.taken:
            return now  # nothing to mark: the platform asks every second, and a reader waits for nobody
        return _state(await self._database.write(lambda store: store.open_answers.take(stream_id), urgent=True))

    async def withdraw(self, stream_id: str, owner: str, words: str) -> bool:
        """Replace the end by words, unless it was handed out."""
        return await self._database.write(lambda store: store.open_answers.withdraw(stream_id, owner, words))

    async def spend(self, stream_id: str, parcel_id: str) -> bool:
        """Give the secret address to this parcel, if no other has it."""
        return await self._database.write(lambda store: store.open_answers.spend(stream_id, parcel_id))


def _state(answer: OpenAnswer | None) -> StreamState | None:
    return StreamState(**asdict(answer)) if answer else None

"""What the web console asks of storage: who holds a token, and what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters.console.ports import HistoryEntry
from bot.contracts import Person
from storage.database import Database
from storage.repositories.history import HistoryItem
from storage.store import Store

CHANNEL = "console"


class ConsoleSignIn:
    """Fulfils `adapters.console.ports.SignIn`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person_for(self, token: str) -> Person | None:
        """The person, in the language that they chose."""

        def look(store: Store) -> Person | None:
            person = store.sign_ins.person_for(token)
            if person is None:
                return None
            chosen = store.preferences.get(person.id).get("language")
            return replace(person, language=str(chosen)) if chosen else person

        return await self._database.read(look)


class ConsoleHistory:
    """Fulfils `adapters.console.ports.History`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, person: Person, before_seq: int | None, limit: int) -> Sequence[HistoryEntry]:
        """What this person said and was told in the console."""
        items = await self._database.read(
            lambda store: store.messages.history(person, channel=CHANNEL, limit=limit, before_seq=before_seq)
        )
        return [_entry(item) for item in items]


def _entry(item: HistoryItem) -> HistoryEntry:
    return HistoryEntry(
        id=item.id,
        seq=item.seq,
        direction=item.direction,
        at=item.at,
        text=item.text if item.direction == "in" else "",
        payload=item.payload,
        attachments=tuple(attachment.name for attachment in item.attachments),
    )

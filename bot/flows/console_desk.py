"""What the web console asks of storage: who is signed in where, and what was said before."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from adapters.console.ports import LINK, HistoryEntry, Opening, Session
from bot.contracts import Clock, Person, SystemClock
from storage.database import Database
from storage.repositories.history import HistoryItem
from storage.repositories.web_sessions import WebSession
from storage.store import Store

CHANNEL = "console"
_KEY = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})")  # anything else is no key, and not asked for
SESSIONS_KEPT = timedelta(days=31)  # longer than any session may be idle
MARKS_KEPT = timedelta(days=1)  # longer than any sign-in takes


class ConsoleSignIn:
    """Fulfils `adapters.console.ports.SignIn`."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def holder(self, token: str) -> Person | None:
        """By the token's fingerprint."""
        return await self._database.read(lambda store: store.web_sessions.holder(LINK, token))

    async def begin(self, opening: Opening, former: str) -> str | None:
        """Find the person, end the former session, open the new one and note it, in one transaction."""
        if await self._database.read(lambda store: store.web_sessions.holder(opening.way, opening.proof)) is None:
            return None  # guesses never make writers wait
        id_, secret, now = secrets.token_urlsafe(9), secrets.token_urlsafe(32), self._clock.now()

        def open_(store: Store) -> str | None:
            person = store.web_sessions.holder(opening.way, opening.proof)
            if person is None:
                return None
            if old := _found(store, former):
                store.web_sessions.end(old.person_id, [old.id], now)
            session = WebSession(id_, person.id, opening.way, opening.device, opening.address, now, now)
            store.web_sessions.begin(session, secret, opening.proof)
            detail = {"way": opening.way, "device": opening.device, "address": opening.address}
            store.audit.add(person.id, "session.begun", id_, detail, now)
            return f"{id_}.{secret}"

        return await self._database.write(open_)

    async def session(self, key: str) -> Session | None:
        """With the person as they are now, in the language that they chose."""

        def look(store: Store) -> Session | None:
            found = _found(store, key)
            person = _person(store, found.person_id) if found else None
            return _session(found, person) if found and person else None

        return await self._database.read(look)

    async def seen(self, session_id: str, address: str) -> None:
        """Note the time."""
        now = self._clock.now()
        await self._database.write(lambda store: store.web_sessions.seen(session_id, address, now))

    async def sessions(self, person: Person) -> Sequence[Session]:
        """Latest first."""
        found = await self._database.read(lambda store: store.web_sessions.of(person.id))
        return [_session(one, person) for one in found]

    async def end(self, person: Person, ids: Collection[str]) -> None:
        """End them, and note it."""
        now = self._clock.now()

        def end(store: Store) -> None:
            if count := store.web_sessions.end(person.id, ids, now):
                store.audit.add(person.id, "session.ended", person.id, {"count": count}, now)

        await self._database.write(end)

    async def spend(self, mark: str) -> bool:
        """By the primary key of a table, so once for all machines."""
        now = self._clock.now()
        return await self._database.write(lambda store: store.web_sessions.spend(mark, now))

    async def tidy(self) -> None:
        """Forget old sessions and marks."""
        now = self._clock.now()
        await self._database.write(lambda store: store.web_sessions.forget(now - SESSIONS_KEPT, now - MARKS_KEPT))


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


def _found(store: Store, key: str) -> WebSession | None:
    parts = _KEY.fullmatch(key)
    return store.web_sessions.find(parts[1], parts[2]) if parts else None


def _person(store: Store, person_id: str) -> Person | None:
    person = store.people.get(person_id)
    if person is None:
        return None
    chosen = store.preferences.get(person_id).get("language")
    return replace(person, language=str(chosen)) if chosen else person


def _session(found: WebSession, person: Person) -> Session:
    return Session(found.id, person, found.way, found.device, found.address, found.begun_at, found.seen_at)


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

"""Tells the console's open windows that something was said, whichever process said it: one cheap look for all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection

import structlog

from bot.contracts.errors import IntakeUnavailable
from storage.database import Database

LOOK_SECONDS = 0.5
LATE_SECONDS = 10.0  # a transaction gets its number first and appears later: longer than any takes
LATE_NUMBERS = 100  # so many of them may be missing at the end

log = structlog.get_logger(__name__)


class Newsroom:
    """Fulfils `adapters.console.ports.News`: looks at the end of the line of time, twice a second."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel
        self._known: set[int] = set()
        self._ends: deque[int] = deque(maxlen=int(LATE_SECONDS / LOOK_SECONDS))  # the line's end, at the last looks

    async def watch(self, present: Callable[[], Collection[str]], wake: Callable[[str], None]) -> None:
        """`present()`: who has a window open; `wake(person)`: there may be something new. Until cancelled."""
        while True:
            try:
                await self._look(present(), wake)
            except IntakeUnavailable as error:
                log.warning("no news: the database is away", error=str(error))
                self._ends.clear()
            except Exception:  # whatever it is: without this look, windows learn of other processes' answers late
                log.exception("no news; looking again")
                self._ends.clear()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, present: Collection[str], wake: Callable[[str], None]) -> None:
        if not present:
            self._ends.clear()  # nobody waits: not even the one query
            return
        if not self._ends:  # what came before this look is unknown, so all look for themselves
            self._known.clear()
            latest = await self._database.read(lambda store: store.news.latest())
            self._ends.append(max(0, latest - LATE_NUMBERS))
            for person_id in list(present):
                wake(person_id)
            return
        since = self._ends[0]
        newer = await self._database.read(lambda store: store.news.after(since, self._channel))
        for person in {person for number, person in newer if number not in self._known}:
            if person is not None and person in present:
                wake(person)
        self._known = {number for number, _ in newer}
        self._ends.append(max([self._ends[-1], *self._known]))

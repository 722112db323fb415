"""One process at a time loads a source: a server, another server, or somebody's command line."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from uuid import uuid4

import structlog

from bot.contracts.errors import IntakeUnavailable, XiaoceError
from storage.database import Database
from storage.store import Store

HELD_SECONDS = 10.0  # after the last renewal another may begin: this one is dead, or as good as
RENEW_SECONDS = 2.5
LOOK_SECONDS = 0.5

log = structlog.get_logger(__name__)


class TurnLost(XiaoceError):
    """Another process has begun to load this source: this one was silent for too long. It goes on there."""


class Turn:
    """`async with Turn(...)` waits until nobody else loads this source, and keeps others out."""

    def __init__(self, database: Database, source: str) -> None:
        self._database, self._name, self._holder = database, f"load {source}", uuid4().hex
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Turn:
        while not await self._hold():  # noqa: ASYNC110 - another process has it: no event reaches us
            await asyncio.sleep(LOOK_SECONDS)
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._renewing:
            self._renewing.cancel()
            with suppress(asyncio.CancelledError):
                await self._renewing
        with suppress(IntakeUnavailable):
            await self._database.write(lambda store: store.leases.give_back(self._name, self._holder))

    def assure(self, store: Store) -> None:
        """Within a transaction that mustn't happen twice. Raises TurnLost."""
        if not store.leases.hold(self._name, self._holder, HELD_SECONDS):
            raise TurnLost

    async def _hold(self) -> bool:
        return await self._database.write(
            lambda store: store.leases.hold(self._name, self._holder, HELD_SECONDS), urgent=True
        )

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._hold()
            except IntakeUnavailable as error:
                log.warning("a load may have to begin again elsewhere", error=str(error))

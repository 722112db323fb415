"""Parcels for the process that holds a platform's connection: written down by one process, done by the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from bot.contracts import Clock
from bot.contracts.errors import IntakeUnavailable
from storage.database import Database
from storage.repositories.errands import Errand
from storage.store import Store

ASK_SECONDS = 10.0  # until who asks gives up
LOOK_SECONDS = 0.1
AGAIN_SECONDS = 1.0  # after the database was away

Handle = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
log = structlog.get_logger(__name__)


class DatabaseRelay:
    """Fulfils `adapters.wecom_bot.ports.Relay` for the connection that `desk` names."""

    def __init__(self, database: Database, clock: Clock, desk: str, *, ask_seconds: float = ASK_SECONDS) -> None:
        self._database, self._clock, self._desk = database, clock, desk
        self._ask_seconds = ask_seconds
        self._handle: Handle | None = None  # while this process itself serves

    async def ask(self, parcel_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The holder's result. Raises TimeoutError when nobody holds the connection, or takes too long."""
        if self._handle is not None:
            return await asyncio.wait_for(self._handle(parcel_id, payload), self._ask_seconds)
        errand, now = Errand(uuid4().hex, parcel_id, payload), self._clock.now()
        await self._database.write(lambda store: store.errands.ask(self._desk, errand, now), urgent=True)
        try:
            async with asyncio.timeout(self._ask_seconds):
                return await self._result(errand.id)
        finally:  # from now on nobody may begin it
            await self._database.write(lambda store: store.errands.drop(errand.id), urgent=True)

    async def serve(self, handle: Handle) -> None:
        """Do what others ask, until cancelled."""
        self._handle = handle
        try:
            async with asyncio.TaskGroup() as doing:
                while True:
                    for errand in await self._taken():
                        doing.create_task(self._do(errand, handle))
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._handle = None

    async def _taken(self) -> list[Errand]:
        since = self._clock.now() - timedelta(seconds=self._ask_seconds)

        def take(store: Store) -> list[Errand]:
            return [errand for errand in store.errands.waiting(self._desk, since) if store.errands.take(errand.id)]

        try:
            if not await self._database.read(lambda store: store.errands.waiting(self._desk, since)):
                return []
            return await self._database.write(take, urgent=True)
        except IntakeUnavailable as error:
            log.warning("errands wait: the database is away", error=str(error))
            await asyncio.sleep(AGAIN_SECONDS)
            return []

    async def _do(self, errand: Errand, handle: Handle) -> None:
        """Who asked waits for the result or for the row to vanish, so a fault here isn't waited out."""
        try:
            result = await handle(errand.parcel_id, errand.payload)
            await self._database.write(lambda store: store.errands.finish(errand.id, result), urgent=True)
        except Exception:
            log.exception("errand failed", parcel=errand.parcel_id)
            await self._dropped(errand)

    async def _dropped(self, errand: Errand) -> None:
        try:
            await self._database.write(lambda store: store.errands.drop(errand.id), urgent=True)
        except IntakeUnavailable as error:
            log.warning("errand not dropped: who asked gives up by itself", error=str(error))

    async def _result(self, id_: str) -> dict[str, Any]:
        while True:
            there, result = await self._database.read(lambda store: store.errands.result(id_))
            if result is not None:
                return dict(result)
            if not there:
                raise TimeoutError
            await asyncio.sleep(LOOK_SECONDS)

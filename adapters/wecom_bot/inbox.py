"""What came over the connection and isn't stored yet. WeCom doesn't send it again, so it waits until it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.wecom_bot.intake import BotIntake
from bot.contracts.errors import IntakeUnavailable

FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0  # seconds between attempts to store

log = structlog.get_logger(__name__)


class Inbox:
    """Stores one after the other, in the order of arrival. Outlives the connection."""

    def __init__(self, intake: BotIntake) -> None:
        self._intake = intake
        self._waiting: asyncio.Queue[tuple[Mapping[str, Any], str]] = asyncio.Queue()

    def put(self, body: Mapping[str, Any], req_id: str) -> None:
        """Take over a callback's body."""
        self._waiting.put_nowait((body, req_id))

    async def run(self) -> None:
        """Store until cancelled."""
        while True:
            body, req_id = await self._waiting.get()
            try:
                await self._store(body, req_id)
            except Exception:  # a fault of ours must not stop all that comes after
                log.exception("wecom_bot.not_stored", msgid=str(body.get("msgid", ""))[:64])
            finally:
                self._waiting.task_done()

    async def empty(self, patience: float) -> None:
        """Wait until all is stored, at most so many seconds; what is left then is logged, for it is lost."""
        try:
            await asyncio.wait_for(self._waiting.join(), patience)
        except TimeoutError:
            log.error("wecom_bot.callbacks_lost", number=self._waiting.qsize() + 1)

    async def _store(self, body: Mapping[str, Any], req_id: str) -> None:
        message = self._intake.read(body)
        if message is None:
            return
        wait = FIRST_WAIT
        while True:
            try:
                await self._intake.store(message, body, req_id)
                return
            except IntakeUnavailable:
                log.warning("wecom_bot.intake_unavailable", message_id=message.id, wait=wait)
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

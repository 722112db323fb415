"""Brings events and presses to the app: HTTP or Socket Mode, 3 seconds, then again at 0, 1 and 5 minutes."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, Unpack
from urllib.parse import urlencode

import aiohttp

from tests.emulators.common.queue_jump import Turns
from tests.emulators.slack.delivery import Attempt, Delivery, How, Kind
from tests.emulators.slack.signing import Sealed, seal
from tests.emulators.slack.sockets import Sockets
from tests.emulators.slack.world import World

DEADLINE = 3.0
RETRIES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
LOOK_SECONDS = 0.02  # how often a waiting retry looks at the clock
HTTP_ERRORS = (aiohttp.ClientError, TimeoutError, OSError)
T = TypeVar("T")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Courier:
    """Sends to one app, over HTTP when `url` is set and over Socket Mode otherwise."""

    def __init__(self, world: World, sockets: Sockets, url: str) -> None:
        self.url = url
        self.deadline = DEADLINE  # real seconds in which the app must answer
        self._world = world
        self._sockets = sockets
        self._turns = Turns(lambda: world.faults.sending.reorder_window)
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Give up what is still being repeated."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def ship(self, kind: Kind, payload: Mapping[str, Any], **how: Unpack[How]) -> Delivery:
        """Send; returns after the first attempt, while repeats go on by the clock."""
        faults = self._world.faults.sending
        await asyncio.sleep(faults.delay)
        await self._turns.take()
        delivery = Delivery(kind, payload)
        copies = how.get("copies", 1) + faults.duplicates
        delivery.attempts += await asyncio.gather(*(self._attempt(delivery, how) for _ in range(copies)))
        if self._should_repeat(delivery) and how.get("retry", True):
            delivery.repeating = self.start(self._repeat(delivery, how))
        return delivery

    async def replay(self, delivery: Delivery) -> Attempt:
        """The very same bytes and signature again, as an eavesdropper would send them."""
        if delivery.sealed is None:
            raise ValueError("only what went over HTTP can be replayed")
        return await self._post(delivery.sealed)

    async def post(self, payload: Mapping[str, Any], **how: Unpack[How]) -> Attempt:
        """One signed JSON body over HTTP, whatever the mode."""
        return await self._post(self._seal("events_api", payload, how))

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run in the background until done or closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _should_repeat(self, delivery: Delivery) -> bool:
        refused = any(attempt.headers.get("X-Slack-No-Retry") == "1" for attempt in delivery.attempts)
        repeated = delivery.kind == "events_api" or not self.url
        return repeated and not delivery.ok and not refused

    async def _repeat(self, delivery: Delivery, how: How) -> None:
        waits = RETRIES if delivery.kind == "events_api" else RETRIES[:1]
        before = self._world.clock.now()
        for number, wait in enumerate(waits, start=1):
            if not self._should_repeat(delivery):
                return
            await self._until(before + wait)
            before = self._world.clock.now()
            reason = delivery.attempts[-1].reason
            delivery.attempts.append(await self._attempt(delivery, how, number, reason))

    async def _until(self, due: datetime) -> None:
        while self._world.clock.now() < due:
            await asyncio.sleep(LOOK_SECONDS)

    async def _attempt(self, delivery: Delivery, how: How, number: int = 0, reason: str = "") -> Attempt:
        if not self.url:
            return await self._sockets.deliver(delivery.kind, delivery.payload, number, reason)
        sealed = self._seal(delivery.kind, delivery.payload, how)
        if delivery.sealed is None:
            delivery.sealed = sealed
        again = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason} if number else {}
        return await self._post(sealed, again)

    def _seal(self, kind: Kind, payload: Mapping[str, Any], how: How) -> Sealed:
        now = how.get("timestamp", int(self._world.clock.now().timestamp()))
        body, content_type = encoded(kind, payload)
        return seal(self._world.workspace.signing_secret, body, content_type, now, how.get("tamper"))

    async def _post(self, sealed: Sealed, more: Mapping[str, str] | None = None) -> Attempt:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        started = time.perf_counter()
        try:
            async with self._session.post(
                self.url,
                data=io.BytesIO(sealed.body),
                headers={**sealed.headers, **(more or {})},
                timeout=aiohttp.ClientTimeout(total=self.deadline),
                allow_redirects=False,
            ) as response:
                body = await response.read()
        except HTTP_ERRORS as error:
            return Attempt(0, time.perf_counter() - started, error=f"{type(error).__name__}: {error}")
        return Attempt(response.status, time.perf_counter() - started, body, response.headers)


def encoded(kind: Kind, payload: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body and its type: events are JSON, presses JSON in a form, commands a form."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), FORM
    text = json.dumps(payload, ensure_ascii=False)
    return (text.encode(), JSON) if kind == "events_api" else (urlencode({"payload": text}).encode(), FORM)

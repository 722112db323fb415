"""Posts envelopes as the real server does: 5 seconds, then again, three times more."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp

from tests.emulators.common.queue_jump import Turns
from tests.emulators.wecom.envelope import Envelope
from tests.emulators.wecom.faults import CallbackFaults

DEADLINE, RETRIES = 5.0, 3
HTTP_ERRORS = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True)
class Attempt:
    """One request and its answer; status 0 means that none came."""

    status: int
    seconds: float
    body: bytes = b""
    error: str = ""


@dataclass(frozen=True)
class Delivery:
    """What became of one callback."""

    attempts: tuple[Attempt, ...]
    envelope: Envelope

    @property
    def status(self) -> int:
        """The last attempt's status."""
        return self.attempts[-1].status

    @property
    def seconds(self) -> float:
        """The last attempt's time from request to answer."""
        return self.attempts[-1].seconds

    @property
    def ok(self) -> bool:
        """Whether some attempt was answered 200."""
        return any(attempt.status == 200 for attempt in self.attempts)

    @property
    def failure(self) -> str:
        """Why the last attempt failed, for the phone."""
        last = self.attempts[-1]
        return last.error or f"HTTP {last.status}"

    @property
    def msg_id(self) -> str:
        """The message's MsgId; empty for events."""
        fields = self.envelope.fields
        return str(fields.get("MsgId", fields.get("msgid", "")))


class Poster:
    """Sends envelopes to one address over one session."""

    content_type = "text/xml"

    def __init__(self, faults: Callable[[], CallbackFaults]) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._faults = faults
        self._turns = Turns(lambda: faults().reorder_window)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The one session; opened at first use."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        return self._session

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(
        self, url: str, seal: Callable[[], Envelope], *, retries: int, copies: int, deadline: float
    ) -> Delivery:
        """Send (again, sealed afresh) until a 200 comes; `copies` leave at the same moment."""
        faults = self._faults()
        await asyncio.sleep(faults.delay)
        await self._turns.take()
        envelope = seal()
        first = await asyncio.gather(*(self.attempt(url, envelope, deadline) for _ in range(copies)))
        attempts = list(first)
        while attempts[-1].status != 200 and len(attempts) < copies + retries:
            attempts.append(await self.attempt(url, seal(), deadline))
        for _ in range(faults.duplicates):
            attempts.append(await self.attempt(url, seal(), deadline))
        return Delivery(tuple(attempts), envelope)

    async def post_many(
        self, url: str, envelopes: Sequence[Envelope], concurrency: int, deadline: float
    ) -> list[Delivery]:
        """Send ready envelopes once each, so many at a time; for load tests."""
        gate = asyncio.Semaphore(concurrency)

        async def one(envelope: Envelope) -> Delivery:
            async with gate:
                return Delivery((await self.attempt(url, envelope, deadline),), envelope)

        return await asyncio.gather(*(one(envelope) for envelope in envelopes))

    async def attempt(self, url: str, envelope: Envelope, deadline: float) -> Attempt:
        """One request."""
        headers = {"Content-Type": self.content_type}
        timeout = aiohttp.ClientTimeout(total=deadline)
        started = time.perf_counter()
        try:
            async with self.session.post(
                url, params=envelope.query, data=io.BytesIO(envelope.body), headers=headers, timeout=timeout
            ) as response:
                body = await response.read()
        except HTTP_ERRORS as error:
            return Attempt(0, time.perf_counter() - started, error=f"{type(error).__name__}: {error}")
        return Attempt(response.status, time.perf_counter() - started, body)

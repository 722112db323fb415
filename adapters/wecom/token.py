"""One access token, one refresh in flight, and a pause after a refused secret."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from adapters.wecom.errors import CREDENTIALS, Refused
from bot.contracts.clock import Clock
from config.locales import t

MARGIN = timedelta(seconds=300)  # a token this near to its end may die on the way
PAUSE = timedelta(seconds=300)  # after a refused secret: WeCom bans an address that keeps trying for an hour

Fetch = Callable[[], Awaitable[tuple[str, float]]]  # (token, seconds that it lives)


class TokenKeeper:
    """Keeps the token of one corp and app. The token is in no log, text or repr."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token = ""
        self._good_until = clock.now()
        self._refusal: Refused | None = None
        self._closed_until = clock.now()
        self._flight: asyncio.Task[str] | None = None

    async def get(self) -> str:
        """A token that is good now. Raises what the fetch raises; everyone who waits shares one fetch."""
        if self._token and self._clock.now() < self._good_until:
            return self._token
        self._raise_while_paused()
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew())
            self._flight.add_done_callback(self._landed)
        # Shielded: a caller that gives up must not take the token away from the others.
        return await asyncio.shield(self._flight)

    async def replace(self, stale: str) -> str:
        """Another token than `stale`, which WeCom refused; fetched once however many find out together."""
        if self._token == stale:
            self._token = ""
        return await self.get()

    async def _renew(self) -> str:
        try:
            token, seconds = await self._fetch()
        except Refused as error:
            if error.errcode in CREDENTIALS:
                self._refusal, self._closed_until = error, self._clock.now() + PAUSE
            raise
        life = timedelta(seconds=seconds)
        self._token, self._good_until = token, self._clock.now() + life - min(MARGIN, life / 10)
        self._refusal = None
        return token

    def _landed(self, flight: asyncio.Task[str]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # taken note of, also when every caller has gone

    def _raise_while_paused(self) -> None:
        now: datetime = self._clock.now()
        if self._refusal is not None and now < self._closed_until:
            wait = int((self._closed_until - now).total_seconds()) + 1
            text = t("wecom.errors.paused", why=str(self._refusal), seconds=wait)
            raise Refused(text, self._refusal.errcode)

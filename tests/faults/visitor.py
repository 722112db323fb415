"""A browser at the console of one process: signs in, asks, and waits until the answer is shown."""

from __future__ import annotations

import asyncio
import json
import re
import time
from uuid import uuid4

import aiohttp

from tests.signing_in import follow_link

PATIENCE = 30.0


class Visitor:
    """A context: signed in, with the window open."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    async def __aenter__(self) -> Visitor:
        self._session = aiohttp.ClientSession(self._url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        page = await follow_link(self._session, self._token)
        found = re.search(r'name="csrf" content="(\w+)"', page)
        assert found, page[:300]
        self._session.headers["X-CSRF"] = found[1]
        self._stream = await self._session.get("/chat/stream", timeout=aiohttp.ClientTimeout(None))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stream.close()
        await self._session.close()

    async def ask(self, question: str) -> float:
        """Seconds until the answer was shown. Raises TimeoutError."""
        begun = time.perf_counter()
        answer = await self._session.post("/chat/messages", json={"id": str(uuid4()), "text": question})
        assert answer.status == 202, await answer.text()
        async with asyncio.timeout(PATIENCE):
            while await self._next_direction() != "out":
                continue
        return time.perf_counter() - begun

    async def _next_direction(self) -> str:
        """Of the next entry: what the person said is shown, too."""
        event = ""
        while True:
            name, _, value = (await self._stream.content.readline()).decode().strip().partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "entry":
                return str(json.loads(value)["direction"])

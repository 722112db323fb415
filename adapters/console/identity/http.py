"""One JSON call to a platform: short, without redirects, and silent about the secrets in its address."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from adapters.common.body import read_whole
from adapters.console.identity.errors import SignInFailed

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
ANSWER_LIMIT = 256 * 1024  # bytes


class Caller:
    """Opens its session at the first call."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, url: str, **how: Any) -> dict[str, Any]:
        """The answer as an object. Raises SignInFailed("away") when there is none."""
        try:
            async with self._opened().request(method, url, allow_redirects=False, **how) as response:
                text = await read_whole(response.content, ANSWER_LIMIT)
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            # `from None` and no words of the error: they may hold the address, and that a secret.
            raise SignInFailed("away", type(error).__name__) from None
        return _object(text, status)

    async def close(self) -> None:
        """Give the sockets back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _object(text: bytes, status: int) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if status != 200 or not isinstance(answer, dict):
        raise SignInFailed("away", f"status {status}")
    return answer

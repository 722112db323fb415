"""HTTP calls: a JSON body to an address that is itself the credential. Knows nothing of messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from adapters.common.body import read_whole
from adapters.common.failures import Unanswered
from adapters.wecom_bot.errors import raise_for, scrub
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t

CALL = aiohttp.ClientTimeout(total=15, connect=5)
ANSWER_BYTES = 64 * 1024


class HttpClient:
    """Made without a loop; opens its session at the first call. Redirects aren't followed, addresses not logged."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session that everything of this adapter shares."""
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=CALL)
        return self._session

    async def post(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer, with errcode 0. Raises TemporaryFailure (Unanswered when it may have arrived) or Refused."""
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        how: dict[str, Any] = {"data": data, "headers": headers, "allow_redirects": False}
        try:
            async with self.session.post(url, **how) as response:
                return _checked(await read_whole(response.content, ANSWER_BYTES), response.status)
        except aiohttp.ClientConnectorError as error:
            raise TemporaryFailure(_unreachable(error)) from None  # `from None`: the original names the address
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unanswered(_unreachable(error)) from None

    async def close(self) -> None:
        """Give the sockets back."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _unreachable(error: Exception) -> str:
    return t("wecom_bot.errors.network", detail=scrub(f"{type(error).__name__} {error}".strip()))


def _checked(body: bytes, status: int) -> dict[str, Any]:
    if status >= 500 or status == 429:
        raise TemporaryFailure(t("wecom_bot.errors.odd_answer", status=status))
    if status >= 300:
        raise PermanentFailure(t("wecom_bot.errors.wrong_address", status=status))
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Unanswered(t("wecom_bot.errors.odd_answer", status=status))
    raise_for(answer)
    return answer

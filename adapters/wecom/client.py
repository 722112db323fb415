"""Calls to WeCom's API: tokens, timeouts, errcodes, uploads and downloads. Knows nothing of messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from adapters.common.failures import Unanswered
from adapters.wecom.errors import Refused, StaleToken, failure, raise_for, scrub
from adapters.wecom.token import TokenKeeper
from bot.contracts.clock import Clock
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t
from config.settings import Wecom

CONNECTIONS = 16  # to WeCom at a time; it answers 45033 when there are many
CALL = aiohttp.ClientTimeout(total=15, connect=5)
TRANSFER = aiohttp.ClientTimeout(total=300, connect=5, sock_read=30)

T = TypeVar("T")


class WecomClient:
    """One app's connection to the API. Made without a loop; opens its session at the first call."""

    def __init__(self, settings: Wecom, clock: Clock) -> None:
        self._settings = settings
        self._base = settings.base_url.rstrip("/") + "/cgi-bin/"
        self._session: aiohttp.ClientSession | None = None
        self._tokens = TokenKeeper(self._ask_for_token, clock)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One JSON call; the answer has errcode 0.

        Raises TemporaryFailure (Unanswered when it may have arrived) or Refused (a PermanentFailure).
        """
        # WeCom refuses \uXXXX escapes with 40033, so the characters themselves are sent.
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await self._with_token(
            lambda token: self._json("POST", path, {"access_token": token}, data=data, headers=headers)
        )

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """One reading call; errors as in `post`."""
        return await self._with_token(lambda token: self._json("GET", path, {"access_token": token, **query}))

    async def upload(self, kind: str, path: Path, name: str, media_type: str) -> str:
        """Upload a file as `kind` (image, voice, video, file); its media_id, which lives three days."""

        async def send(token: str) -> dict[str, Any]:
            file = await asyncio.to_thread(path.open, "rb")  # opened anew for every try, so that it is whole
            try:
                form = aiohttp.FormData(quote_fields=False)  # WeCom reads raw UTF-8 names, not filename*=
                form.add_field("media", file, filename=_header_safe(name), content_type=media_type)
                query = {"access_token": token, "type": kind}
                return await self._json("POST", "media/upload", query, data=form, timeout=TRANSFER)
            finally:
                await asyncio.to_thread(file.close)

        return str((await self._with_token(send)).get("media_id", ""))

    async def download(self, media_id: str, save: Callable[[aiohttp.ClientResponse], Awaitable[T]]) -> T:
        """Open a media file and hand the response to `save`; an errcode instead of bytes raises as in `post`."""

        async def take(token: str) -> T:
            query = {"access_token": token, "media_id": media_id}
            async with self._respond("GET", "media/get", query, timeout=TRANSFER) as response:
                if _is_error(response):
                    _checked(await response.read(), response.status)
                return await save(response)

        return await self._with_token(take)

    async def close(self) -> None:
        """Give the sockets back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _with_token(self, call: Callable[[str], Awaitable[T]]) -> T:
        """Try with the token that we have; once more with a new one when WeCom says that it is stale."""
        token = await self._tokens.get()
        try:
            return await call(token)
        except StaleToken:
            token = await self._tokens.replace(token)
        try:
            return await call(token)
        except StaleToken as error:
            raise failure(error.errcode, error.errmsg) from None

    async def _ask_for_token(self) -> tuple[str, float]:
        secret = self._settings.secret.get_secret_value()
        query = {"corpid": self._settings.corp_id, "corpsecret": secret}
        try:
            answer = await self._json("GET", "gettoken", query, asking_for_token=True)
        except Unanswered as error:  # the call that wants the token hasn't been made
            raise TemporaryFailure(str(error)) from None
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise TemporaryFailure(t("wecom.errors.odd_answer", status=200))
        return token, float(answer.get("expires_in", 7200))

    async def _json(
        self, method: str, path: str, query: Mapping[str, str], *, asking_for_token: bool = False, **how: Any
    ) -> dict[str, Any]:
        async with self._respond(method, path, query, **how) as response:
            return _checked(await response.read(), response.status, asking_for_token=asking_for_token)

    @asynccontextmanager
    async def _respond(
        self, method: str, path: str, query: Mapping[str, str], **how: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request. Redirects aren't followed: the query holds a token, meant for this host only."""
        how = {"timeout": CALL, "allow_redirects": False, **how}
        try:
            async with self._opened().request(method, self._base + path, params=query, **how) as response:
                yield response
        except aiohttp.ClientConnectorError as error:
            # `from None`, here and below: the original names the address, and that holds the token.
            raise TemporaryFailure(_unreachable(path, error)) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unanswered(_unreachable(path, error)) from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _unreachable(path: str, error: Exception) -> str:
    return t("wecom.errors.network", path=path, detail=scrub(f"{type(error).__name__} {error}".strip()))


def _checked(body: bytes, status: int, *, asking_for_token: bool = False) -> dict[str, Any]:
    """The answer's fields when all is well; else raises as `raise_for`."""
    try:
        answer = json.loads(body)
        errcode = int(answer.get("errcode", 0))
    except (ValueError, TypeError, AttributeError, RecursionError):
        answer, errcode = None, 0
    if status == 429:
        raise TemporaryFailure(t("wecom.errors.odd_answer", status=status))
    if status >= 500:
        raise Unanswered(t("wecom.errors.odd_answer", status=status))
    if status >= 300:
        raise PermanentFailure(t("wecom.errors.wrong_address", status=status))
    if not isinstance(answer, dict):
        raise Unanswered(t("wecom.errors.odd_answer", status=status))
    raise_for(errcode, str(answer.get("errmsg", "")), asking_for_token=asking_for_token)
    return answer


def _is_error(response: aiohttp.ClientResponse) -> bool:
    """Whether media/get answers with an errcode. A person's own .json file comes with a Content-Disposition."""
    if response.status != 200:
        return True
    textual = response.content_type in ("application/json", "text/plain", "text/html")
    return textual and "Content-Disposition" not in response.headers


def _header_safe(name: str) -> str:
    return "".join("_" if character in '"\\\r\n' else character for character in name)


__all__ = ["Refused", "WecomClient"]

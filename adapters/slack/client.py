"""Calls to Slack's API through slack_sdk: timeouts, errors, uploads and downloads. Knows nothing of messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp

from adapters.common.recent import Recent
from adapters.slack.errors import Refused, failure
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.groups.slack import Slack
from config.locales import t

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

CONNECTIONS = 32
CALL = aiohttp.ClientTimeout(total=15, connect=5)
TRANSFER = aiohttp.ClientTimeout(total=300, connect=5, sock_read=30)
REMEMBERED = 4096  # direct-message channels

Answer = Mapping[str, Any]


class SlackClient:
    """One app's connection to Slack. Made without a loop; opens its session at the first call."""

    def __init__(self, settings: Slack) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._web: AsyncWebClient | None = None
        self._direct: Recent[str, str] = Recent(REMEMBERED)

    async def call(self, method: str, body: Mapping[str, Any] | None = None, *, form: bool = False) -> Answer:
        """One call. Raises TemporaryFailure or Refused (a PermanentFailure); the answer is ok.

        `form` sends form fields, for the methods that read no JSON.
        """
        answer, _ = await self._call(method, dict(body or {}), form=form)
        return answer

    async def scopes(self) -> frozenset[str]:
        """What the bot token may do, as Slack says. Errors as in `call`."""
        _, headers = await self._call("auth.test", {}, form=False)
        found = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
        return frozenset(scope.strip() for scope in found.split(",") if scope.strip())

    async def socket_url(self) -> str:
        """A new address for Socket Mode, good once and for seconds; it holds a ticket, so it is never logged."""
        token = self._settings.app_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}"}
        answer, _ = await self._call("apps.connections.open", {}, form=True, headers=headers)
        url = str(answer.get("url", ""))
        if not url.startswith(("wss://", "ws://")):
            raise TemporaryFailure(t("slack.errors.odd_answer", method="apps.connections.open", status=200))
        return url

    async def direct(self, user: str) -> str:
        """The channel of a person's direct messages. Errors as in `call`."""
        if known := self._direct.get(user):
            return known
        answer = await self.call("conversations.open", {"users": user})
        channel = answer.get("channel")
        found = str(channel.get("id") or "") if isinstance(channel, Mapping) else ""
        if found:
            self._direct[user] = found
        return found or user

    async def upload(self, url: str, path: Path) -> None:
        """Send a file's bytes where files.getUploadURLExternal said. That address needs no token."""
        file = await asyncio.to_thread(path.open, "rb")
        try:
            headers = {"Content-Type": "application/octet-stream"}
            async with self.session.post(url, data=file, headers=headers, timeout=TRANSFER) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unreachable("upload", error) from None
        finally:
            await asyncio.to_thread(file.close)
        if status >= 500 or status == 429:
            raise TemporaryFailure(t("slack.errors.odd_answer", method="upload", status=status))
        if status >= 300:
            raise PermanentFailure(t("slack.errors.file", error=f"HTTP {status}"))

    @asynccontextmanager
    async def download(self, url: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a private address with the bearer; only `is_slack` addresses, or the token would leak.

        Redirects aren't followed. Raises TemporaryFailure.
        """
        headers = {"Authorization": f"Bearer {self._settings.bot_token.get_secret_value()}"}
        try:
            async with self.session.get(url, headers=headers, timeout=TRANSFER, allow_redirects=False) as response:
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable("download", error) from None

    def is_slack(self, url: str) -> bool:
        """Whether the token may be shown to this address."""
        try:
            asked, ours = urlsplit(url), urlsplit(self._settings.base_url)
            if asked.username or asked.password:
                return False
            if (asked.scheme, asked.hostname, asked.port) == (ours.scheme, ours.hostname, ours.port):
                return True
        except ValueError:
            return False
        host = asked.hostname or ""
        return asked.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))

    @property
    def session(self) -> aiohttp.ClientSession:
        """The sockets, opened when first asked for."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=CALL
            )
        return self._session

    async def close(self) -> None:
        """Give the sockets back."""
        session, self._session, self._web = self._session, None, None
        if session is not None:
            await session.close()

    async def _call(
        self, method: str, body: dict[str, Any], *, form: bool, headers: dict[str, str] | None = None
    ) -> tuple[Answer, Mapping[str, str]]:
        from slack_sdk.errors import SlackApiError

        sent: dict[str, Any] = {"data": {k: _field(v) for k, v in body.items()}} if form else {"json": body}
        try:
            response = await self._opened().api_call(method, headers=headers, **sent)
        except SlackApiError as error:
            raise _failure(method, error.response) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unreachable(method, error) from None
        except (ValueError, LookupError, AttributeError, TypeError):  # no text, no JSON, or no object: from a proxy
            raise TemporaryFailure(t("slack.errors.odd_answer", method=method, status=200)) from None
        if not isinstance(response.data, dict):
            raise TemporaryFailure(t("slack.errors.odd_answer", method=method, status=response.status_code))
        return response.data, response.headers

    def _opened(self) -> AsyncWebClient:
        if self._web is None:
            from slack_sdk.web.async_client import AsyncWebClient

            # No retry handlers: the default one sends a message again when the connection breaks, unasked, and
            # the one for 429 sleeps inside the call. The delivery list waits and repeats, and knows what repeats.
            self._web = AsyncWebClient(
                token=self._settings.bot_token.get_secret_value(),
                base_url=f"{self._settings.base_url}/api/",
                session=self.session,
                retry_handlers=[],
            )
        return self._web


def _failure(method: str, response: Any) -> Exception:
    """`response` is slack_sdk's, or aiohttp's when the body was no JSON."""
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data = getattr(response, "data", None)
    headers = getattr(response, "headers", None) or {}
    return failure(method, int(status), data if isinstance(data, dict) else {}, headers)


def _unreachable(method: str, error: Exception) -> TemporaryFailure:
    # In our words: aiohttp's own text may hold an address with a ticket, and its names of classes help nobody.
    return TemporaryFailure(t("slack.errors.network", method=method, detail=t(f"slack.errors.why.{_kind(error)}")))


def _kind(error: Exception) -> str:
    """Which text of `slack.errors.why` tells what kept us from Slack; the narrower kinds come first."""
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (aiohttp.ClientConnectorDNSError, "name"),
        ((aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch), "certificate"),
        (aiohttp.ClientProxyConnectionError, "proxy"),
        (TimeoutError, "time"),
        (aiohttp.ClientConnectorError, "refused"),
    )
    return next((name for kind, name in kinds if isinstance(error, kind)), "broken")


def _field(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


__all__ = ["Refused", "SlackClient"]

"""Hands events to subscribers over HTTP: bounded in time and size, never redirected, never led inside (C3)."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)

from adapters.webhooks.addresses import Allowed, PrivateAddress, guarded_connector
from adapters.webhooks.letter import Letter, message
from bot.contracts import Clock, SystemClock

CLOUD_EVENT = "application/cloudevents+json"
LONGEST_WAIT = 86_400.0  # seconds; a subscriber that asks for more gets this
_CHUNK = 1 << 14  # bytes
_REASONS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((TimeoutError,), "timeout"),
    ((ClientConnectorCertificateError, ClientSSLError), "certificate"),
    ((ClientConnectorDNSError,), "no_such_host"),
    ((InvalidURL,), "no_address"),
    ((ClientConnectorError,), "unreachable"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt. `reason`: last part of a locale key below systems.reason, "" when it arrived."""

    status: int = 0  # 0: no answer
    reason: str = ""
    detail: str = ""  # fills the reason's sentence
    text: str = ""  # the beginning of what was said
    is_event: bool = False  # what was said is a CloudEvent
    retry_after: float | None = None  # seconds that the subscriber asks for
    milliseconds: int = 0

    @property
    def arrived(self) -> bool:
        """Whether the subscriber has it."""
        return not self.reason

    @property
    def gone(self) -> bool:
        """Whether the subscriber wants nothing more."""
        return self.status == 410


class WebhookClient:
    """One for the process. The operator's proxies are not used: they would hide where a connection leads."""

    def __init__(
        self,
        allowed: Allowed,
        seconds: float,
        answer_bytes: int,
        connections: int = 100,
        clock: Clock | None = None,
        trust: ssl.SSLContext | bool = True,
    ) -> None:
        """`clock`: for the signatures' times, which subscribers compare with their own. `trust`: whose certificates."""
        self._allowed, self._bytes, self._clock = allowed, answer_bytes, clock or SystemClock()
        self._timeout = ClientTimeout(total=seconds)
        self._connections, self._trust = connections, trust
        self._sessions: dict[bool, ClientSession] = {}

    async def post(self, letter: Letter, at: datetime | None = None) -> Answer:
        """One attempt. Never raises for what the subscriber or the network does. `at`: when it says it was signed."""
        began = time.monotonic()
        if letter.url.startswith("http://") and not self._allowed.may_be_plain(letter.url):
            return Answer(reason="plain_http")
        try:
            written = message(letter, at or self._clock.now())
        except ValueError as error:
            return Answer(reason="no_cloud_event", detail=str(error)[:200])
        try:
            answer = await self._asked(letter.url, dict(written.headers), written.body)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            answer = _failed(error)
        return replace(answer, milliseconds=round((time.monotonic() - began) * 1000))

    async def close(self) -> None:
        """End all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _asked(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        session = self._session(self._allowed.host(urlsplit(url).hostname or ""))
        async with session.post(url, data=body, headers=headers, allow_redirects=False, ssl=self._trust) as response:
            text = await self._begun(response)
            return judged(response, text, self._clock.now())

    async def _begun(self, response: ClientResponse) -> str:
        """The beginning of what is said, as it came; what is packed isn't unpacked. The rest is never read."""
        found = bytearray()
        while len(found) < self._bytes and (chunk := await response.content.read(_CHUNK)):
            found += chunk
        if len(found) >= self._bytes:
            response.close()
        packed = response.headers.get("Content-Encoding", "identity").lower() != "identity"
        return "" if packed else bytes(found[: self._bytes]).decode(errors="replace").replace("\0", "")

    def _session(self, inside: bool) -> ClientSession:
        """One for names that are listed, wherever they lead; one that looks where it is led."""
        if inside not in self._sessions:
            limit = self._connections
            connector = TCPConnector(limit=limit) if inside else guarded_connector(self._allowed, limit)
            self._sessions[inside] = ClientSession(
                connector=connector,
                timeout=self._timeout,
                auto_decompress=False,
                cookie_jar=DummyCookieJar(),
                trust_env=False,
                headers={"Accept-Encoding": "identity", "User-Agent": "Xiaoce"},
            )
        return self._sessions[inside]


def judged(response: ClientResponse, text: str, now: datetime) -> Answer:
    """What an answer means. A web page is none, whatever its status: something else than the subscriber answered."""
    status, media_type = response.status, response.content_type.lower()
    if 300 <= status < 400:
        return Answer(status, "redirect", text=text)
    if not 200 <= status < 300:
        wait = _retry_after(response.headers.get("Retry-After", ""), now)
        return Answer(status, "gone" if status == 410 else "status", str(status), text, retry_after=wait)
    if media_type in {"text/html", "application/xhtml+xml"} or text.lstrip()[:200].lower().startswith(
        ("<!doctype html", "<html")
    ):
        return Answer(status, "web_page", text=text)
    return Answer(status, text=text, is_event=media_type == CLOUD_EVENT)


def _retry_after(said: str, now: datetime) -> float | None:
    """Seconds; also where a date is given."""
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)


def _failed(error: Exception) -> Answer:
    """Why nothing was answered."""
    if _is_private(error):
        return Answer(reason="private")
    reason = next((reason for kinds, reason in _REASONS if isinstance(error, kinds)), "broken")
    if isinstance(error, ClientConnectorError) and reason == "unreachable":
        return Answer(reason=reason, detail=error.os_error.strerror or "")
    return Answer(reason=reason, detail=_short(error) if reason in {"certificate", "broken"} else "")


def _is_private(error: BaseException | None) -> bool:
    """Also where several addresses were tried, of which one was refused."""
    if isinstance(error, ClientConnectorError):
        inner = error.os_error
        return isinstance(inner, PrivateAddress) or PrivateAddress.__name__ in str(inner)
    return isinstance(error, PrivateAddress)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

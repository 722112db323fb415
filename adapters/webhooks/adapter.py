"""The door through which systems send events: POST /events and /events/{system} (C1, C7).

Who sends is known before anything is parsed: by the bearer token before the body is read at all, by the signature over
the body's bytes. Answers are JSON in English: programs and their programmers read them.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import structlog
from aiohttp import web

from adapters.common.body import read_whole
from adapters.webhooks import signature
from adapters.webhooks.ports import EventPorts, Given, Sender
from adapters.webhooks.translate import BATCH, BadBody, Item, media_type, read
from bot.contracts import Clock
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.verdict import Verdict
from config.groups.events import Events
from config.locales import t

PATH = "/events"
AGAIN_SECONDS = 5  # when the database is away
SLOWEST_BODY = 60.0  # seconds until a body must have come
LARGE = 256 * 1024  # bytes; of larger bodies a few are read at a time, so that nobody fills the memory
_LARGE_AT_ONCE = 8
_PARSED_AT_ONCE = 2  # what is parsed takes up to thirty times as much memory as its text
_HERE = 100_000  # bytes that are parsed at once; more in a thread, so that others don't wait

log = structlog.get_logger(__name__)


class _Refused(Exception):
    """Answered with a status and a sentence."""

    def __init__(self, status: int, problem: str, details: Mapping[str, object]) -> None:
        super().__init__(problem)
        self.status, self.problem, self.details = status, problem, details
        self.headers = {"WWW-Authenticate": 'Bearer realm="events"'} if status == 401 else {}


class EventDoor:
    """Proves, translates, hands over; answers only when events are safe."""

    def __init__(self, settings: Events, clock: Clock, ports: EventPorts) -> None:
        self._settings, self._clock, self._ports = settings, clock, ports
        self._limit = int(settings.body_mb * 1024 * 1024)
        # Who signs is known only when the body is here: strangers wait for each other, not those with a token.
        self._large, self._strangers = (asyncio.Semaphore(_LARGE_AT_ONCE) for _ in "12")
        self._parsing = asyncio.Semaphore(_PARSED_AT_ONCE)

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post(PATH, self.take)
        app.router.add_post(f"{PATH}/{{system:[a-z0-9_]{{1,40}}}}", self.take)

    async def take(self, request: web.Request) -> web.Response:
        """202 when everything is kept, 207 when some of a batch isn't; else the fault and its remedy."""
        try:
            return await self._taken(request)
        except _Refused as no:
            log.info("events.refused", problem=no.problem, status=no.status, remote=request.remote)
            return _answer(no.status, _fault(no.problem, no.details), no.headers)
        except IntakeUnavailable as error:
            log.warning("events.unavailable", error=str(error))
            return _answer(503, _fault("unavailable", {}), {"Retry-After": str(AGAIN_SECONDS)})

    async def _taken(self, request: web.Request) -> web.Response:
        for packed in request.headers.getall("Content-Encoding", ()):  # the parser unpacks by the last of them
            if packed.lower() not in {"identity", ""}:
                raise _refused(415, "encoding", given=packed[:40])
        if (request.content_length or 0) > self._limit:
            raise self._too_large()
        sender, body = await self._proved(request)
        headers = list(request.headers.items())
        now, most = self._clock.now(), self._settings.batch_events
        try:
            is_batch = media_type(request.headers.get("Content-Type", "")) == BATCH
            if len(body) < _HERE:
                items = read(headers, body, now, most)
            else:
                async with self._parsing:
                    items = await asyncio.to_thread(read, headers, body, now, most)
        except BadBody as error:
            raise _refused(error.status, error.problem, **error.details) from error
        verdicts = await self._accepted(items, sender)
        return _said(verdicts) if is_batch else _said_of_one(verdicts[0])

    async def _accepted(self, items: Sequence[Item], sender: Sender) -> list[Verdict]:
        """In the order of the items: those that are no events never reach the house."""
        given = [Given(item.event, item.envelope) for item in items if item.event]
        told = iter(await self._ports.accept(given, sender.name) if given else ())
        return [next(told) if item.event else _unread(item) for item in items]

    async def _proved(self, request: web.Request) -> tuple[Sender, bytes]:
        senders = await self._ports.senders()
        named = request.match_info.get("system", "")
        known = [one for one in senders if named in ("", one.name)]
        if token := _bearer(request):
            found = next((one for one in known if _has(one, token)), None)
            if found is None:
                raise _unproved("token")
            return found, await self._body(request, self._large)
        if not signature.is_signed(request.headers):
            raise _unproved("unsigned")
        body = await self._body(request, self._strangers)
        if len(body) < _HERE:
            return self._signer(request, body, known), body
        return await asyncio.to_thread(self._signer, request, body, known), body

    def _signer(self, request: web.Request, body: bytes, senders: Sequence[Sender]) -> Sender:
        now, tolerance = self._clock.now(), self._settings.tolerance_seconds
        try:
            for one in senders:
                if one.secrets and signature.verify(request.headers, body, one.secrets, now, tolerance):
                    return one
        except signature.Unsigned as error:
            raise _unproved(str(error)) from error
        raise _unproved("signature_wrong")

    async def _body(self, request: web.Request, large: asyncio.Semaphore) -> bytes:
        """Never more than the limit, whatever the length was said to be, and not for ever."""
        try:
            async with asyncio.timeout(SLOWEST_BODY):
                body = await read_whole(request.content, min(LARGE, self._limit) + 1)
                if len(body) <= min(LARGE, self._limit):
                    return body
                async with large:
                    body += await read_whole(request.content, self._limit + 1 - len(body))
        except TimeoutError as error:
            raise _refused(408, "slow") from error
        if len(body) > self._limit:
            raise self._too_large()
        return body

    def _too_large(self) -> _Refused:
        return _refused(413, "too_large", most=f"{self._settings.body_mb:g} MB")


def _bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _has(sender: Sender, token: str) -> bool:
    """Compared by fingerprint: how long it takes says nothing about the token, nor about its length."""
    said = sha256(token.encode("utf-8", "surrogateescape")).digest()
    same = [hmac.compare_digest(said, sha256(one.encode()).digest()) for one in sender.tokens]
    return any(same)


def _refused(status: int, problem: str, **details: object) -> _Refused:
    return _Refused(status, problem, details)


def _unproved(problem: str) -> _Refused:
    return _refused(401, problem)


def _unread(item: Item) -> Verdict:
    said = _fault(item.problem, item.details)
    return Verdict("refused", item.id, item.source, None, item.problem, said["error"], said["remedy"])


def _fault(problem: str, details: Mapping[str, object]) -> dict[str, Any]:
    return {
        "error": t(f"events.door.{problem}.error", "en", **details),
        "remedy": t(f"events.door.{problem}.remedy", "en", **details),
        "reason": problem,
    }


def _said_of_one(verdict: Verdict) -> web.Response:
    if verdict.outcome == "refused":
        status = 403 if verdict.reason in {"producer", "source"} else 422
        return _answer(status, {"error": verdict.detail, "remedy": verdict.remedy, "reason": verdict.reason})
    return _answer(202, _row(verdict))


def _said(verdicts: Sequence[Verdict]) -> web.Response:
    """A batch: what became of each. Refused ones name their place, as they may have no id."""
    counts = dict.fromkeys(("accepted", "duplicate", "quarantined", "refused"), 0)
    for verdict in verdicts:
        counts[verdict.outcome] += 1
    rows = [{"index": number, **_row(verdict)} for number, verdict in enumerate(verdicts)]
    refused = counts["refused"]
    if refused and refused == len(verdicts):
        all_reasons = {verdict.reason for verdict in verdicts}
        status = 403 if all_reasons <= {"producer", "source"} else 422
        return _answer(status, {**_fault("none_taken", {}), "counts": counts, "results": rows})
    return _answer(207 if refused else 202, {"counts": counts, "results": rows})


def _row(verdict: Verdict) -> dict[str, Any]:
    said: dict[str, Any] = {"id": verdict.id, "source": verdict.source, "verdict": verdict.outcome}
    if verdict.seq is not None:
        said["seq"] = verdict.seq
    if verdict.reason:
        said |= {"reason": verdict.reason, "error": verdict.detail, "remedy": verdict.remedy}
    return said


def _answer(status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(dict(said), status=status, headers=headers)

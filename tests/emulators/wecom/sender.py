"""The wire to the app's callback URL: verification, any plaintext body, many at once."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import aiohttp

from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.envelope import Envelope, Sealer, Tamper
from tests.emulators.wecom.passive import PassiveReplies
from tests.emulators.wecom.poster import DEADLINE, HTTP_ERRORS, RETRIES, Delivery, Poster
from tests.emulators.wecom.world import World

VERIFY_DEADLINE = 1.0
FIRST_MSG_ID = 7_000_000_000_000_000_001


class How(TypedDict, total=False):
    """How a callback is sent, if not in the usual way."""

    msg_id: int | str | None  # instead of a fresh one
    created_at: int | None  # CreateTime instead of the clock's
    retries: int  # re-sends when no 200 comes; 3 unless tampered with
    copies: int  # so many at the same moment
    deadline: float  # seconds to wait for an answer
    tamper: Tamper | None  # send it wrong


@dataclass(frozen=True)
class Verification:
    """The answer to a URL verification."""

    ok: bool
    status: int
    seconds: float
    body: bytes
    expected: bytes


class Sender:
    """Plays the WeCom server towards the app's callback URL."""

    def __init__(self, world: World, base_url: str, callback_url: str = "") -> None:
        self.url = callback_url
        self.world = world
        self.base_url = base_url
        self._sealer = Sealer(world.company)
        self._poster = Poster(lambda: world.faults.callbacks)
        self._passive = PassiveReplies(world, self._sealer.crypto)
        self._msg_ids = itertools.count(FIRST_MSG_ID)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    async def verify_url(self, url: str | None = None, tamper: Tamper | None = None) -> Verification:
        """What saving the callback URL does: the exact plaintext must come back within 1 s."""
        echo = str(secrets.randbelow(10**19))
        owner = "ww0000000000000000" if tamper is Tamper.WRONG_RECEIVEID else None
        encrypted = self._sealer.crypto.encrypt(echo, owner)
        query = {**self._sealer.signed(encrypted, self._now()), "echostr": encrypted}
        if tamper is Tamper.WRONG_SIGNATURE:
            query["msg_signature"] = "0" * 40
        started = time.perf_counter()
        status, body = await self._get(url or self.url, query)
        seconds = time.perf_counter() - started
        right = status == 200 and body == echo.encode() and seconds <= VERIFY_DEADLINE
        return Verification(right, status, seconds, body, echo.encode())

    async def send(self, userid: str, body: Mapping[str, Any], **how: Unpack[How]) -> Delivery:
        """Any plaintext body; From, To, CreateTime, AgentID (and MsgId of messages) are added."""
        fields = self.complete(userid, body, how)
        tamper = how.get("tamper")
        bubble = self._show(userid, fields) if tamper is None else None
        delivery = await self._poster.post(
            self.url,
            lambda: self._sealer.seal(fields, self._now(), tamper),
            retries=how.get("retries", RETRIES if tamper is None else 0),
            copies=how.get("copies", 1),
            deadline=how.get("deadline", DEADLINE),
        )
        self._after(userid, delivery, bubble)
        return delivery

    def prepare(self, userid: str, body: Mapping[str, Any], **how: Unpack[How]) -> Envelope:
        """A sealed envelope for `post_many`."""
        return self._sealer.seal(self.complete(userid, body, how), self._now(), how.get("tamper"))

    async def post_many(
        self, envelopes: Sequence[Envelope], concurrency: int = 50, deadline: float = DEADLINE
    ) -> list[Delivery]:
        """Post prepared envelopes, one attempt each, over one session; nothing is shown on the phones."""
        return await self._poster.post_many(self.url, envelopes, concurrency, deadline)

    def complete(self, userid: str, body: Mapping[str, Any], how: How) -> dict[str, Any]:
        """The body with the fields that every callback has."""
        company = self.world.company
        created_at = how.get("created_at")
        fields: dict[str, Any] = {
            "ToUserName": company.corp_id,
            "FromUserName": userid,
            "CreateTime": self._now() if created_at is None else created_at,
            **body,
        }
        if body.get("MsgType") != "event":
            msg_id = how.get("msg_id")
            fields["MsgId"] = int(next(self._msg_ids) if msg_id is None else msg_id)
        return {**fields, "AgentID": fields.get("AgentID", company.agent_id)}

    async def _get(self, url: str, query: dict[str, str]) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=DEADLINE)
        try:
            async with self._poster.session.get(url, params=query, timeout=timeout) as response:
                return response.status, await response.read()
        except HTTP_ERRORS:
            return 0, b""

    def _show(self, userid: str, fields: Mapping[str, Any]) -> Bubble | None:
        if fields["MsgType"] == "event":
            return None
        at = self.world.clock.now().isoformat()
        bubble = Bubble(str(fields["MsgId"]), "member", fields["MsgType"], dict(fields), at)
        self.world.chats.add(userid, bubble)
        return bubble

    def _after(self, userid: str, delivery: Delivery, bubble: Bubble | None) -> None:
        if bubble and not delivery.ok:
            bubble.note = delivery.failure
            self.world.chats.changed(userid, bubble)
        for attempt in delivery.attempts:
            if attempt.status == 200 and attempt.body:
                self._passive.take(userid, attempt.body)

    def _now(self) -> int:
        return int(self.world.clock.now().timestamp())

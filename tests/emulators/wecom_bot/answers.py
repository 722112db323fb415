"""Answers in the callback's own response: an empty one is fine, anything else is sealed JSON of the right kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from tests.emulators.wecom.crypto import CallbackCrypto, CryptoError
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.schema import Fields, Number, Text
from tests.emulators.wecom_bot.bodies import BUTTON_EVENT
from tests.emulators.wecom_bot.exchanges import Exchange, once
from tests.emulators.wecom_bot.replies import (
    BY_CALLBACK,
    REFRESHED,
    WELCOME,
    Payload,
    Shapes,
    check_reply,
    check_update,
)
from tests.emulators.wecom_bot.showing import Showing
from tests.emulators.wecom_bot.world import BotWorld

STREAM_MINUTES = timedelta(minutes=6)  # from the member's message, not from the first answer
OUTSIDE = Fields(
    {
        "encrypt": Text(required=True),
        "msgsignature": Text(required=True),
        "timestamp": Number(required=True),
        "nonce": Text(required=True),
    },
)
EXPECTED: Mapping[str, Shapes] = {"message": BY_CALLBACK, "enter_chat": WELCOME}


class Answers:
    """Reads the bodies of the bot's responses. What is wrong with one is a violation and shows nothing."""

    def __init__(self, world: BotWorld, crypto: CallbackCrypto) -> None:
        self._world = world
        self._crypto = crypto
        self._showing = Showing(world)

    def take(self, exchange: Exchange, body: bytes, *, refreshing: bool = False) -> None:
        """The answer to a callback, or to the question for a stream's next state."""
        payload: Payload = {}
        try:
            payload = self._open(body)
            self._apply(exchange, payload, refreshing)
        except (ValueError, CryptoError) as error:
            self._refuse(exchange, payload, ApiError(40058, f"neither empty nor sealed JSON: {error}"))
        except ApiError as error:
            self._refuse(exchange, payload, error)

    def _open(self, body: bytes) -> Payload:
        outside = json.loads(body)
        if problems := [str(problem) for problem in OUTSIDE.check(outside, "answer")]:
            raise ValueError("; ".join(problems))
        timestamp, encrypted = str(outside["timestamp"]), outside["encrypt"]
        if not self._crypto.verify(outside["msgsignature"], timestamp, outside["nonce"], encrypted):
            raise ValueError("wrong msgsignature")
        inside = json.loads(self._crypto.decrypt(encrypted))
        if not isinstance(inside, dict):
            raise ValueError("the inside is no object")
        return inside

    def _apply(self, exchange: Exchange, payload: Payload, refreshing: bool) -> None:
        if exchange.kind == BUTTON_EVENT:
            card, userids = check_update(payload, self._world), payload.get("userids", [])
            once(exchange, payload, lambda: self._showing.replace_card(exchange, card, userids))
            return
        shapes = REFRESHED if refreshing else EXPECTED.get(exchange.kind, {})
        check_reply(payload, shapes, self._world)
        if "stream" in payload:
            self._stream(exchange, payload["stream"])
        for kind in ("template_card", "text"):
            if kind in payload and not ("stream" in payload and exchange.answered):
                once(exchange, payload, partial(self._showing.show, exchange.chat, kind, payload[kind]))

    def _stream(self, exchange: Exchange, content: Payload) -> None:
        if exchange.streams and content["id"] not in exchange.streams:
            raise ApiError(40058, f"stream.id {content['id']!r}: another stream was begun for this message")
        stream = exchange.streams.get(content["id"])
        if stream is None or not stream.finished:  # the same answer again, to a repeated callback, changes nothing
            self._showing.stream(exchange, content, exchange.at + STREAM_MINUTES)

    def _refuse(self, exchange: Exchange, payload: Payload, error: ApiError) -> None:
        self._world.record.violation(f"the answer to {exchange.kind} {exchange.msgid}: {error.errmsg}")
        self._showing.refuse(exchange.chat, payload, error)

"""The commands of the long connection: what each may say, and for how long after its callback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.ledger import Outcome
from tests.emulators.wecom_bot.bodies import BUTTON_EVENT
from tests.emulators.wecom_bot.errors import INVALID_CHAT, INVALID_REQ_ID, TOO_OFTEN, BotError
from tests.emulators.wecom_bot.exchanges import Exchange, age, once
from tests.emulators.wecom_bot.replies import (
    ADDRESS,
    BY_SOCKET,
    UNASKED,
    WELCOME,
    Payload,
    check_reply,
    check_update,
)
from tests.emulators.wecom_bot.showing import Showing
from tests.emulators.wecom_bot.uploads import Uploads
from tests.emulators.wecom_bot.world import BotWorld

RESPOND, SEND = "aibot_respond_msg", "aibot_send_msg"
ANSWER_WITHIN, EVENT_WITHIN = timedelta(hours=24), timedelta(seconds=5)
STREAM_MINUTES = timedelta(minutes=10)  # from the stream's first state

Command = Callable[[str, int, Payload], Payload]


class Commands:
    """Every command but subscribe and ping; each returns the `body` of its ack, or raises ApiError."""

    def __init__(self, world: BotWorld) -> None:
        self._world = world
        self._showing = Showing(world)
        uploads = Uploads(world)
        self.all: dict[str, Command] = {
            RESPOND: self._respond,
            "aibot_respond_welcome_msg": self._welcome,
            "aibot_respond_update_msg": self._update,
            SEND: self._send,
            "aibot_upload_media_init": lambda _req_id, _connection, body: uploads.init(body),
            "aibot_upload_media_chunk": lambda _req_id, _connection, body: uploads.chunk(body),
            "aibot_upload_media_finish": lambda _req_id, _connection, body: uploads.finish(body),
        }

    def _respond(self, req_id: str, connection: int, body: Payload) -> Payload:
        exchange = self._callback(req_id, connection, "message", ANSWER_WITHIN)
        with_stream = "stream" in body
        return self._noted(
            exchange.chat, body, lambda: self._stream(exchange, body) if with_stream else self._say(exchange.chat, body)
        )

    def _welcome(self, req_id: str, connection: int, body: Payload) -> Payload:
        exchange = self._callback(req_id, connection, "enter_chat", EVENT_WITHIN)

        def say() -> None:
            msgtype = check_reply(body, WELCOME, self._world)
            once(exchange, body, lambda: self._showing.show(exchange.chat, msgtype, body[msgtype]))

        return self._noted(exchange.chat, body, say)

    def _update(self, req_id: str, connection: int, body: Payload) -> Payload:
        exchange = self._callback(req_id, connection, BUTTON_EVENT, EVENT_WITHIN)

        def change() -> None:
            card, userids = check_update(body, self._world), body.get("userids", [])
            once(exchange, body, lambda: self._showing.replace_card(exchange, card, userids))

        return self._noted(exchange.chat, body, change)

    def _send(self, req_id: str, connection: int, body: Payload) -> Payload:
        chat = str(body.get("chatid", ""))

        def say() -> None:
            msgtype = check_reply(body, UNASKED, self._world, ADDRESS)
            self._check_address(chat, body.get("chat_type", 0))
            self._count(chat)
            self._showing.show(chat, msgtype, body[msgtype])

        return self._noted(chat, body, say)

    def _say(self, chat: str, body: Payload) -> None:
        msgtype = check_reply(body, BY_SOCKET, self._world)
        self._count(chat)
        self._showing.show(chat, msgtype, body[msgtype])

    def _stream(self, exchange: Exchange, body: Payload) -> None:
        check_reply(body, BY_SOCKET, self._world)
        if body["stream"]["id"] not in exchange.streams:  # the next states of a stream count with the first
            self._count(exchange.chat)
        self._showing.stream(exchange, body["stream"], self._world.clock.now() + STREAM_MINUTES)

    def _callback(self, req_id: str, connection: int, kind: str, within: timedelta) -> Exchange:
        """The callback that this answers: of the right kind, on this connection, in time. 846605 otherwise."""
        exchange = self._world.exchanges.find(req_id)
        if exchange is None or exchange.kind != kind:
            raise BotError(INVALID_REQ_ID)
        if self._world.faults.forgets_requests and exchange.connection != connection:
            raise BotError(INVALID_REQ_ID, "it came on another connection")
        if age(exchange, self._world.clock.now()) >= within:
            raise BotError(INVALID_REQ_ID, f"it came more than {int(within.total_seconds())} s ago")
        return exchange

    def _check_address(self, chat: str, chat_type: int) -> None:
        bot = self._world.bot
        known = {0: chat in bot.groups or chat in bot.users, 1: chat in bot.users, 2: chat in bot.groups}
        if not known[chat_type] or not self._world.exchanges.has_talked(chat):
            raise BotError(INVALID_CHAT, "unknown, of another chat_type, or nobody wrote to the bot there yet")

    def _count(self, chat: str) -> None:
        if reason := self._world.sent.take(chat, self._world.clock.now()):
            raise BotError(TOO_OFTEN, reason)

    def _noted(self, chat: str, body: Payload, action: Callable[[], None]) -> Payload:
        try:
            action()
        except ApiError as error:
            self._showing.refuse(chat, body, error)
            raise
        self._showing.note(Outcome.ACCEPTED, chat, str(body.get("msgtype") or body.get("response_type")), body)
        return {}

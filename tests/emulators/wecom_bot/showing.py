"""What an accepted reply does: bubbles on the phones, lines in the ledger."""

from __future__ import annotations

import secrets
from datetime import datetime

from tests.emulators.wecom.cards import Card
from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.ledger import Entry, Outcome
from tests.emulators.wecom_bot.errors import STREAM_EXPIRED, BotError
from tests.emulators.wecom_bot.exchanges import Exchange, Stream
from tests.emulators.wecom_bot.replies import Payload, image_of
from tests.emulators.wecom_bot.world import BotWorld

SHOWN_AS = {"stream": "markdown"}  # on the phone page an answer being written looks like any Markdown


class Showing:
    """Puts on the phones what the bot says."""

    def __init__(self, world: BotWorld) -> None:
        self._world = world

    def show(self, chat: str, msgtype: str, content: Payload) -> Bubble:
        """A new message of the bot's."""
        if msgtype == "template_card":
            self._world.cards.check_new(content)
        msgid = secrets.token_urlsafe(18)
        shown = dict(content)
        if msgtype == "file":
            shown["filename"] = self._world.media.get(content["media_id"]).filename
        bubble = Bubble(msgid, "app", SHOWN_AS.get(msgtype, msgtype), shown, self._world.clock.now().isoformat())
        if msgtype == "template_card":
            self._world.cards.add(msgid, content, (chat,))
        self.note(Outcome.DELIVERED, chat, msgtype, content, msgid)
        self._world.chats.add(chat, bubble)
        return bubble

    def stream(self, exchange: Exchange, content: Payload, until: datetime) -> Stream:
        """The first or next state of an answer; it replaces the whole. 846608 when it can't change any more."""
        stream = exchange.streams.get(content["id"])
        if stream is None:
            stream = self._open(exchange, content, until)
        else:
            self._replace(exchange, stream, content)
        stream.finished = bool(content.get("finish"))
        for item in content.get("msg_item", ()):
            media = self._world.media.put("image", "image.png", image_of(item["image"]))
            self.show(exchange.chat, "image", {"media_id": media.media_id})
        return stream

    def replace_card(self, exchange: Exchange, card: Card, userids: list[str]) -> None:
        """Another card in the place of the one that was pressed. It keeps its task_id (42014)."""
        pressed = exchange.pressed
        if pressed is None:
            raise ApiError(40058, "no card was pressed")
        if card.get("task_id") != exchange.body["event"]["template_card_event"]["task_id"]:
            raise ApiError(42014, "the task_id is not that of the pressed card")
        self.note(Outcome.UPDATED, exchange.chat, "template_card", card, pressed.msgid)
        bubble = self._world.chats.find(exchange.chat, pressed.msgid)
        if bubble and (not userids or exchange.user in userids):
            bubble.content, bubble.pressed, bubble.note = dict(card), "", ""
            self._world.chats.changed(exchange.chat, bubble)

    def note(
        self,
        outcome: Outcome,
        chat: str,
        msgtype: str,
        content: Payload,
        msgid: str = "",
        reason: str = "",
        code: int = 0,
    ) -> None:
        """One line of the ledger."""
        now = self._world.clock.now()
        self._world.ledger.add(Entry(outcome, chat, msgtype, content, msgid, now, reason, code))

    def refuse(self, chat: str, payload: Payload, error: ApiError) -> None:
        """The line of something that was refused."""
        msgtype = str(payload.get("msgtype") or payload.get("response_type") or "")
        self.note(Outcome.REJECTED, chat, msgtype, payload, reason=error.errmsg, code=error.errcode)

    def _open(self, exchange: Exchange, content: Payload, until: datetime) -> Stream:
        bubble = self.show(exchange.chat, "stream", content)
        stream = Stream(content["id"], self._world.clock.now(), until, bubble)
        exchange.streams[stream.id] = stream
        return stream

    def _replace(self, exchange: Exchange, stream: Stream, content: Payload) -> None:
        if not stream.is_open(self._world.clock.now()):
            raise BotError(STREAM_EXPIRED, "it was finished" if stream.finished else "")
        if "feedback" in content and content["feedback"] != stream.bubble.content.get("feedback"):
            self._world.record.warnings.append("stream.feedback counts in the first state of a stream only")
        stream.bubble.content = {**stream.bubble.content, **content}
        self.note(Outcome.UPDATED, exchange.chat, "stream", content, stream.bubble.id)
        self._world.chats.changed(exchange.chat, stream.bubble)

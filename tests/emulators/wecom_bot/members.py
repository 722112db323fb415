"""What members do: write to the bot alone or in a group, send files, press buttons, give a thumb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from tests.emulators.wecom.callbacks import BUTTON_EVENT, check_press
from tests.emulators.wecom.card_desk import SentCard
from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.envelope import Envelope
from tests.emulators.wecom.ledger import Entry
from tests.emulators.wecom.poster import Attempt, Delivery
from tests.emulators.wecom_bot import bodies
from tests.emulators.wecom_bot.exchanges import Exchange, new_msgid, new_req_id
from tests.emulators.wecom_bot.wire import BotHow, Wire
from tests.emulators.wecom_bot.world import BotWorld

RESPONSE_PATH = "/cgi-bin/aibot/response"
BUSY = "three messages are still being answered"


class Members:
    """Every method returns when the bot has the callback, or nothing more is tried."""

    def __init__(self, world: BotWorld, wire: Wire) -> None:
        self._world = world
        self._wire = wire

    async def send_text(self, user: str, words: str, **how: Unpack[BotHow]) -> Delivery:
        """Words; in a group with the bot's name in front, as WeCom wants it."""
        said = self._world.bot.mentioned(words) if how.get("chat") else words
        return await self.message(user, bodies.text(said), Bubble("", "member", "text", {"content": words}, ""), **how)

    async def send_image(
        self, user: str, content: bytes, filename: str = "image.png", **how: Unpack[BotHow]
    ) -> Delivery:
        """A picture; only in the conversation with the bot alone."""
        return await self._send_file(user, "image", filename, content, how)

    async def send_file(self, user: str, filename: str, content: bytes, **how: Unpack[BotHow]) -> Delivery:
        """A file; only in the conversation with the bot alone."""
        return await self._send_file(user, "file", filename, content, how)

    async def send_video(self, user: str, content: bytes, **how: Unpack[BotHow]) -> Delivery:
        """A film; only in the conversation with the bot alone."""
        return await self._send_file(user, "video", "video.mp4", content, how)

    async def send_voice(self, user: str, words: str, **how: Unpack[BotHow]) -> Delivery:
        """A voice message of which WeCom understood these words; only in the conversation with the bot alone."""
        _alone(how)
        return await self.message(
            user, bodies.voice(words), Bubble("", "member", "text", {"content": words}, ""), **how
        )

    async def send_mixed(self, user: str, parts: Sequence[str | bytes], **how: Unpack[BotHow]) -> Delivery:
        """Words and pictures in one message."""
        items = [
            bodies.text(part) if isinstance(part, str) else bodies.media("image", self._link("image.png", part))
            for part in parts
        ]
        words = " ".join(part if isinstance(part, str) else "[图片]" for part in parts)
        return await self.message(
            user, bodies.mixed(items), Bubble("", "member", "text", {"content": words}, ""), **how
        )

    async def enter_chat(self, user: str, **how: Unpack[BotHow]) -> Delivery:
        """A member opens the conversation with the bot for the first time today."""
        return await self.event(user, bodies.event("enter_chat"), **how)

    async def press_button(
        self,
        user: str,
        message: Entry | Bubble | str,
        key: str,
        selected: Mapping[str, list[str]] | None = None,
        **how: Unpack[BotHow],
    ) -> Delivery:
        """A button of a card, by its ledger entry, bubble, id or task_id."""
        bubble, sent = self._card(user, message, how)
        check_press(BUTTON_EVENT, bubble.content, key, selected or {})
        bubble.pressed, bubble.selected = key, dict(selected or {})
        return await self._press(user, bubble, sent, key, selected or {}, how)

    async def press_menu(self, user: str, message: Entry | Bubble | str, key: str, **how: Unpack[BotHow]) -> Delivery:
        """An entry of the menu at a card's upper right corner; it comes as the same event as a button."""
        bubble, sent = self._card(user, message, how)
        check_press("template_card_menu_event", bubble.content, key, {})
        return await self._press(user, bubble, sent, key, {}, how)

    async def give_feedback(
        self,
        user: str,
        feedback_id: str,
        kind: int = 1,
        words: str = "",
        reasons: Sequence[int] = (),
        **how: Unpack[BotHow],
    ) -> Delivery:
        """A thumb (1 up, 2 down, 3 taken back) under an answer that carried this feedback id."""
        return await self.event(user, bodies.feedback(feedback_id, kind, words, reasons), **how)

    async def message(
        self, user: str, body: Mapping[str, Any], shown: Bubble | None = None, **how: Unpack[BotHow]
    ) -> Delivery:
        """Any message body; ids, sender and response_url are added."""
        if self._world.exchanges.is_busy(user, self._world.clock.now()):
            return Delivery((Attempt(0, 0.0, error=BUSY),), Envelope({}, b"", "", body))
        quote = {"quote": how["quote"]} if "quote" in how else {}
        exchange = self._exchange(user, {**self._response_url(user, how), **body, **quote}, how)
        bubble = self._show(exchange, shown or Bubble("", "member", str(body["msgtype"]), dict(body), ""))
        delivery = await self._wire.deliver(exchange, how)
        if not delivery.ok:
            bubble.note = delivery.failure
            self._world.chats.changed(exchange.chat, bubble)
        return delivery

    async def event(
        self, user: str, body: Mapping[str, Any], pressed: SentCard | None = None, **how: Unpack[BotHow]
    ) -> Delivery:
        """Any event body; ids, sender and time are added."""
        exchange = self._exchange(user, {"create_time": int(self._world.clock.now().timestamp()), **body}, how)
        exchange.pressed = pressed
        return await self._wire.deliver(exchange, how)

    async def _send_file(self, user: str, kind: str, filename: str, content: bytes, how: BotHow) -> Delivery:
        _alone(how)
        media_id = self._world.media.put(kind, filename, content).media_id  # for the phone page only
        shown = Bubble("", "member", kind, {"MediaId": media_id, "FileName": filename}, "")
        return await self.message(user, bodies.media(kind, self._link(filename, content)), shown, **how)

    async def _press(
        self, user: str, bubble: Bubble, sent: SentCard, key: str, selected: Mapping[str, list[str]], how: BotHow
    ) -> Delivery:
        chat = self._world.bot.chat_of(user, how.get("chat", ""))
        self._world.chats.changed(chat, bubble)
        card = bubble.content
        body = bodies.card_event(card["card_type"], key, card.get("task_id", sent.task_id), selected)
        delivery = await self.event(user, {**self._response_url(user, how), **body}, sent, **how)
        bubble.note = "" if delivery.ok else delivery.failure
        bubble.pressed = bubble.pressed if delivery.ok else ""  # the member may press again
        self._world.chats.changed(chat, bubble)
        return delivery

    def _card(self, user: str, message: Entry | Bubble | str, how: BotHow) -> tuple[Bubble, SentCard]:
        name = message if isinstance(message, str) else message.msgid if isinstance(message, Entry) else message.id
        sent = self._world.cards.find(name)
        bubble = self._world.chats.find(self._world.bot.chat_of(user, how.get("chat", "")), sent.msgid)
        if bubble is None:
            raise LookupError(f"{user} has no card {name!r}")
        return bubble, sent

    def _exchange(self, user: str, body: Mapping[str, Any], how: BotHow) -> Exchange:
        bot, chatid = self._world.bot, how.get("chat", "")
        chat, msgid = bot.chat_of(user, chatid), how.get("msgid") or new_msgid()
        group = {"chatid": chatid, "chattype": "group"} if chatid else {"chattype": "single"}
        common = {"msgid": msgid, "aibotid": bot.bot_id, **group, "from": {"userid": user}}
        exchange = Exchange(msgid, new_req_id(), user, chat, {**common, **body}, self._world.clock.now())
        self._world.exchanges.add(exchange)
        return exchange

    def _show(self, exchange: Exchange, bubble: Bubble) -> Bubble:
        bubble.id, bubble.at = exchange.msgid, exchange.at.isoformat()
        self._world.chats.add(exchange.chat, bubble)
        return bubble

    def _link(self, filename: str, content: bytes) -> dict[str, str]:
        return self._world.files.put(filename, content, self._wire.base_url, own_key=self._wire.own_keys)

    def _response_url(self, user: str, how: BotHow) -> dict[str, str]:
        code = self._world.response_codes.issue(self._world.bot.chat_of(user, how.get("chat", "")))
        return {"response_url": f"{self._wire.base_url}{RESPONSE_PATH}?response_code={code}"}


def _alone(how: BotHow) -> None:
    if how.get("chat"):
        raise ValueError("in groups WeCom passes on words and pictures with words only")

"""A member who talks to the emulated AI bot: alone with it, or in a group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.wecom_bot.translate import to_message
from tests.emulators.wecom.ledger import Entry
from tests.emulators.wecom.poster import Delivery
from tests.emulators.wecom_bot.emulator import WecomBotEmulator
from tests.scenarios.reading import stream_words, wecom_words
from tests.scenarios.world import SHOWN, World, buttons, until


@dataclass
class BotHeard:
    """What came into one conversation, or changed there; of a stream, how it ended."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def cards(self) -> list[Entry]:
        """Cards, new and changed ones."""
        return [entry for entry in self.entries if entry.msgtype == "template_card"]

    @property
    def card(self) -> Entry:
        """The one card."""
        [card] = self.cards
        return card

    @property
    def words(self) -> str:
        """Everything that can be read."""
        return "\n".join(_words(entry) for entry in self.entries)


@dataclass(frozen=True)
class BotMember:
    """One person. Without a `chat` (a group's id) everything happens where they are alone with the bot."""

    world: World
    id: str

    @property
    def bot(self) -> WecomBotEmulator:
        """The platform."""
        assert self.world.bot is not None, "this world has no AI bot"
        return self.world.bot

    async def say(self, text: str, chat: str = "") -> BotHeard:
        """Write (in a group with a mention); what comes for it."""
        async with self.listening(chat) as heard:
            await self._done(await self.bot.callbacks.send_text(self.id, text, chat=chat))
        return heard

    async def press(self, card: Entry, action: str, chat: str = "") -> BotHeard:
        """Press the button with this action's key; what comes for it."""
        [key] = [key for key in buttons(card) if key.rpartition(":")[2] == action]
        async with self.listening(chat) as heard:
            await self._done(await self.bot.callbacks.press_button(self.id, card, key, chat=chat))
        return heard

    @asynccontextmanager
    async def listening(self, chat: str = "") -> AsyncIterator[BotHeard]:
        """What came into the conversation meanwhile; filled in at the end."""
        heard, begin = BotHeard(), len(self.bot.ledger)
        yield heard
        entries = [self.bot.ledger[index] for index in range(begin, len(self.bot.ledger))]
        shown = [entry for entry in entries if entry.recipient == (chat or self.id) and entry.outcome in SHOWN]
        heard.entries += list({_place(entry): entry for entry in shown}.values())

    async def _done(self, delivery: Delivery) -> None:
        """Wait until the bot has stored it, everything is answered, and the member sees the answers' ends."""
        assert delivery.ok, delivery.attempts
        message = to_message(delivery.envelope.fields, self.bot.world.clock.now())
        await until(lambda: self._stored(message.id))
        await self.world.quiet()
        await until(self._written)

    async def _stored(self, message_id: str) -> bool:
        stored = await self.world.app.database.read(lambda store: store.messages.get(message_id))
        return stored is not None

    async def _written(self) -> bool:
        return not self.bot.world.exchanges.open_streams(self.bot.world.clock.now())


def _place(entry: Entry) -> tuple[str, str]:
    """Where it stands: every state of a stream in the same place, every change of a card in one of its own."""
    return (entry.msgid, "") if entry.msgtype == "stream" else (entry.msgid, str(id(entry)))


def _words(entry: Entry) -> str:
    return wecom_words(entry.payload) if entry.msgtype == "template_card" else stream_words(entry.text)

"""The phone page of the WeCom emulator, with the bot as the contact: alone, or in one of a member's groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from tests.emulators.wecom.chats import Bubble, Chats
from tests.emulators.wecom.media import MediaStore
from tests.emulators.wecom.phone import Phone
from tests.emulators.wecom.poster import Delivery

if TYPE_CHECKING:
    import asyncio

    from tests.emulators.wecom.emulator import WecomEmulator
    from tests.emulators.wecom_bot.bot import Bot
    from tests.emulators.wecom_bot.emulator import WecomBotEmulator

IN = "@"  # zhangmin@wrGroup: the member in that group


def add_phone(app: web.Application, emulator: WecomBotEmulator) -> None:
    """Put the page and its interfaces on the server."""
    Phone(cast("WecomEmulator", Desk(emulator))).add_routes(app)


class Desk:
    """What the page asks of an emulator; each line of its list of members is one conversation."""

    def __init__(self, emulator: WecomBotEmulator) -> None:
        self._emulator = emulator
        self.company = Lines(emulator.bot)
        self.chats = cast("Chats", Conversations(emulator.chats))
        self.callbacks = Fingers(emulator)

    @property
    def media(self) -> MediaStore:
        """Pictures and files, for the page only."""
        return self._emulator.world.media

    @property
    def warnings(self) -> list[str]:
        """Where the page's mishaps are noted."""
        return self._emulator.warnings


class Lines:
    """The conversations that can be chosen."""

    def __init__(self, bot: Bot) -> None:
        self.app_name = bot.name
        groups = {
            f"{userid}{IN}{chatid}": f"{bot.users[userid]}（群聊 {chatid}）"
            for chatid, userids in bot.groups.items()
            for userid in userids
        }
        self.users: Mapping[str, str] = {**bot.users, **groups}

    def find_user(self, line: str) -> str | None:
        """The line, if there is such a one."""
        return line if line in self.users else None


class Conversations:
    """The bubbles of a line: a group's are the same for all its members."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    def of(self, line: str) -> list[Bubble]:
        """Oldest first."""
        return self._chats.of(_chat(line))

    @contextmanager
    def watch(self, line: str) -> Iterator[asyncio.Queue[Bubble]]:
        """A queue of what comes or changes from now on."""
        with self._chats.watch(_chat(line)) as queue:
            yield queue


class Fingers:
    """What a person does on the page."""

    def __init__(self, emulator: WecomBotEmulator) -> None:
        self._emulator = emulator

    async def send_text(self, line: str, words: str) -> Delivery:
        """Words."""
        user, chat = _parts(line)
        return await self._emulator.callbacks.send_text(user, words, chat=chat)

    async def enter_agent(self, line: str) -> Delivery:
        """Opening the conversation."""
        return await self._emulator.callbacks.enter_chat(_parts(line)[0])

    async def press_button(self, line: str, bubble: str, key: str, selected: Mapping[str, list[str]]) -> Delivery:
        """A button of a card."""
        user, chat = _parts(line)
        return await self._emulator.callbacks.press_button(user, bubble, key, selected, chat=chat)

    async def press_menu(self, line: str, bubble: str, key: str) -> Delivery:
        """An entry of a card's menu."""
        user, chat = _parts(line)
        return await self._emulator.callbacks.press_menu(user, bubble, key, chat=chat)

    async def send_image(self, line: str, content: bytes, name: str) -> Delivery:
        """A picture; in a group it goes with a mention, as WeCom passes on no bare ones."""
        user, chat = _parts(line)
        if chat:
            return await self._emulator.callbacks.send_mixed(
                user, [self._emulator.bot.mentioned(""), content], chat=chat
            )
        return await self._emulator.callbacks.send_image(user, content, name)

    async def send_file(self, line: str, name: str, content: bytes) -> Delivery:
        """A file."""
        user, chat = _parts(line)
        return await self._emulator.callbacks.send_file(user, name, content, chat=chat)

    async def send_video(self, line: str, content: bytes) -> Delivery:
        """A film."""
        user, chat = _parts(line)
        return await self._emulator.callbacks.send_video(user, content, chat=chat)

    async def send_voice(self, line: str, content: bytes, audio_format: str) -> Delivery:
        """WeCom's own speech recognition isn't emulated: the bot gets these words."""
        user, chat = _parts(line)
        words: Any = f"（语音 {len(content)} 字节，{audio_format}）"
        return await self._emulator.callbacks.send_voice(user, words, chat=chat)


def _parts(line: str) -> tuple[str, str]:
    user, _, chat = line.partition(IN)
    return user, chat


def _chat(line: str) -> str:
    user, chat = _parts(line)
    return chat or user

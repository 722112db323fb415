"""One bot, the emulated platforms, and the company in between: what every scenario starts from."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Unpack

from bot.app import build
from bot.process import App
from bot.server import free_port
from config.settings import Settings, load_settings
from storage.repositories.audit import AuditEntry
from storage.repositories.deliveries import Delivery
from storage.store import Store
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.workspace import Channel
from tests.emulators.wecom.callbacks import How
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.ledger import Entry, Outcome
from tests.emulators.wecom_bot.emulator import Mode, WecomBotEmulator
from tests.emulators.wecom_bot.pairing import MODES
from tests.scenarios.company import (
    ADMIN,
    CROWD,
    SALES,
    SPARE,
    STAFF,
    Employee,
    load,
    reps,
    slack_users,
    spare,
    wecom_users,
)

SHOWN = frozenset({Outcome.DELIVERED, Outcome.TRUNCATED, Outcome.UPDATED})
PATIENCE = 60.0  # seconds until a wait is given up: never reached by a bot that works
LOOK_SECONDS = 0.02
POLL_SECONDS = 0.02  # how often the engine looks for jobs: most of a conversation is waiting for that
RETRY_SECONDS = (0.05, 0.05, 0.1, 0.1)
QUICK = (1000, 1.0)  # what Slack takes in most scenarios, so that they don't last as long as conversations do


@dataclass(frozen=True)
class Heard:
    """What one member got on the phone."""

    entries: tuple[Entry, ...]

    @property
    def texts(self) -> list[str]:
        """Text and markdown messages."""
        return [entry.text for entry in self.entries if entry.text]

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
        return "\n".join(words_of(entry.payload) for entry in self.entries)


@dataclass
class World:
    """The running bot and the platforms around it."""

    app: App
    emulator: WecomEmulator
    data: Path
    slack: SlackEmulator | None = None
    bot: WecomBotEmulator | None = None
    _spare: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        """The bot's web server."""
        return f"http://127.0.0.1:{self.app.server.port}"

    def newcomer(self) -> Employee:
        """A rep to whom nothing was said yet."""
        number = next(self._spare)
        assert number <= SPARE, "this module needs more people: raise SPARE"
        return spare(number)

    async def say(self, member: str, text: str, **how: Unpack[How]) -> Heard:
        """A member writes; what they get for it."""
        with self.listening(member) as heard:
            delivery = await self.emulator.callbacks.send_text(member, text, **how)
            assert delivery.ok, delivery.attempts
            await self.quiet()
        return heard()

    async def press(self, member: str, card: Entry, action: str) -> Heard:
        """A member presses the button with this action's key; what they get for it."""
        [key] = [key for key in buttons(card) if key.rpartition(":")[2] == action]
        with self.listening(member) as heard:
            delivery = await self.emulator.callbacks.press_button(member, card, key)
            assert delivery.ok, delivery.attempts
            await self.quiet()
        return heard()

    def listening(self, member: str) -> _Ear:
        """A context; called afterwards, it gives what the member got meanwhile."""
        return _Ear(self.emulator, member)

    async def quiet(self) -> None:
        """Wait until every accepted message is answered and every answer is delivered or dead."""
        await until(self._idle)

    async def deliveries(self, state: Any) -> list[Delivery]:
        """The delivery list."""
        return await self.app.database.read(lambda store: store.deliveries.listing(state, 10_000))

    async def connected(self) -> bool:
        """Whether the AI bot has its long connection, if it needs one."""
        return self.bot is None or self.bot.mode == "http" or self.bot.sockets.current is not None

    async def _idle(self) -> bool:
        return await self.app.engine.waiting() == 0


class _Ear:
    def __init__(self, emulator: WecomEmulator, member: str) -> None:
        self._emulator = emulator
        self._member = member
        self._from = len(emulator.ledger)

    def __enter__(self) -> Callable[[], Heard]:
        return self._heard

    def __exit__(self, *_: object) -> None:
        self._to = len(self._emulator.ledger)

    def _heard(self) -> Heard:
        entries = [self._emulator.ledger[index] for index in range(self._from, self._to)]
        return Heard(tuple(e for e in entries if e.recipient == self._member and e.outcome in SHOWN))


async def audited(world: World, *actions: str) -> list[AuditEntry]:
    """What the audit log says of these actions, newest first, as an administrator reads it."""

    def look(store: Store) -> list[AuditEntry]:
        viewer = store.people.get(ADMIN.id)
        assert viewer is not None
        return store.audit.listing(viewer, 10_000, actions)

    return await world.app.database.read(look)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition; TimeoutError when it never comes true."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(LOOK_SECONDS)


def words_of(value: Any) -> str:
    """Every string inside a payload, without the ids that we made up."""
    if isinstance(value, Mapping):
        return "\n".join(words_of(inner) for name, inner in value.items() if name not in {"key", "task_id"})
    if isinstance(value, list):
        return "\n".join(words_of(inner) for inner in value)
    return value if isinstance(value, str) else ""


def buttons(card: Entry) -> list[str]:
    """The keys of a card's buttons."""
    return [button["key"] for button in card.payload.get("button_list", ()) if "key" in button]


def labels(card: Entry) -> list[str]:
    """What stands on a card's buttons."""
    return [button["text"] for button in card.payload.get("button_list", ())]


def settings_for(data: Path, emulator: WecomEmulator, port: int, **more: Any) -> Settings:
    """Settings that pair the bot with the emulated WeCom.

    Nothing is sent by the clock unless asked for: the hour of the machine that tests is not a part of a test.
    """
    company = emulator.company
    wecom = {
        "enabled": True,
        "corp_id": company.corp_id,
        "agent_id": company.agent_id,
        "secret": company.secret,
        "token": company.token,
        "aes_key": company.aes_key,
        "base_url": emulator.base_url,
    }
    delivery, briefing = {"retry_seconds": RETRY_SECONDS}, {"enabled": False}
    base = {"data": data, "web": {"port": port}, "wecom": wecom, "delivery": delivery, "briefing": briefing}
    return load_settings(**{**base, **more})


def slack_settings(slack: SlackEmulator, mode: str = "events") -> dict[str, str | bool]:
    """Settings that pair it with the emulated Slack."""
    space = slack.workspace
    credentials = {"bot_token": space.bot_token, "app_token": space.app_token, "signing_secret": space.signing_secret}
    return {"enabled": True, "mode": mode, "base_url": slack.base_url, **credentials}


def bot_settings(bot: WecomBotEmulator) -> dict[str, str | bool]:
    """Settings that pair it with the emulated AI bot, in the mode that this one has."""
    known = bot.bot
    credentials = {"bot_id": known.bot_id, "secret": known.secret, "token": known.token, "aes_key": known.aes_key}
    return {"enabled": True, "mode": MODES[bot.mode], "ws_url": bot.socket_url, **credentials}


@asynccontextmanager
async def running(
    data: Path,
    emulator: WecomEmulator,
    slack: SlackEmulator | None = None,
    mode: str = "events",
    *,
    bot: WecomBotEmulator | None = None,
    **more: Any,
) -> AsyncIterator[World]:
    """A started bot; only one can run in a process at a time. `mode`: how Slack reaches it."""
    groups = {"slack": slack_settings(slack, mode), **more} if slack else more
    groups = {"wecom_bot": bot_settings(bot), **groups} if bot else groups
    settings = settings_for(data, emulator, free_port(), **groups)
    app = build(settings)
    app.migrate()
    app.engine.poll_seconds = POLL_SECONDS
    emulator.set_callback(f"{settings.public_url}{settings.wecom.callback_path}")
    if slack is not None:
        slack.set_callback(f"{settings.public_url}{settings.slack.events_path}" if mode == "events" else "")
    if bot is not None:
        bot.set_callback(f"{settings.public_url}{settings.wecom_bot.callback_path}")
    await app.start()
    try:
        await app.ready()
        world = World(app, emulator, data, slack, bot)
        await until(world.connected)
        await world.quiet()
        yield world
    finally:
        await app.stop()


def phones() -> WecomEmulator:
    """An emulated WeCom with a phone for everybody of the company, and one for a stranger."""
    return WecomEmulator(users=wecom_users([*STAFF, *reps(SPARE)]))


def ai_bot(mode: Mode) -> WecomBotEmulator:
    """An emulated AI bot (智能机器人) with everybody of the company in one group, and a stranger."""
    users = wecom_users([*STAFF, *reps(SPARE)])
    return WecomBotEmulator(mode=mode, users=users, groups={CROWD: users}, refresh_seconds=0.05)


def workspace(burst: int = QUICK[0]) -> SlackEmulator:
    """An emulated Slack with everybody of the company in one channel, and a stranger."""
    users = slack_users([*STAFF, *reps(SPARE)])
    return SlackEmulator(users=users, channels={SALES: Channel("sales", tuple(users))}, burst=burst)


def company_data(workshop: Path, target: Path) -> Path:
    """A data folder with the company in it, learnt; `workshop` is where it is made once for all tests."""
    return Path(shutil.copytree(_learnt(workshop), target))


@cache
def _learnt(workshop: Path) -> Path:
    """Made in a thread with a loop of its own, because the fixtures that ask for it have their own loops; and under a
    lock, because other workers want it too."""
    folder = workshop / "company"
    with (workshop / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = Path(mkdtemp(dir=workshop))
            with ThreadPoolExecutor(1) as thread:
                thread.submit(lambda: asyncio.run(_learn(begun))).result()
            begun.rename(folder)
    return folder / "data"


async def _learn(folder: Path) -> None:
    settings = load_settings(data=folder / "data", console={"enabled": False}, briefing={"enabled": False})
    await load(settings, folder, [*STAFF, *reps(SPARE)])
    app = build(settings)
    await app.start(listen=False)
    await app.ready()
    await app.stop()

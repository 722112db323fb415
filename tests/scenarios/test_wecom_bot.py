"""The WeCom AI bot end to end, on both connections: asked, streamed, pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import App, build
from bot.server import free_port
from config.settings import load_settings
from tests.emulators.wecom_bot.emulator import WecomBotEmulator
from tests.emulators.wecom_bot.pairing import pair
from tests.scenarios.company import MIN, STAFF
from tests.scenarios.world import company_data, until

MODES = ("http", "socket")


@asynccontextmanager
async def _running(data: Path, mode: str) -> AsyncIterator[tuple[App, WecomBotEmulator]]:
    web, port = free_port(), free_port()
    plain = load_settings(data=data, web={"port": web})
    fit = pair(plain, port, mode)
    app = build(load_settings(data=data, web={"port": web}, console={"enabled": False}, **fit.settings))
    app.migrate()
    users = {person.wecom: person.name for person in STAFF}
    async with WecomBotEmulator(**fit.emulator, users=users, groups={"sales": list(users)}) as emulator:
        await app.start()
        try:
            await app.ready()
            yield app, emulator
        finally:
            await app.stop()
        assert emulator.violations == []


@pytest.mark.parametrize("mode", MODES)
async def test_a_question_is_answered_where_it_was_asked(workshop: Path, tmp_path: Path, mode: str) -> None:
    """A8, A15: the same card as in the app, by stream or long connection; people are known by their WeCom account."""
    async with _running(company_data(workshop, tmp_path / "data"), mode) as (app, emulator):
        await until(lambda: _connected(app, emulator, mode))
        await emulator.callbacks.send_text(MIN.wecom, "客户说太贵了怎么回")
        await until(lambda: _shows(emulator, "先问贵在和什么比"))
        await emulator.callbacks.send_text(MIN.wecom, "我的客户有哪些", chat="sales")
        dead = await app.database.read(lambda store: store.deliveries.listing("dead", 10))
        assert dead == []


async def _connected(app: App, emulator: WecomBotEmulator, mode: str) -> bool:
    return mode == "http" or emulator.sockets.current is not None


async def _shows(emulator: WecomBotEmulator, words: str) -> bool:
    return any(words in str(bubble.content) for bubble in emulator.chats.of(MIN.wecom) if bubble.sender == "app")

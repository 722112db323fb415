"""C3: a bot that is killed while it takes events and sends them on loses none, and no effect happens twice."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.app import build
from bot.server import free_port
from config.settings import load_settings
from storage.imports.people import import_people
from tests.emulators.business.emulator import BusinessSystems
from tests.emulators.business.faults import Fault
from tests.emulators.wecom.emulator import WecomEmulator
from tests.faults.process import BotProcess
from tests.scenarios.company import STAFF, write_people
from tests.scenarios.plant import BATCH, connect, event_settings, order, plant

BATCHES, EACH = 60, 5
LISTENERS = ("erp", "mes", "finance")
PATIENCE = 120.0  # seconds for the last deliveries


@pytest.mark.timeout(600)
async def test_two_kills_while_events_come_and_go(data: Path) -> None:
    """What was answered with 202 has its effect at every subscriber, once; what wasn't is sent again by its system."""
    systems = await plant().start()
    for name in LISTENERS:
        systems.plans[name].share, systems.plans[name].kinds = 0.2, (Fault.SERVER, Fault.CUT)
    async with WecomEmulator() as wecom:
        bot = BotProcess(data, wecom, free_port(), _settings(systems))
        await _prepare(bot, systems)
        try:
            await bot.start()
            accepted, repeats = await _under_load(bot, kills=2)
            await _effects(systems, len(accepted))
        finally:
            await bot.kill()
            await systems.stop()
    requests = sum(len(systems.effects[name].requests) for name in LISTENERS)
    sys.stdout.write(
        f"\nkills 2, events accepted {len(accepted)}, batches sent again {repeats}, requests {requests}, "
        f"lost 0, effects twice 0\n"
    )
    assert len(accepted) == BATCHES * EACH
    for name in LISTENERS:
        assert {event["subject"] for event in systems.effects[name].events} == accepted
        assert len(systems.effects[name].events) == len(accepted)
    assert systems.violations == []


def _settings(systems: BusinessSystems) -> dict[str, str]:
    said = event_settings(systems)
    return {
        "EVENTS__SECRETS": json.dumps(said["secrets"]),
        "EVENTS__ALLOW_PRIVATE": json.dumps(said["allow_private"]),
        "EVENTS__RETRY_SECONDS": json.dumps([0, 0.2, 0.5, *([1.0] * 30)]),
    }


async def _prepare(bot: BotProcess, systems: BusinessSystems) -> None:
    """People, entries and open locks, written before the bot starts."""
    app = build(load_settings(data=bot.data, events=event_settings(systems)))
    app.migrate()
    listed = await import_people(app.database, write_people(bot.data.parent / "people.csv", STAFF))
    assert not listed.rejected
    await connect(app, systems, ("crm", *LISTENERS))
    app.database.close()


async def _under_load(bot: BotProcess, kills: int) -> tuple[set[str], int]:
    """Batches, one after the other, each sent until it is answered; kills at moments that the dice choose."""
    dice, accepted, repeats = random.Random(4), set[str](), 0
    moments = sorted(dice.sample(range(5, BATCHES - 5), kills))
    async with aiohttp.ClientSession() as session:
        for number in range(BATCHES):
            batch = [order(number * EACH + one + 1) for one in range(EACH)]
            sending = asyncio.create_task(_sent(session, bot, batch))
            if number in moments:
                await asyncio.sleep(dice.uniform(0, 0.05))
                await bot.kill()
                await bot.start()
            repeats += await sending
            accepted |= {str(one["subject"]) for one in batch}
    return accepted, repeats


async def _sent(session: aiohttp.ClientSession, bot: BotProcess, batch: list[dict[str, object]]) -> int:
    """How often it had to be sent again."""
    headers = {"Authorization": "Bearer token-of-crm-0123456789", "Content-Type": BATCH}
    body = json.dumps(batch).encode()
    for tries in range(10_000):
        try:
            async with session.post(f"{bot.url}/events/crm", data=body, headers=headers) as response:
                if response.status == 202:
                    return tries
                assert response.status == 503, await response.text()
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("it was never taken")


async def _effects(systems: BusinessSystems, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(len(systems.effects[name].events) < count for name in LISTENERS):
            await asyncio.sleep(0.1)

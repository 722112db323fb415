"""Fault switches: what the adapter must live through, each seen from outside."""

from __future__ import annotations

import time

import aiohttp
import pytest

from tests.emulators.slack import SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, USER, ApiClient, EventsApp, modal, section

POST = "chat.postMessage"


async def test_a_storm_of_429(api: ApiClient, emulator: SlackEmulator) -> None:
    emulator.faults.rate_limit(times=2, retry_after=7, method=POST)
    answers = [await api.say() for _ in range(3)]
    assert [(answer["status"], answer.get("retry_after")) for answer in answers] == [
        (429, "7"),
        (429, "7"),
        (200, None),
    ]
    assert len(emulator.ledger.delivered) == 1


async def test_errors_on_demand_in_the_order_they_were_set(api: ApiClient, emulator: SlackEmulator) -> None:
    emulator.faults.fail("internal_error")
    emulator.faults.fail("service_unavailable")
    assert [(await api.say()).get("error") for _ in range(3)] == ["internal_error", "service_unavailable", None]
    emulator.faults.fail("fatal_error")
    emulator.faults.clear()
    assert (await api.say())["ok"]


async def test_an_answer_cut_after_the_message_was_accepted(api: ApiClient, emulator: SlackEmulator) -> None:
    emulator.faults.cut_after(method=POST)
    with pytest.raises(aiohttp.ClientError):
        await api.say()
    assert emulator.ledger.texts_to(CHANNEL) == ["你好"]


async def test_an_answer_cut_before_anything_was_done(api: ApiClient, emulator: SlackEmulator) -> None:
    emulator.faults.cut_before(method=POST)
    with pytest.raises(aiohttp.ClientError):
        await api.say()
    assert emulator.ledger.delivered == []


async def test_slow_and_broken_servers(api: ApiClient, emulator: SlackEmulator) -> None:
    emulator.faults.slow(0.2)
    started = time.perf_counter()
    await api.say()
    assert time.perf_counter() - started >= 0.2
    emulator.faults.status(500)
    with pytest.raises(aiohttp.ContentTypeError):
        await api.say()


async def test_blocks_refused_whatever_they_are(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    emulator.faults.refuse_all_blocks()
    assert (await api.say(blocks=[section()]))["error"] == "invalid_blocks"
    assert (await api.say())["ok"]
    await emulator.callbacks.command(USER, "")
    trigger = app.received[-1]["trigger_id"]
    assert (await api.call("views.open", trigger_id=trigger, view=modal()))["error"] == "invalid_arguments"


async def test_events_come_late(emulator: SlackEmulator, app: EventsApp) -> None:
    emulator.faults.delay_events(0.2)
    started = time.perf_counter()
    await emulator.callbacks.say(USER, "慢")
    assert time.perf_counter() - started >= 0.2

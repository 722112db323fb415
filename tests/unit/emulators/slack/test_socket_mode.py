"""Socket Mode: tickets, envelopes, acknowledgements, reconnections."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.emulators.slack import ManualClock, SlackEmulator
from tests.unit.emulators.slack.support import USER, ApiClient, EventsApp, SocketApp, modal


async def test_a_ticket_is_good_once(api: ApiClient, emulator: SlackEmulator) -> None:
    async with SocketApp(api) as app:
        assert app.received[0]["type"] == "hello"
        assert app.received[0]["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await api.session.ws_connect(app.url)


async def test_whose_token_opens_connections(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    token = emulator.workspace.app_token
    assert (await api.call("apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await api.call("apps.connections.open", token=token))["error"] == "socket_mode_not_enabled"
    emulator.set_callback("")
    emulator.faults.revoke(token, "invalid_auth")
    assert (await api.call("apps.connections.open", token=token))["error"] == "invalid_auth"


async def test_events_presses_and_commands(api: ApiClient, emulator: SlackEmulator) -> None:
    async with SocketApp(api) as app:
        said = await emulator.callbacks.say(USER, "你好")
        await emulator.callbacks.command(USER, "报价")
        event, command = app.envelopes
        assert (event["type"], event["payload"]["event"]["text"], event["retry_attempt"]) == ("events_api", "你好", 0)
        assert (command["type"], command["payload"]["text"]) == ("slash_commands", "报价")
        assert (event["accepts_response_payload"], command["accepts_response_payload"]) == (False, True)
        assert said.ok
        trigger = command["payload"]["trigger_id"]
        view = (await api.call("views.open", trigger_id=trigger, view=modal()))["view"]
        app.payload = {"response_action": "errors", "errors": {"reason-block": "太短"}}
        outcome = await emulator.callbacks.submit(view["id"], {"reason": "x"})
        assert outcome.errors == {"reason-block": "太短"}
    assert emulator.violations == []


async def test_what_is_not_acknowledged_comes_again(
    api: ApiClient, emulator: SlackEmulator, clock: ManualClock
) -> None:
    emulator.sockets.ack_seconds = 0.1
    async with SocketApp(api) as app:
        app.acknowledging = False
        (delivery,) = (await emulator.callbacks.say(USER, "你好")).deliveries
        await app.wait_for(3)
        app.acknowledging = True
        while len(delivery.attempts) < 2:
            await asyncio.sleep(0.01)
        clock.advance(minutes=1)
        await delivery.finished()
        assert [envelope["retry_attempt"] for envelope in app.envelopes] == [0, 1, 2]
        assert app.envelopes[1]["retry_reason"] == "timeout"
        assert len({envelope["payload"]["event_id"] for envelope in app.envelopes}) == 1
        assert delivery.ok


async def test_lost_acknowledgements_bring_presses_again_too(api: ApiClient, emulator: SlackEmulator) -> None:
    emulator.sockets.ack_seconds = 0.1
    emulator.faults.lose_acks()
    async with SocketApp(api) as app:
        delivery = await emulator.callbacks.command(USER, "报价")
        await delivery.finished()
        assert len(app.envelopes) == 2
        assert delivery.ok


async def test_several_connections_take_turns(api: ApiClient, emulator: SlackEmulator) -> None:
    async with SocketApp(api) as first, SocketApp(api) as second:
        for word in "一二三四":
            await emulator.callbacks.say(USER, word)
        assert [len(app.envelopes) for app in (first, second)] == [2, 2]


async def test_asked_to_leave(api: ApiClient, emulator: SlackEmulator) -> None:
    async with SocketApp(api) as app:
        await emulator.sockets.ask_to_leave("warning")
        await app.wait_for(2)
        assert (await emulator.callbacks.say(USER, "还在")).ok
        await emulator.sockets.ask_to_leave("refresh_requested")
        async with SocketApp(api) as fresh:
            assert (await emulator.callbacks.say(USER, "新的")).ok
            assert [envelope["payload"]["event"]["text"] for envelope in fresh.envelopes] == ["新的"]
    assert [message["reason"] for message in app.received if message["type"] == "disconnect"] == [
        "warning",
        "refresh_requested",
    ]


async def test_a_cut_line_brings_the_event_over_the_next_one(
    api: ApiClient, emulator: SlackEmulator, clock: ManualClock
) -> None:
    async with SocketApp(api) as app:
        app.acknowledging = False
        sending = asyncio.get_running_loop().create_task(emulator.callbacks.say(USER, "你好"))
        await app.wait_for(2)
        emulator.sockets.cut()
        (delivery,) = (await sending).deliveries
        while len(delivery.attempts) < 2:
            await asyncio.sleep(0.01)
    assert [attempt.error for attempt in delivery.attempts] == ["ConnectionError: no acknowledgement", "no connection"]
    async with SocketApp(api) as fresh:
        clock.advance(minutes=1)
        assert (await delivery.finished()).ok
        assert fresh.envelopes[0]["payload"]["event_id"] == delivery.event_id

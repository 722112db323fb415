"""What is new reaches every open window once, also after a cut, also from another process."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import pytest

from adapters.console import stream as stream_module
from adapters.console.translate import address_of
from bot.contracts import Reply
from tests.unit.adapters.console.conftest import talk_track

TO = address_of("u1")


class Window:
    """A browser's EventSource."""

    def __init__(self, client: Any, last_id: str = "") -> None:
        self._client = client
        self._headers = {"Last-Event-ID": last_id} if last_id else {}

    async def __aenter__(self) -> Window:
        self._response = await self._client.get("/chat/stream", headers=self._headers)
        assert self._response.status == 200
        assert (await self.next())["event"] == "hello"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._response.close()

    async def next(self, seconds: float = 3) -> dict[str, Any]:
        """The next event; pings are skipped."""
        fields: dict[str, Any] = {}
        line = ""
        async with asyncio.timeout(seconds):
            while "data" not in fields or line:
                line = (await self._response.content.readline()).decode().rstrip("\r\n")
                name, _, value = line.partition(": ")
                fields[name] = value
        return fields | {"data": json.loads(fields["data"])}


async def test_a_reply_reaches_every_window_of_that_person_only(rep, desk):
    async with Window(rep) as first, Window(rep) as second:
        await desk.say(Reply(address_of("u2"), "别人的"))
        entry = await desk.say(Reply(TO, "您的"))
        for window in (first, second):
            event = await window.next()
            assert (event["event"], event["id"]) == ("entry", entry.id)
            assert "您的" in event["data"]["html"]


async def test_without_a_window_a_reply_is_delivered_all_the_same(rep, desk):
    await desk.say(Reply(TO, "给您留着"))
    (entry,) = (await (await rep.get("/chat/history")).json())["entries"]
    assert "给您留着" in entry["html"]


async def test_a_message_shows_in_the_persons_other_windows(rep, desk):
    desk.quiet = True
    async with Window(rep) as window:
        body = {"id": str(uuid.uuid4()), "text": "在另一个窗口"}
        await rep.post("/chat/messages", json=body)
        event = await window.next()
        assert (event["data"]["id"], event["data"]["direction"]) == (f"console:u1:{body['id']}", "in")


async def test_a_reconnecting_browser_gets_what_it_missed_and_nothing_twice(rep, desk):
    async with Window(rep) as window:
        await desk.say(Reply(TO, "一"))
        last = (await window.next())["id"]
    await desk.say(Reply(TO, "二"))
    await desk.say(Reply(TO, "三"))
    async with Window(rep, last) as window:
        texts = [(await window.next())["data"]["html"] for _ in range(2)]
        assert ["二" in texts[0], "三" in texts[1]] == [True, True]
        await desk.say(Reply(TO, "四"))
        assert "四" in (await window.next())["data"]["html"]


async def test_an_unknown_last_id_brings_the_newest_page(rep, desk):
    await desk.say(Reply(TO, "一"))
    async with Window(rep, "long-gone") as window:
        assert "一" in (await window.next())["data"]["html"]


async def test_a_card_update_names_the_card_it_replaces(rep, desk):
    """A8: press → the card changes in place."""
    await desk.say(Reply(TO, card=talk_track()))
    async with Window(rep) as window:
        await rep.post("/chat/presses", json={"id": str(uuid.uuid4()), "card": "card-1", "action": "unfold"})
        event = await window.next()
        assert event["data"]["replaces"] == "card-1"
        assert event["data"]["html"].startswith('<article class="card" data-card="card-1"')
        assert "<details open>" in event["data"]["html"]


@pytest.fixture
def hurry(monkeypatch):
    """Look into history every tenth of a second. It is a keyword default, so set where it is used."""
    monkeypatch.setitem(stream_module.EventStream.__init__.__kwdefaults__, "look_seconds", 0.1)


async def test_what_another_process_delivered_is_found_in_history(hurry, rep, desk):
    async with Window(rep) as window:
        (payload,) = desk.adapter.render(Reply(TO, "来自另一台机器"))
        desk.store("u1", "out", payload=payload)
        assert "来自另一台机器" in (await window.next())["data"]["html"]


async def test_a_revoked_session_ends_the_stream(hurry, rep, desk):
    async with Window(rep) as window:
        desk.people.clear()
        assert (await window.next())["event"] == "signed_out"


async def test_a_revoked_session_ends_the_stream_also_while_entries_come_without_a_pause(hurry, rep, desk):
    async def chatter() -> None:
        while True:
            await desk.say(Reply(TO, "又一条"))
            await asyncio.sleep(0.02)

    async with Window(rep) as window:
        talking = asyncio.create_task(chatter())
        try:
            assert (await window.next())["event"] == "entry"
            desk.people.clear()
            async with asyncio.timeout(3):
                while (await window.next())["event"] != "signed_out":
                    pass
        finally:
            talking.cancel()


async def test_strangers_get_no_stream(client):
    assert (await client.get("/chat/stream")).status == 401


async def test_closing_ends_all_streams_at_once(rep, desk):
    async with Window(rep) as window:
        await desk.adapter.close()
        async with asyncio.timeout(2):
            assert await window._response.content.read() == b""


async def test_a_history_that_fails_ends_the_stream_and_the_browser_comes_back(hurry, rep, desk, monkeypatch):
    async with Window(rep) as window:
        with monkeypatch.context() as patch:
            patch.setattr(desk, "entries", None)
            async with asyncio.timeout(2):
                assert await window._response.content.read() == b""
    async with Window(rep) as window:
        await desk.say(Reply(TO, "又通了"))
        assert "又通了" in (await window.next())["data"]["html"]

"""The client page: what a person does in it reaches the app, and what the app sends shows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from tests.emulators.slack import SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, USER, ApiClient, EventsApp, actions, button, modal

SCRIPTS = ("client", "dom", "markup", "controls", "blocks", "views", "messages")


async def post(api: ApiClient, path: str, **data: Any) -> Any:
    """One thing that the page does."""
    async with api.session.post(f"{api.emulator.base_url}/client/{path}", json={"user": USER, **data}) as response:
        return await response.json() if response.content_type == "application/json" else response.status


async def test_the_page_needs_nothing_from_elsewhere(api: ApiClient, emulator: SlackEmulator) -> None:
    for path in ("", "/static/client.css", *(f"/static/{script}.js" for script in SCRIPTS)):
        async with api.session.get(f"{emulator.base_url}/client{path}") as response:
            assert response.status == 200
            body = await response.text()
            assert 'src="http' not in body
            assert "url(http" not in body
            assert "innerHTML" not in body
    async with api.session.get(f"{emulator.base_url}/client/workspace") as response:
        workspace = await response.json()
    assert [channel["kind"] for channel in workspace["channels"]] == ["im", "channel", "channel", "channel"]


async def test_words_files_presses_and_commands_reach_the_app(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp
) -> None:
    await post(api, "do/say", channel=CHANNEL, text="大家好")
    await app.wait_for(1)
    form = aiohttp.FormData()
    form.add_field("file", b"#!AMR\n....", filename="录音.amr")
    await api.session.post(f"{emulator.base_url}/client/upload", params={"user": USER}, data=form)
    await app.wait_for(3)
    ts = (await api.say("审批", channel=USER, blocks=[actions(button())]))["ts"]
    await app.wait_for(4)
    await post(api, "do/press", ts=ts, action="approve")
    await app.wait_for(5)
    await post(api, "do/command", command="/xiaoce", text="报价")
    await app.wait_for(6)
    view = await api.call("views.open", trigger_id=app.received[-1]["trigger_id"], view=modal())
    assert (await post(api, "submit", view=view["view"]["id"], values={}))["errors"][""].endswith("required field")
    app.answer = {"response_action": "errors", "errors": {"reason-block": "太短"}}
    submitted = await post(api, "submit", view=view["view"]["id"], values={"reason": "x"})
    assert submitted == {"errors": {"reason-block": "太短"}}
    app.answer = None
    await post(api, "do/home")
    await app.wait_for(8)
    kinds = [body.get("event", {}).get("type") or body.get("type") or body["command"] for body in app.received]
    assert kinds == [
        "message",
        "message",
        "file_shared",
        "message",
        "block_actions",
        "/xiaoce",
        "view_submission",
        "app_home_opened",
    ]
    assert await post(api, "do/say", user="nobody", text="?") == 400
    assert await post(api, "do/dance") == 404
    async with api.session.get(f"{emulator.base_url}/client/history", params={"user": USER}) as response:
        history = await response.json()
    assert [row["name"] for row in history["posts"]] == ["张敏", "小策"]


async def test_changes_come_as_events(api: ApiClient, emulator: SlackEmulator) -> None:
    address = f"{emulator.base_url}/client/events"
    async with api.session.get(address, params={"user": USER}) as response:
        assert await response.content.readline() == b": open\n"
        await api.say("新消息")
        async with asyncio.timeout(5):
            while not (line := await response.content.readline()).startswith(b"data: "):
                pass
    assert json.loads(line[6:])["channel"] == CHANNEL

"""Files: three steps up, a bearer down."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.emulators.slack import SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, USER, ApiClient, EventsApp


async def upload(api: ApiClient, name: str, content: bytes, length: int | None = None) -> tuple[str, int]:
    """Steps one and two: the file's id and the status of the upload."""
    size = str(len(content) if length is None else length)
    place = await api.form("files.getUploadURLExternal", filename=name, length=size)
    async with api.session.post(place["upload_url"], data=content) as response:
        return place["file_id"], response.status


async def test_three_steps(api: ApiClient, emulator: SlackEmulator) -> None:
    file, status = await upload(api, "报价.txt", b"1,234")
    assert status == 200
    assert (await api.get("files.info", file=file))["error"] == "file_not_found"
    done = await api.form(
        "files.completeUploadExternal",
        files=[{"id": file, "title": "报价"}],
        channel_id=CHANNEL,
        initial_comment="请看",
    )
    assert done["files"] == [{"id": file, "title": "报价"}]
    (entry,) = emulator.ledger.delivered_to(CHANNEL)
    assert (entry.text, entry.payload["files"][0]["title"]) == ("请看", "报价")
    again = await api.form("files.completeUploadExternal", files=[{"id": file}], channel_id=CHANNEL)
    assert again["error"] == "file_not_found"
    found = (await api.get("files.info", file=file))["file"]
    assert (found["size"], found["shares"]) == (5, {"public": {CHANNEL: [{"ts": entry.ts}]}})


async def test_forms_and_put_are_taken_too(api: ApiClient) -> None:
    for method in ("POST", "PUT"):
        place = await api.form("files.getUploadURLExternal", filename="a.txt", length="3")
        form = aiohttp.FormData()
        form.add_field("file", b"\x00\r\n", filename="图.txt")
        async with api.session.request(method, place["upload_url"], data=form) as response:
            assert (response.status, await response.text()) == (200, "OK - 3")


async def test_what_goes_wrong(api: ApiClient, emulator: SlackEmulator) -> None:
    assert (await api.call("files.getUploadURLExternal", filename="a", length=3))["error"] == "invalid_arguments"
    assert (await api.form("files.getUploadURLExternal", filename="a", length="0"))["error"] == "invalid_arguments"
    assert (await upload(api, "a.txt", b"abc", length=4))[1] == 400
    never, _ = await upload(api, "a.txt", b"abc", length=4)
    assert (await api.form("files.completeUploadExternal", files=[{"id": never}]))["error"] == "file_not_found"
    file, _ = await upload(api, "a.txt", b"abc")
    for channel, error in (("C0WHERE", "invalid_channel"), (USER, "invalid_channel"), ("C0NOBOT", "not_in_channel")):
        answer = await api.form("files.completeUploadExternal", files=[{"id": file}], channel_id=channel)
        assert answer["error"] == error
    assert emulator.ledger.delivered == []


async def test_a_download_needs_the_bearer(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    await emulator.callbacks.send_file(USER, "图.png", b"\x89PNG....")
    await asyncio.sleep(0)
    url = app.events[0]["files"][0]["url_private"]
    async with api.session.get(url) as response:
        assert (response.status, response.content_type) == (200, "text/html")
    bearer = {"Authorization": f"Bearer {emulator.workspace.bot_token}"}
    async with api.session.get(url, headers=bearer) as response:
        assert (response.content_type, await response.read()) == ("image/png", b"\x89PNG....")
    async with api.session.get(url, params={"t": emulator.workspace.bot_token}) as response:
        assert response.content_type == "text/html"
    assert emulator.violations == [f"bot token in the address of {emulator.requests[-1].path}"]

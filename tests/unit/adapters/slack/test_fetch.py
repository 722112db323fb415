"""Downloads: the bearer, sign-in pages, sizes, names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.slack import SlackAdapter
from adapters.slack.client import SlackClient
from bot.contracts.errors import FetchFailed
from bot.contracts.message import Attachment

PDF = b"%PDF-1.7 ..."


def page() -> web.Response:
    return web.Response(text="<html>sign in</html>", content_type="text/html")


async def test_a_file_is_saved_under_a_name_of_ours(
    adapter: SlackAdapter, platform: Any, tmp_path: Path, tools: Any
) -> None:
    platform.says("files-pri/1", web.Response(body=PDF, content_type="application/octet-stream"))
    attachment = Attachment("file", f"{platform.url}/files-pri/1", name="../../报\x00价.pdf")
    fetched = await adapter.fetch(attachment, tmp_path, 1000)
    assert fetched.path.parent == tmp_path
    assert fetched.path.read_bytes() == PDF
    assert (fetched.name, fetched.media_type, fetched.size) == ("报价.pdf", "application/pdf", len(PDF))
    assert platform.tokens == [f"Bearer {tools.bot_token}"]


async def test_a_sign_in_page_is_no_file(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    """PROTOCOLS: without the right, url_private gives 200 and a page."""
    platform.says("files-pri/1", page())
    with pytest.raises(FetchFailed, match="files:read"):
        await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1", "a.pdf"), tmp_path, 1000)
    assert list(tmp_path.iterdir()) == []


async def test_a_persons_own_page_is_a_file(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    headers = {"Content-Disposition": 'attachment; filename="a.html"'}
    platform.says("files-pri/1", web.Response(text="<p>x</p>", content_type="text/html", headers=headers))
    fetched = await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1", "a.html"), tmp_path, 1000)
    assert fetched.name == "a.html"


@pytest.mark.parametrize("known", [True, False])
async def test_too_large_files_are_not_kept(adapter: SlackAdapter, platform: Any, tmp_path: Path, known: bool) -> None:
    async def stream(request: web.Request, body: Any) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        if known:
            response.content_length = 5000
        else:
            response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"x" * 5000)
        return response

    platform.says("files-pri/1", stream)
    with pytest.raises(FetchFailed, match="超过"):
        await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1", "a"), tmp_path, 1000)
    assert list(tmp_path.iterdir()) == []


async def test_a_claimed_size_saves_the_call(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="超过"):
        await adapter.fetch(Attachment("file", f"{platform.url}/x", size=2000), tmp_path, 1000)
    assert platform.asked == []


@pytest.mark.parametrize(
    "reference",
    ["https://evil.example/x", "http://files.slack.com/x", "https://slack.com.evil.example/x", "https://a@slack.com/x"],
)
async def test_the_token_is_shown_to_slack_only(
    adapter: SlackAdapter, platform: Any, tmp_path: Path, reference: str
) -> None:
    with pytest.raises(FetchFailed, match="不属于 Slack"):
        await adapter.fetch(Attachment("file", reference), tmp_path, 1000)


async def test_a_redirect_elsewhere_is_not_followed(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    platform.says("files-pri/1", web.Response(status=302, headers={"Location": "https://evil.example/x"}))
    with pytest.raises(FetchFailed, match="不属于 Slack"):
        await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1"), tmp_path, 1000)


async def test_a_redirect_within_slack_is_followed(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    platform.says("files-pri/1", web.Response(status=302, headers={"Location": "/files-pri/2"}))
    platform.says("files-pri/2", web.Response(body=PDF, content_type="application/pdf"))
    assert (await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1"), tmp_path, 1000)).size == len(PDF)


async def test_redirects_end(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    platform.says("files-pri/1", web.Response(status=302, headers={"Location": "/files-pri/1"}))
    with pytest.raises(FetchFailed):
        await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1"), tmp_path, 1000)


async def test_a_file_without_address_is_asked_for(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    address = f"{platform.url}/files-pri/1"
    platform.says("files.info", {"ok": True, "file": {"url_private": address}})
    platform.says("files-pri/1", web.Response(body=PDF, content_type="application/pdf"))
    assert (await adapter.fetch(Attachment("file", "F1"), tmp_path, 1000)).size == len(PDF)


async def test_busy_slack_is_asked_again(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    busy = web.Response(status=503)
    platform.says("files-pri/1", busy, web.Response(body=PDF, content_type="application/pdf"))
    assert (await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1"), tmp_path, 1000)).size == len(PDF)


async def test_a_full_disk_is_said_in_a_sentence(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    platform.says("files-pri/1", web.Response(body=PDF, content_type="application/pdf"))
    with pytest.raises(FetchFailed, match=r"存不下.*No such file"):
        await adapter.fetch(Attachment("file", f"{platform.url}/files-pri/1"), tmp_path / "gone", 1000)


@pytest.mark.parametrize("reference", ["", "external:F1"])
async def test_what_slack_does_not_hold(adapter: SlackAdapter, tmp_path: Path, reference: str) -> None:
    with pytest.raises(FetchFailed):
        await adapter.fetch(Attachment("file", reference), tmp_path, 1000)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://files.slack.com/x", True),
        ("https://slack.com/x", True),
        ("https://notslack.com/x", False),
        ("x", False),
    ],
)
def test_whose_address_it_is(tools: Any, url: str, ours: bool) -> None:
    assert SlackClient(tools.settings_for("https://slack.com")).is_slack(url) is ours

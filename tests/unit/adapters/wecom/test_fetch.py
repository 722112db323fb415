"""Downloads: limited, renamed, looked at, and never half a file left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.wecom import WecomAdapter
from bot.contracts.errors import FetchFailed
from bot.contracts.message import Attachment

VOICE = Attachment("voice", "media-1", name="录音.amr")
AMR = b"#!AMR\n" + b"\x3c" * 1000


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def gives(body: bytes, **headers: str) -> Any:
    async def answer(request: web.Request, _: Any) -> web.StreamResponse:
        assert request.query["media_id"] == "media-1"
        return web.Response(body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


async def test_fetched(adapter: WecomAdapter, platform: Any, tmp_path: Path) -> None:
    platform.answer = gives(AMR, Content_Disposition='attachment; filename="../拜访.amr"', Content_Type="audio/amr")
    found = await adapter.fetch(VOICE, tmp_path, 2000)
    assert (found.name, found.media_type, found.size) == ("拜访.amr", "audio/amr", len(AMR))
    assert found.path.parent == tmp_path
    assert found.path.read_bytes() == AMR


async def test_name_of_the_message_when_the_platform_says_none(
    adapter: WecomAdapter, platform: Any, tmp_path: Path
) -> None:
    platform.answer = gives(AMR, Content_Type="application/octet-stream")
    assert (await adapter.fetch(VOICE, tmp_path, 2000)).name == "录音.amr"


async def test_a_persons_own_json_is_a_file(adapter: WecomAdapter, platform: Any, tmp_path: Path) -> None:
    platform.answer = gives(
        b'{"errcode": 40007}', Content_Type="application/json", Content_Disposition="attachment; filename=a.json"
    )
    assert (await adapter.fetch(VOICE, tmp_path, 2000)).media_type == "text/plain"


async def test_gone_after_three_days(adapter: WecomAdapter, platform: Any, tmp_path: Path) -> None:
    platform.says({"errcode": 40007, "errmsg": "invalid media_id"})
    with pytest.raises(FetchFailed, match="三天"):
        await adapter.fetch(VOICE, tmp_path, 2000)


@pytest.mark.parametrize("known", [True, False])
async def test_too_large(adapter: WecomAdapter, platform: Any, tmp_path: Path, known: bool) -> None:
    async def answer(request: web.Request, _: Any) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/amr"})
        if known:
            response.content_length = len(AMR)
        await response.prepare(request)
        await response.write(AMR)
        return response

    platform.answer = answer
    with pytest.raises(FetchFailed, match="超过"):
        await adapter.fetch(VOICE, tmp_path, 500)
    assert left_in(tmp_path) == []


async def test_stale_token_and_busy_are_overcome(adapter: WecomAdapter, platform: Any, tmp_path: Path) -> None:
    turns = [{"errcode": 42001, "errmsg": "expired"}, {"errcode": -1, "errmsg": "busy"}]

    async def answer(request: web.Request, _: Any) -> web.StreamResponse:
        if turns:
            return web.json_response(turns.pop(0))
        return web.Response(body=AMR, headers={"Content-Type": "audio/amr"})

    platform.answer = answer
    assert (await adapter.fetch(VOICE, tmp_path, 2000)).size == len(AMR)
    assert platform.tokens == 2


async def test_a_cut_download_is_tried_three_times_and_leaves_nothing(
    adapter: WecomAdapter, platform: Any, tmp_path: Path
) -> None:
    async def answer(request: web.Request, _: Any) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/amr", "Content-Length": "5000"})
        await response.prepare(request)
        await response.write(AMR)
        assert request.transport is not None
        request.transport.close()
        return response

    platform.answer = answer
    with pytest.raises(FetchFailed) as caught:
        await adapter.fetch(VOICE, tmp_path, 9000)
    assert len(platform.asked) == 3
    assert "TOKEN-1" not in str(caught.value)
    assert left_in(tmp_path) == []


async def test_nothing_to_fetch(adapter: WecomAdapter, platform: Any, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed):
        await adapter.fetch(Attachment("file", ""), tmp_path, 10)
    platform.answer = gives(b"", Content_Type="audio/amr")
    with pytest.raises(FetchFailed):
        await adapter.fetch(VOICE, tmp_path, 10)


async def test_a_full_disk_is_said_in_a_sentence(adapter: WecomAdapter, platform: Any, tmp_path: Path) -> None:
    """D4: who sent the file learns that it wasn't kept, and why."""
    platform.answer = gives(AMR, Content_Type="audio/amr")
    with pytest.raises(FetchFailed, match=r"存不下.*No such file"):
        await adapter.fetch(VOICE, tmp_path / "gone", 2000)

"""PROTOCOLS, WeCom media: sizes, formats, three days; names in plain UTF-8 only."""

from __future__ import annotations

import aiohttp
import pytest

from tests.emulators.wecom import ManualClock, WecomEmulator
from tests.emulators.wecom.media import MEGABYTE, amr_seconds
from tests.unit.emulators.wecom.support import ApiClient

JPG, PNG, MP4, AMR = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypmp42", b"#!AMR\n"
AMR_FRAME = b"\x3c" + b"\0" * 31  # 12.2 kbit/s, 20 ms


def padded(head: bytes, size: int) -> bytes:
    return head + b"\0" * (size - len(head))


CASES = [
    ("image", padded(JPG, 10 * MEGABYTE), 0),
    ("image", padded(PNG, 100), 0),
    ("image", padded(JPG, 10 * MEGABYTE + 1), 40009),
    ("image", b"GIF89a......", 40004),
    ("voice", AMR + AMR_FRAME * 3000, 0),
    ("voice", AMR + AMR_FRAME * 3001, 45007),
    ("voice", padded(AMR, 2 * MEGABYTE + 1), 40010),
    ("voice", b"ID3 not an amr", 301017),
    ("voice", b"#!AMR-WB\n" + AMR_FRAME, 301017),
    ("video", padded(MP4, 10 * MEGABYTE), 0),
    ("video", padded(MP4, 10 * MEGABYTE + 1), 40011),
    ("video", b"RIFF....AVI ", 40004),
    ("file", b"123456", 0),
    ("file", b"12345", 40006),
    ("file", b"", 44001),
    ("file", b"a" * (20 * MEGABYTE + 1), 40006),
    ("song", b"123456", 40005),
]


@pytest.mark.parametrize(
    ("kind", "content", "errcode"), CASES, ids=[f"{kind}-{len(content)}" for kind, content, _ in CASES]
)
async def test_uploads(api: ApiClient, kind: str, content: bytes, errcode: int) -> None:
    answer = await api.upload(kind, content)
    assert answer["errcode"] == errcode
    assert ("media_id" in answer) == (errcode == 0)


def test_the_length_of_a_voice() -> None:
    assert amr_seconds(AMR + AMR_FRAME * 50) == pytest.approx(1.0)


async def test_what_was_uploaded_comes_back_byte_for_byte(api: ApiClient, emulator: WecomEmulator) -> None:
    content = bytes(range(256)) * 40 + b"\r\n--\r\n\r\n"
    answer = await api.upload("file", content, "报价单.xlsx")
    assert emulator.media.get(answer["media_id"]).filename == "报价单.xlsx"
    params = {"access_token": (await api.token())["access_token"], "media_id": answer["media_id"]}
    async with api.session.get(f"{emulator.base_url}/cgi-bin/media/get", params=params) as response:
        assert await response.read() == content
        assert "attachment" in response.headers["Content-Disposition"]


async def test_three_days_then_gone(api: ApiClient, clock: ManualClock) -> None:
    media_id = (await api.upload("file", b"content"))["media_id"]
    clock.advance(days=2, hours=23)
    await api.token()
    assert (await api.send("file", {"media_id": media_id}))["errcode"] == 0
    clock.advance(hours=1)
    await api.token()
    assert (await api.send("file", {"media_id": media_id}))["errcode"] == 40007
    assert (await api.get("media/get", media_id=media_id))["errcode"] == 40007


async def test_a_picture_is_not_a_voice(api: ApiClient) -> None:
    media_id = (await api.upload("image", PNG))["media_id"]
    assert (await api.send("voice", {"media_id": media_id}))["errcode"] == 40007
    assert (await api.send("image", {"media_id": media_id}))["errcode"] == 0


async def test_encoded_file_names_are_shown_as_they_are(api: ApiClient, emulator: WecomEmulator) -> None:
    form = aiohttp.FormData()  # percent-encodes names by default
    form.add_field("media", b"content", filename="报价.pdf")
    params = {"access_token": (await api.token())["access_token"], "type": "file"}
    async with api.session.post(f"{emulator.base_url}/cgi-bin/media/upload", params=params, data=form) as response:
        assert (await response.json())["errcode"] == 0
    assert "%E6%8A%A5" in emulator.warnings[0]


async def test_a_part_without_a_plain_filename_is_empty(api: ApiClient, emulator: WecomEmulator) -> None:
    body = b"--X\r\nContent-Disposition: form-data; name=\"media\"; filename*=utf-8''a.pdf\r\n\r\ncontent\r\n--X--\r\n"
    params = {"access_token": (await api.token())["access_token"], "type": "file"}
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    url = f"{emulator.base_url}/cgi-bin/media/upload"
    async with api.session.post(url, params=params, data=body, headers=headers) as response:
        assert (await response.json())["errcode"] == 44001

"""Files from strangers' devices: streamed, limited, renamed, recognised."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import uuid

import pytest

from adapters.common.files import NAME_BYTES, safe_name
from adapters.console import ConsoleAdapter, ConsolePorts
from adapters.console.names import sniff
from bot.contracts import Attachment
from bot.contracts.errors import FetchFailed
from config.settings import Web
from tests.unit.adapters.console.conftest import signed_in

M4A = b"\0\0\0\x20ftypM4A " + b"\0" * 100


async def upload(client, data, name="录音.m4a", **options):
    return await client.post("/chat/uploads", params={"name": name}, data=data, **options)


async def sent(client, desk, data=M4A, name="录音.m4a") -> Attachment:
    """Upload, send, and take the attachment from the message that came in."""
    one = await (await upload(client, data, name)).json()
    body = {"id": str(uuid.uuid4()), "text": "", "uploads": [one["id"]]}
    assert (await client.post("/chat/messages", json=body)).status == 202
    (attachment,) = desk.received[-1].attachments
    return attachment


async def test_an_upload_is_sent_with_a_message_and_fetched(rep, desk, tmp_path):
    attachment = await sent(rep, desk)
    assert desk.received[0].kind == "attachment"
    assert (attachment.kind, attachment.name, attachment.media_type, attachment.size) == (
        "voice",
        "录音.m4a",
        "audio/mp4",
        len(M4A),
    )
    for _ in range(2):  # a step that is repeated after a crash finds it again
        fetched = await desk.adapter.fetch(attachment, tmp_path / "in", 10_000)
        assert (fetched.path.parent, fetched.path.suffix) == (tmp_path / "in", ".m4a")
        assert (fetched.name, fetched.media_type, fetched.size) == ("录音.m4a", "audio/mp4", len(M4A))
        assert fetched.path.read_bytes() == M4A


async def test_too_large_is_refused_before_it_is_read(rep, settings):
    limit = settings.web.upload_limit_mb * 1024**2
    response = await upload(rep, io.BytesIO(b"x" * (limit + 1)))
    assert response.status == 413
    assert (await response.json())["error"] == "文件超过 1 MB。请压缩或截取后再上传。"
    assert not (settings.data / "uploads").exists()
    assert (await upload(rep, io.BytesIO(b"x" * limit))).status == 201


async def test_too_large_without_a_length_stops_at_the_limit_and_leaves_nothing(rep, settings):
    async def endless():
        for _ in range(40):
            yield b"x" * 65536

    response = await upload(rep, endless())
    assert response.status == 413
    assert list((settings.data / "uploads").iterdir()) == []


async def test_an_empty_file_gets_a_friendly_refusal(rep, settings):
    response = await upload(rep, b"")
    assert response.status == 400
    assert "空的" in (await response.json())["error"]
    assert list((settings.data / "uploads").iterdir()) == []


async def test_a_program_whose_bytes_come_one_by_one_is_refused_all_the_same(rep, settings):
    async def slowly():
        yield b"M"
        await asyncio.sleep(0.2)
        yield b"Z\x90\0"

    assert (await upload(rep, slowly(), "报价.pdf")).status == 415
    assert list((settings.data / "uploads").iterdir()) == []


async def test_a_cut_upload_leaves_nothing(rep, settings):
    async def cut():
        yield b"x" * 65536
        await asyncio.sleep(30)

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await upload(rep, cut())
    for _ in range(40):
        if not list((settings.data / "uploads").iterdir()):
            break
        await asyncio.sleep(0.05)
    assert list((settings.data / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "", "a\0b", "con", "x" * 500])
async def test_the_clients_name_is_never_a_path(rep, desk, settings, tmp_path, name):
    attachment = await sent(rep, desk, b"hello", name)
    fetched = await desk.adapter.fetch(attachment, tmp_path / "in", 100)
    assert fetched.path.parent == tmp_path / "in"
    assert uuid.UUID(fetched.path.stem)


async def test_nobody_sends_somebody_elses_upload(rep, desk):
    one = await (await upload(rep, M4A)).json()
    manager = await signed_in(rep, "token-manager")
    response = await manager.post("/chat/messages", json={"id": str(uuid.uuid4()), "text": "", "uploads": [one["id"]]})
    assert response.status == 400
    assert "no longer there" in (await response.json())["error"]
    assert desk.received == []


@pytest.mark.parametrize("reference", ["../console.key", "be842e85-5e14-4085-9460-81bd76f60487", ""])
async def test_what_is_no_upload_cannot_be_fetched(rep, desk, tmp_path, reference):
    with pytest.raises(FetchFailed):
        await desk.adapter.fetch(Attachment("file", reference), tmp_path, 100)


async def test_fetching_respects_the_callers_limit(rep, desk, tmp_path):
    attachment = await sent(rep, desk)
    with pytest.raises(FetchFailed, match="文件超过"):
        await desk.adapter.fetch(attachment, tmp_path, 10)


async def test_uploads_that_were_never_sent_go_after_three_days(rep, desk, settings, clock):
    await upload(rep, M4A)
    files = list((settings.data / "uploads").iterdir())
    for path in files:
        os.utime(path, (clock.now().timestamp(), clock.now().timestamp()))
    for hours, left in ((71, 2), (2, 0)):
        clock.forward(hours=hours)
        task = asyncio.create_task(desk.adapter.run())
        await asyncio.sleep(0.1)
        task.cancel()
        assert len(list((settings.data / "uploads").iterdir())) == left


async def test_check_names_the_fault_and_its_remedy(desk, clock, settings):
    assert await desk.adapter.check(clock.now()) == []
    public = settings.model_copy(update={"web": Web(public_url="http://sales.example.com")})
    adapter = ConsoleAdapter(public, clock, ConsolePorts(desk, desk), [])
    (fault,) = await adapter.check(clock.now())
    assert "http://sales.example.com" in fault
    assert "web.public_url" in fault


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("报价单.xlsx", "报价单.xlsx"),
        ("../../a.txt", "a.txt"),
        ("C:\\Users\\x\\b.csv", "b.csv"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("a\x00\r\nb\u200b.txt", "ab.txt"),
        ("...", "file"),
        ("  .hidden  ", "hidden"),
        ("\ud800x.txt", "x.txt"),
    ],
)
def test_names_are_cleaned(name, expected):
    assert safe_name(name) == expected


def test_a_long_name_is_cut_between_characters_and_keeps_its_suffix():
    name = safe_name("长" * 200 + ".m4a")
    assert len(name.encode()) <= NAME_BYTES
    assert name.endswith("长.m4a")


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.txt", "image/png"),
        (b"#!AMR\n", "a", "audio/amr"),
        (b"\x02#!SILK_V3", "a", "audio/silk"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a", "audio/wav"),
        (b"\0\0\0\x18ftypisom", "a.mp4", "video/mp4"),
        (b"PK\x03\x04", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04", "a.exe", "application/zip"),
        ("客户,金额".encode(), "a.csv", "text/csv"),
        ("客户,金额".encode("gb18030"), "a.csv", "text/csv"),
        (("客户" * 3000).encode()[:4096], "a.txt", "text/plain"),
        (b"MZ\0\0", "a.png", "application/octet-stream"),
    ],
)
def test_contents_are_recognised_by_their_bytes(head, name, expected):
    assert sniff(head, name) == expected

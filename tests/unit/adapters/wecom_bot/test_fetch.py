"""Attachments: downloaded, decrypted, limited, renamed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.contracts.errors import FetchFailed
from bot.contracts.message import Attachment

OWN = bytes(range(32))


def sealed(content: bytes, key: bytes) -> bytes:
    count = 32 - len(content) % 32
    closer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return closer.update(content + bytes([count]) * count) + closer.finalize()


def attachment(wecom: Any, key: bytes | None, name: str = "x") -> Attachment:
    shown = base64.b64encode(key).decode() if key else ""
    return Attachment("file", json.dumps({"url": f"{wecom.url}/file/{name}", "key": shown}))


@pytest.mark.parametrize("size", [0, 1, 31, 32, 65_536, 200_001])
async def test_a_file_of_the_connection_has_its_own_key(make: Any, wecom: Any, tmp_path: Path, size: int) -> None:
    content = (b"%PDF-" + bytes(size))[: max(size, 5)]
    wecom.files["x"] = (sealed(content, OWN), {"Content-Disposition": "attachment; filename*=UTF-8''%E6%8A%A5.pdf"})
    adapter = make("websocket")
    fetched = await adapter.fetch(attachment(wecom, OWN), tmp_path, 300_000)
    assert (fetched.path.read_bytes(), fetched.size, fetched.name) == (content, len(content), "报.pdf")
    assert fetched.media_type == "application/pdf"
    assert list(tmp_path.iterdir()) == [fetched.path]
    await adapter.close()


async def test_a_file_of_a_callback_has_the_urls_key(make: Any, wecom: Any, tmp_path: Path, tools: Any) -> None:
    wecom.files["x"] = (sealed(b"hello", base64.b64decode(tools.aes_key + "=")), {})
    adapter = make("callback")
    fetched = await adapter.fetch(attachment(wecom, None), tmp_path, 1000)
    assert fetched.path.read_bytes() == b"hello"
    await adapter.close()


@pytest.mark.parametrize(
    ("stored", "key", "limit"),
    [
        (sealed(b"x" * 5000, OWN), OWN, 1000),
        (sealed(b"x" * 1010, OWN), OWN, 1000),
        (sealed(b"hello", OWN), bytes(32), 1000),
        (b"not sealed at all", OWN, 1000),
        (b"", OWN, 1000),
    ],
)
async def test_what_is_too_large_or_broken_leaves_nothing(
    make: Any, wecom: Any, tmp_path: Path, stored: bytes, key: bytes, limit: int
) -> None:
    wecom.files["x"] = (stored, {})
    adapter = make("websocket")
    with pytest.raises(FetchFailed):
        await adapter.fetch(attachment(wecom, key), tmp_path, limit)
    assert list(tmp_path.iterdir()) == []
    await adapter.close()


@pytest.mark.parametrize("reference", ["", "{}", "[]", '{"url": "file:///etc/passwd", "key": ""}', '{"url": 1}'])
async def test_odd_references(make: Any, tmp_path: Path, reference: str) -> None:
    adapter = make("callback")
    with pytest.raises(FetchFailed):
        await adapter.fetch(Attachment("file", reference), tmp_path, 1000)
    await adapter.close()

"""Downloading what a person sent: encrypted files at addresses that are good for minutes, so they are got at once."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from pathlib import Path

import aiohttp

from adapters.common import incoming
from adapters.common.files import disposition_name
from adapters.wecom_bot.errors import scrub
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed, TemporaryFailure
from bot.contracts.message import Attachment
from config.locales import t

CHUNK = 64 * 1024
PADDING = 32  # PKCS7 to blocks of 32 bytes, as in callbacks
TRANSFER = aiohttp.ClientTimeout(total=300, connect=5, sock_read=30)


async def fetch(
    session: aiohttp.ClientSession, attachment: Attachment, folder: Path, limit: int, own_key: str
) -> Fetched:
    """Download and decrypt into `folder`; nothing stays there when it fails. `own_key` is the callback URL's.

    Over the connection every file has a key of its own. Raises FetchFailed.
    """
    url, key = _reference(attachment, own_key)

    async def download(path: Path) -> str:
        sealed = path.with_suffix(".sealed")
        try:
            name = await _download(session, url, sealed, limit)
            if await asyncio.to_thread(_decrypt, sealed, path, key) > limit:
                raise incoming.too_large(limit)
            return name
        finally:
            await asyncio.to_thread(sealed.unlink, missing_ok=True)

    return await incoming.fetched(folder, attachment.name, download)


def _reference(attachment: Attachment, own_key: str) -> tuple[str, bytes]:
    try:
        reference = json.loads(attachment.reference)
        url, key = str(reference["url"]), str(reference["key"] or own_key)
        decoded = base64.b64decode(key + "=" * (-len(key) % 4))
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise incoming.nothing() from None
    if not url.startswith(("https://", "http://")) or len(decoded) != 32:
        raise incoming.nothing()
    return url, decoded


async def _download(session: aiohttp.ClientSession, url: str, path: Path, limit: int) -> str:
    """The name that the sender's device gave it; "" when none. Raises TemporaryFailure, FetchFailed."""
    try:
        async with session.get(url, timeout=TRANSFER, allow_redirects=False) as response:
            if response.status >= 500 or response.status == 429:
                raise TemporaryFailure(f"HTTP {response.status}")
            if response.status != 200:
                raise incoming.failed(f"HTTP {response.status}")
            await incoming.save(response, path, limit, wrapping=PADDING)
            return disposition_name(response.headers.get("Content-Disposition", ""))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TemporaryFailure(scrub(f"{type(error).__name__} {error}".strip())) from None


def _decrypt(sealed: Path, path: Path, key: bytes) -> int:
    """AES-256-CBC, the IV being the key's first half. The size; raises FetchFailed when it can't be opened."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    length = sealed.stat().st_size
    if not length or length % 16:
        raise FetchFailed(t("wecom_bot.fetch.broken"))
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    with sealed.open("rb") as source, path.open("wb") as file:
        while chunk := source.read(CHUNK):
            file.write(opener.update(chunk))
        file.write(opener.finalize())
    with path.open("rb+") as file:
        file.seek(-min(length, PADDING), 2)
        tail = file.read()
        count = tail[-1]
        if not 1 <= count <= len(tail) or tail[-count:] != bytes([count]) * count:
            raise FetchFailed(t("wecom_bot.fetch.broken"))
        file.truncate(length - count)
    return length - count

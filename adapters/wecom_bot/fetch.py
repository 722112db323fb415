"""Downloading what a person sent: encrypted files at addresses that are good for minutes, so they are got at once."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import uuid
from pathlib import Path

import aiohttp

from adapters.common.files import disposition_name, media_type, safe_name
from adapters.wecom_bot.errors import scrub
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed
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
    sealed, path = folder / f"{uuid.uuid4().hex}.sealed", folder / uuid.uuid4().hex
    try:
        claimed = await _download(session, url, sealed, limit + PADDING)
        size = await asyncio.to_thread(_decrypt, sealed, path, key)
        if size > limit:
            raise FetchFailed(_too_large(limit))
        found = await asyncio.to_thread(media_type, path)
    except BaseException as error:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, (aiohttp.ClientError, TimeoutError)):
            why = error.strerror or type(error).__name__
            raise FetchFailed(t("wecom_bot.fetch.not_kept", why=why)) from error
        raise
    finally:
        await asyncio.to_thread(sealed.unlink, missing_ok=True)
    return Fetched(path=path, name=safe_name(claimed or attachment.name), media_type=found, size=size)


def _reference(attachment: Attachment, own_key: str) -> tuple[str, bytes]:
    try:
        reference = json.loads(attachment.reference)
        url, key = str(reference["url"]), str(reference["key"] or own_key)
        decoded = base64.b64decode(key + "=" * (-len(key) % 4))
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise FetchFailed(t("wecom_bot.fetch.nothing")) from None
    if not url.startswith(("https://", "http://")) or len(decoded) != 32:
        raise FetchFailed(t("wecom_bot.fetch.nothing"))
    return url, decoded


async def _download(session: aiohttp.ClientSession, url: str, path: Path, limit: int) -> str:
    """The name that the sender's device gave it; "" when none."""
    try:
        async with session.get(url, timeout=TRANSFER, allow_redirects=False) as response:
            if response.status != 200:
                raise FetchFailed(t("wecom_bot.fetch.failed", why=f"HTTP {response.status}"))
            if (response.content_length or 0) > limit:
                raise FetchFailed(_too_large(limit - PADDING))
            await _write(response, path, limit)
            return disposition_name(response.headers.get("Content-Disposition", ""))
    except (aiohttp.ClientError, TimeoutError) as error:
        why = scrub(f"{type(error).__name__} {error}".strip())
        raise FetchFailed(t("wecom_bot.fetch.failed", why=why)) from None


async def _write(response: aiohttp.ClientResponse, path: Path, limit: int) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    try:
        total = 0
        async for chunk in response.content.iter_chunked(CHUNK):
            total += len(chunk)
            if total > limit:
                raise FetchFailed(_too_large(limit - PADDING))
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)


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


def _too_large(limit: int) -> str:
    return t("wecom_bot.fetch.too_large", limit=f"{limit / 1_048_576:.3g} MB")

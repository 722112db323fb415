"""Downloading what a person sent, within a limit, under a name of ours."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import aiohttp

from adapters.common.files import disposition_name, media_type, safe_name
from adapters.wecom.client import WecomClient
from adapters.wecom.errors import Refused
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed, PermanentFailure, TemporaryFailure
from bot.contracts.message import Attachment
from config.locales import t

CHUNK = 64 * 1024
WAITS = (1.0, 4.0)  # seconds before the second and third try when WeCom is busy or the line breaks
GONE = 40007  # media_id unknown, or older than three days


async def fetch(client: WecomClient, attachment: Attachment, folder: Path, limit: int) -> Fetched:
    """Download into `folder`; nothing stays there when it fails. Raises FetchFailed."""
    if not attachment.reference:
        raise FetchFailed(t("wecom.fetch.nothing"))
    path = folder / uuid.uuid4().hex
    try:
        claimed = await _with_patience(client, attachment.reference, path, limit)
        found = await asyncio.to_thread(media_type, path)
        size = (await asyncio.to_thread(path.stat)).st_size
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    return Fetched(path=path, name=safe_name(claimed or attachment.name), media_type=found, size=size)


async def _with_patience(client: WecomClient, media_id: str, path: Path, limit: int) -> str:
    for wait in (*WAITS, None):
        try:
            return await _once(client, media_id, path, limit)
        except TemporaryFailure as error:
            if wait is None:
                raise FetchFailed(t("wecom.fetch.failed", why=str(error))) from None
            await asyncio.sleep(wait)
        except Refused as error:
            key = "wecom.fetch.gone" if error.errcode == GONE else "wecom.fetch.failed"
            raise FetchFailed(t(key, why=str(error))) from None
        except PermanentFailure as error:
            raise FetchFailed(t("wecom.fetch.failed", why=str(error))) from None
        except OSError as error:  # ours: the client has translated those of the network
            raise FetchFailed(t("wecom.fetch.not_kept", why=error.strerror or type(error).__name__)) from error
    raise AssertionError("the last wait is None")  # for the type checker


async def _once(client: WecomClient, media_id: str, path: Path, limit: int) -> str:
    async def save(response: aiohttp.ClientResponse) -> str:
        if (response.content_length or 0) > limit:
            raise FetchFailed(_too_large(limit))
        await _write(response, path, limit)
        return disposition_name(response.headers.get("Content-Disposition", ""))

    return await client.download(media_id, save)


async def _write(response: aiohttp.ClientResponse, path: Path, limit: int) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    try:
        total = 0
        async for chunk in response.content.iter_chunked(CHUNK):
            total += len(chunk)
            if total > limit:
                raise FetchFailed(_too_large(limit))
            await asyncio.to_thread(file.write, chunk)
        if not total:
            raise FetchFailed(t("wecom.fetch.nothing"))
    finally:
        await asyncio.to_thread(file.close)


def _too_large(limit: int) -> str:
    return t("wecom.fetch.too_large", limit=f"{limit / 1_048_576:.3g} MB")

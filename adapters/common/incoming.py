"""Files that a person sent: downloaded with patience, within a limit, under a name of ours."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import aiohttp

from adapters.common.files import media_type, safe_name
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed, PermanentFailure, TemporaryFailure
from config.locales import t

CHUNK = 64 * 1024
WAITS = (1.0, 4.0)  # seconds before the second and third try when the platform is busy or the line breaks
MEGABYTE = 1024 * 1024

T = TypeVar("T")

# Writes the file to a path and tells what the platform calls it, "" when it doesn't say.
Download = Callable[[Path], Awaitable[str]]


async def fetched(folder: Path, name: str, download: Download) -> Fetched:
    """What `download` wrote into `folder`, looked at; nothing stays there when it fails. Raises FetchFailed.

    `name` is taken where the platform gives none.
    """
    path = folder / uuid.uuid4().hex
    try:
        claimed = await with_patience(lambda: download(path))
        found = await asyncio.to_thread(media_type, path)
        size = (await asyncio.to_thread(path.stat)).st_size
    except BaseException as error:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        if isinstance(error, OSError):  # ours: the clients have translated those of the network
            why = error.strerror or type(error).__name__
            raise FetchFailed(t("adapters.fetch.not_kept", why=why)) from error
        raise
    return Fetched(path=path, name=safe_name(claimed or name), media_type=found, size=size)


async def with_patience(once: Callable[[], Awaitable[T]]) -> T:
    """What `once` gives, tried three times. Raises FetchFailed for failures of the platform."""
    for wait in (*WAITS, None):
        try:
            return await once()
        except TemporaryFailure as error:
            if wait is None:
                raise failed(str(error)) from None
            await asyncio.sleep(wait)
        except PermanentFailure as error:
            raise failed(str(error)) from None
    raise AssertionError("the last wait is None")  # for the type checker


async def save(response: aiohttp.ClientResponse, path: Path, limit: int, wrapping: int = 0) -> None:
    """Write the body, at most `limit` bytes and `wrapping` around them. Raises FetchFailed; OSError when it can't."""
    if (response.content_length or 0) > limit + wrapping:
        raise too_large(limit)
    file = await asyncio.to_thread(path.open, "wb")
    try:
        total = 0
        async for chunk in response.content.iter_chunked(CHUNK):
            total += len(chunk)
            if total > limit + wrapping:
                raise too_large(limit)
            await asyncio.to_thread(file.write, chunk)
        if not total:
            raise nothing()
    finally:
        await asyncio.to_thread(file.close)


def nothing() -> FetchFailed:
    """There is no file."""
    return FetchFailed(t("adapters.fetch.nothing"))


def failed(why: str) -> FetchFailed:
    """The platform didn't hand it out."""
    return FetchFailed(t("adapters.fetch.failed", why=why))


def too_large(limit: int) -> FetchFailed:
    """It has more than `limit` bytes."""
    return FetchFailed(t("adapters.fetch.too_large", limit=f"{limit / MEGABYTE:.3g} MB"))

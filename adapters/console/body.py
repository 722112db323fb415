"""Bodies of requests, read in time: whoever sends a byte now and then must not hold a connection for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from multidict import MultiDictProxy

from adapters.common.body import read_whole

FORM_SECONDS = 20.0  # for the whole of a form or a call
GRACE_SECONDS = 30.0  # of an upload: silence that is forgiven
SLOWEST = 8 * 1024  # bytes a second of an upload, on average, after that

FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


async def form(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """The fields. Raises HTTPRequestTimeout when they don't come in time."""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            return await request.post()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


async def whole(request: web.Request, limit: int) -> bytes:
    """All bytes, but never more than one over `limit`. Raises HTTPRequestTimeout."""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            return await read_whole(request.content, limit + 1)
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


async def stream(request: web.Request, size: int, *, grace: float = GRACE_SECONDS) -> AsyncIterator[bytes]:
    """Pieces of at most `size` bytes as they come. Raises HTTPRequestTimeout when they come too slowly."""
    loop = asyncio.get_running_loop()
    begun, received = loop.time(), 0
    while True:
        try:
            async with asyncio.timeout_at(begun + grace + received / SLOWEST):
                chunk = await request.content.read(size)
        except TimeoutError as error:
            raise web.HTTPRequestTimeout from error
        if not chunk:
            return
        received += len(chunk)
        yield chunk

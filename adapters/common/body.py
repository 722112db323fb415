"""Bodies of HTTP messages, never more of them than one wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

CALLBACK_LIMIT = 1024 * 1024  # bytes; callbacks name files, they never hold any, and have a few KB


async def read_whole(content: aiohttp.StreamReader, limit: int) -> bytes:
    """All bytes, but at most `limit`. One `read` would give no more than what has arrived by then."""
    body = bytearray()
    while len(body) < limit and (piece := await content.read(limit - len(body))):
        body += piece
    return bytes(body)


async def of_callback(request: web.Request) -> bytes | None:
    """What was posted to a callback URL; None when it is too large, found out before it is read whole."""
    if (request.content_length or 0) > CALLBACK_LIMIT:
        return None
    body = await read_whole(request.content, CALLBACK_LIMIT + 1)
    return body if len(body) <= CALLBACK_LIMIT else None

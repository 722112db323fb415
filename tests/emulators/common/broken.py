"""Answers that break off."""

from __future__ import annotations

import asyncio

from aiohttp import web


async def cut(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Send half of the answer and hang up."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
    broken = web.StreamResponse(headers={"Content-Type": answer.content_type, "Content-Length": str(len(body))})
    await broken.prepare(request)
    await broken.write(body[: len(body) // 2])
    await asyncio.sleep(0)  # lets the half leave before the line drops
    if request.transport is not None:
        request.transport.close()
    return broken

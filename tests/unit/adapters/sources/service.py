"""A REST service that really listens, with every way of paging, and faults on demand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

ITEMS = [{"id": n, "at": f"2026-01-{n:02d}", "of": {"no": f"C{n}"}} for n in range(1, 8)]
SIZE = 3


class Service:
    """Seven items in pages of three, handed out in every way there is. `broken`: pages that answer 500."""

    def __init__(self) -> None:
        self.broken: dict[int, int] = {}  # page -> how many times
        self.calls: list[str] = []
        self.url = ""

    def application(self) -> web.Application:
        """Its routes."""
        made = web.Application()
        for name in ("link", "header", "number", "offset", "cursor", "plain", "slow", "large", "html", "moved", "away"):
            made.router.add_get(f"/{name}", getattr(self, f"_{name}"))
        return made

    async def _link(self, request: web.Request) -> web.Response:
        page = int(request.query.get("p", "1"))
        following = f"{self.url}/link?p={page + 1}&key=geheim123" if page < 3 else None
        return self._page(request, page, {"next": following})

    async def _header(self, request: web.Request) -> web.Response:
        page = int(request.query.get("p", "1"))
        answer = self._page(request, page, {})
        if page < 3:
            answer.headers["Link"] = f'</header?p={page + 1}>; rel="next"'
        return answer

    async def _number(self, request: web.Request) -> web.Response:
        return self._page(request, int(request.query["page"]), {})

    async def _offset(self, request: web.Request) -> web.Response:
        return self._page(request, int(request.query["offset"]) // SIZE + 1, {"total": len(ITEMS)})

    async def _cursor(self, request: web.Request) -> web.Response:
        page = int(request.query.get("after", "1"))
        return self._page(request, page, {"cursors": {"next": str(page + 1) if page < 3 else None}})

    async def _plain(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer geheim123":
            return web.Response(status=401)
        since = request.query.get("since", "")
        return web.json_response([item for item in ITEMS if str(item["at"]) >= since])

    async def _slow(self, _request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.json_response([])

    async def _large(self, _request: web.Request) -> web.Response:
        return web.json_response([{"id": 1, "text": "x" * (2 << 20)}])

    async def _html(self, _request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    async def _moved(self, _request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{self.url}/html", text="x" * (2 << 20))

    async def _away(self, request: web.Request) -> web.Response:
        """To another host, where it says which key came along."""
        if request.host.startswith("127"):
            raise web.HTTPFound(f"{self.url.replace('127.0.0.1', 'localhost')}/away")
        return web.json_response([{"id": 1, "key": request.headers.get("X-Key", "")}])

    def _page(self, request: web.Request, page: int, more: dict[str, Any]) -> web.Response:
        self.calls.append(request.path_qs)
        if self.broken.get(page, 0):
            self.broken[page] -= 1
            return web.Response(status=500)
        return web.json_response({"items": ITEMS[(page - 1) * SIZE : page * SIZE], **more})


@contextmanager
def running() -> Iterator[Service]:
    """Running on a thread of its own: readers block."""
    made, loop = Service(), asyncio.new_event_loop()
    runner = web.AppRunner(made.application(), shutdown_timeout=0.1)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()

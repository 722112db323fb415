"""What stands before the interfaces: the record of requests, the faults, the shape of an answer."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from tests.emulators.common.broken import cut
from tests.emulators.common.record import RawRequest
from tests.emulators.wecom.api import Api
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.faults import Fault, Kind
from tests.emulators.wecom.world import World

CUTS = (Kind.CUT_BEFORE, Kind.CUT_AFTER)


class Front:
    """Takes every request under /cgi-bin."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._api = Api(world)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record, misbehave as the switches say, answer."""
        await self._record(request)
        faults = {fault.kind: fault for fault in self._world.faults.take(request.path)}
        if slow := faults.get(Kind.SLOW):
            await asyncio.sleep(slow.seconds)
        if broken := faults.get(Kind.STATUS):
            return web.Response(status=broken.status, text="<html><body>Error</body></html>", content_type="text/html")
        answer = await self._answer(request, faults)
        return await cut(request, answer) if faults.keys() & set(CUTS) else answer

    async def _answer(self, request: web.Request, faults: dict[Kind, Fault]) -> web.StreamResponse:
        try:
            if refused := faults.get(Kind.ERRCODE):
                raise ApiError(refused.errcode, _hint(refused.errcode, request))
            if Kind.CUT_BEFORE in faults:
                return _envelope(0, "ok")
            result = await self._api.handle(request)
        except ApiError as error:
            return _envelope(error.errcode, error.errmsg)
        except (LookupError, TypeError, ValueError) as error:
            self._world.record.violation(f"the emulator itself failed on {request.path}: {error!r}")
            raise
        return result if isinstance(result, web.StreamResponse) else _envelope(0, "ok", **result)

    async def _record(self, request: web.Request) -> None:
        raw = RawRequest(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=dict(request.headers),
            body=await request.read(),
            at=self._world.clock.now(),
        )
        self._world.record.inspect(raw, self._world.tokens.issued, self._world.company.secret)


def _envelope(errcode: int, errmsg: str, **fields: object) -> web.Response:
    body = json.dumps({"errcode": errcode, "errmsg": errmsg, **fields}, ensure_ascii=False)
    return web.Response(text=body, content_type="application/json")


def _hint(errcode: int, request: web.Request) -> str:
    if errcode != 60020:
        return ""
    return f"hint: [1772413200_42_6f9], from ip: {request.remote}, more info at https://open.work.weixin.qq.com/devtool/query?e=60020"

"""The server: `POST {base_url}/{system}`, signed as Standard Webhooks say, carrying a CloudEvent."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from cloudevents.core.bindings.http import HTTPMessage, from_http
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from tests.emulators.business.effects import Effects, Received
from tests.emulators.business.faults import Fault, Plan

STRUCTURED = "application/cloudevents+json"
PRIVATE = "http://10.0.0.7/internal"  # where MOVED would lead to
ENDLESS_CHUNK = b"x" * 65_536
_STATUS = {Fault.SERVER: 500, Fault.BUSY: 429, Fault.UNAVAILABLE: 503, Fault.REFUSED: 422, Fault.GONE: 410}

Answer = Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None]


def new_secret() -> str:
    """A secret as Standard Webhooks write it: 24 random bytes."""
    return f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"


class BusinessSystems:
    """Several systems behind one port. `answer(system, event)` gives the CloudEvent that a system answers with."""

    def __init__(self, answer: Answer | None = None, names: tuple[str, ...] = ("erp", "mes", "finance", "hr")) -> None:
        self.secrets = {name: new_secret() for name in names}
        self.effects: dict[str, Effects] = {name: Effects() for name in names}
        self.plans: dict[str, Plan] = defaultdict(Plan)
        self.retry_after = "7"
        self.hang = 3600.0  # seconds of HANG
        self.strangers: list[str] = []  # paths that nobody should have asked for
        self.base_url = ""
        self._answer = answer or (lambda system, event: None)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> BusinessSystems:
        """Listen; again on the same port after `stop`."""
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_post("/{system}", self._receive)
        app.router.add_route("*", "/{rest:.*}", self._stranger)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{self._port}"
        return self

    async def stop(self) -> None:
        """The systems are down: connections are refused."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def url(self, system: str) -> str:
        """Where a system listens."""
        return f"{self.base_url}/{system}"

    @property
    def violations(self) -> list[str]:
        """What a careful sender would not have done."""
        doubled = [f"{name}: {one} took effect twice" for name, e in self.effects.items() for one in e.doubled]
        return [f"{name}: {one}" for name, e in self.effects.items() for one in e.violations] + doubled + self.strangers

    async def _stranger(self, request: web.Request) -> web.Response:
        self.strangers.append(request.path)
        return web.Response(status=404)

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["system"]
        if name not in self.effects:
            return await self._stranger(request)
        body = await request.read()
        effects, headers = self.effects[name], {key.lower(): value for key, value in request.headers.items()}
        try:
            Webhook(self.secrets[name]).verify(body, headers, json_parse=False)
        except WebhookVerificationError as error:
            effects.violations.append(f"signature: {error}")
            return web.json_response({"error": "bad signature"}, status=401)
        if any(secret in body.decode(errors="replace") for secret in self.secrets.values()):
            effects.violations.append("a secret stands in the body")
        try:
            event = _read(headers, body)
        except Exception as error:  # whatever the SDK says against it
            effects.violations.append(f"envelope: {error}")
            return web.json_response({"error": str(error)}, status=400)
        return await self._serve(request, name, headers, body, event)

    async def _serve(
        self, request: web.Request, name: str, headers: Mapping[str, str], body: bytes, event: Mapping[str, Any]
    ) -> web.StreamResponse:
        effects, fault, id_ = self.effects[name], self.plans[name].next(), headers["webhook-id"]
        at = asyncio.get_running_loop().time()
        takes = fault is None or fault in {Fault.CUT, Fault.HANG}
        new = takes and effects.take(id_, event)
        outcome = str(fault.name) if fault else "served" if new else "repeated"
        effects.note(Received(id_, event, dict(headers), body, at, outcome))
        if fault:
            return await self._misbehave(request, fault)
        result = self._answer(name, event) if new else None
        if result is None:
            return web.json_response({"ok": True, "repeated": not new})
        return web.Response(body=json.dumps(result, ensure_ascii=False).encode(), content_type=STRUCTURED)

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault in _STATUS:
            headers = {"Retry-After": self.retry_after} if fault is Fault.BUSY else {}
            return web.json_response({"error": fault.value}, status=_STATUS[fault], headers=headers)
        if fault is Fault.MOVED:
            return web.Response(status=302, headers={"Location": PRIVATE})
        if fault is Fault.HTML:
            return web.Response(text="<html><body>维护中 Maintenance</body></html>", content_type="text/html")
        if fault is Fault.BOMB:
            packer = zlib.compressobj(9, wbits=31)
            small = packer.compress(bytes(64 * 2**20)) + packer.flush()
            headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
            return web.Response(body=small, headers=headers)
        if fault is Fault.ENDLESS:
            return await self._endless(request)
        if fault is Fault.HANG:
            await asyncio.sleep(self.hang)
        if request.transport is not None:  # CUT, and HANG when somebody waited for so long
            request.transport.abort()
        return web.Response()

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(ENDLESS_CHUNK)


def _read(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Attributes and data of the event in a request, read by the SDK."""
    found = from_http(HTTPMessage(headers=dict(headers), body=body), JSONFormat())
    return {**found.get_attributes(), "data": found.get_data()}

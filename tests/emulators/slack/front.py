"""What stands before the methods: the record of requests, the faults, tokens, scopes, limits, the ledger."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from typing import Any

from aiohttp import web

from tests.emulators.common.broken import cut
from tests.emulators.common.record import RawRequest
from tests.emulators.slack.arguments import Given, read, understand
from tests.emulators.slack.errors import RateLimited, SlackError
from tests.emulators.slack.faults import Fault, Kind
from tests.emulators.slack.ledger import Outcome
from tests.emulators.slack.methods import assistant, chat, conversations, files, people, signin, streams, views
from tests.emulators.slack.methods.method import Call, Method
from tests.emulators.slack.tokens import Tokens
from tests.emulators.slack.world import World

FAMILIES = (assistant, chat, conversations, files, people, signin, streams, views)
METHODS = {method.name: method for family in FAMILIES for method in family.METHODS}
CUTS = (Kind.CUT_BEFORE, Kind.CUT_AFTER)


class Front:
    """Takes every request under /api."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens = Tokens(world)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record, misbehave as the switches say, answer."""
        await self.record(request)
        name = request.match_info["method"]
        faults = self._world.faults.take(name)
        if slow := faults.get(Kind.SLOW):
            await asyncio.sleep(slow.seconds)
        if broken := faults.get(Kind.STATUS):
            return web.Response(status=broken.status, text="<html><body>Error</body></html>", content_type="text/html")
        answer = await self._answer(request, name, faults)
        return await cut(request, answer) if faults.keys() & set(CUTS) else answer

    async def record(self, request: web.Request) -> None:
        """Keep the raw request and look for secrets in it."""
        raw = RawRequest(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=dict(request.headers),
            body=await request.read(),
            at=self._world.clock.now(),
        )
        tokens = [("user token", token) for token in self._world.signin.tokens]
        self._world.record.inspect(raw, [*self._world.workspace.secrets().items(), *tokens])

    async def _answer(self, request: web.Request, name: str, faults: dict[Kind, Fault]) -> web.Response:
        try:
            if limited := faults.get(Kind.RATELIMITED):
                raise RateLimited(int(limited.seconds))
            if refused := faults.get(Kind.ERROR):
                raise SlackError(refused.error)
            if Kind.CUT_BEFORE in faults:
                return _json({"ok": True})
            return _json({"ok": True, **await self._call(request, name)}, self._scopes())
        except RateLimited as error:
            body = {"ok": False, "error": "ratelimited"}
            return _json(body, {"Retry-After": str(error.retry_after)}, status=429)
        except SlackError as error:
            return _json(error.body(), self._scopes())
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self._world.record.violation(f"the emulator itself failed on {name}: {error!r}")
            raise

    async def _call(self, request: web.Request, name: str) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            self._world.record.violation(f"no such method: {name}")
            raise SlackError("unknown_method", req_method=name)
        given = await read(request)
        token = self._token(request, given, method)
        self._world.buckets.call(name, method.per_minute)
        arguments = understand(method, _with_basic(request, given, method), self._world.record)
        return self._noted(method, Call(self._world, name, arguments, token))

    def _noted(self, method: Method, call: Call) -> dict[str, Any]:
        """The answer; writing calls leave a line in the ledger, good or bad."""
        if not method.writes:
            return method.handle(call)
        place = str(call.args.get("channel") or call.args.get("channel_id") or call.args.get("user_id") or "")
        try:
            answer = method.handle(call)
        except (SlackError, RateLimited) as error:
            reason = error.error if isinstance(error, SlackError) else "ratelimited"
            self._world.note(Outcome.REJECTED, place, method.name, call.args, reason=reason)
            raise
        ts = str(answer.get("ts") or answer.get("message_ts") or "")
        self._world.note(Outcome.ACCEPTED, str(answer.get("channel") or place), method.name, call.args, ts)
        return answer

    def _token(self, request: web.Request, given: Given, method: Method) -> str:
        """The token, good for this method; as a bearer, or (not recommended) in a form."""
        if method.token == "none":
            return ""
        token = _bearer(request) or ("" if given.json else str(given.values.get("token", "")))
        self._tokens.check(token, method)
        return token

    def _scopes(self) -> dict[str, str]:
        return {"X-OAuth-Scopes": ",".join(sorted(self._world.workspace.scopes))}


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def _with_basic(request: web.Request, given: Given, method: Method) -> Given:
    """Client id and secret may come as Basic authentication instead of arguments."""
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    if method.token != "none" or scheme != "Basic":
        return given
    try:
        ident, _, secret = base64.b64decode(coded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise SlackError("invalid_client_id") from error
    return Given({**given.values, "client_id": ident, "client_secret": secret}, given.json)


def _json(body: dict[str, Any], headers: dict[str, str] | None = None, status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", headers=headers, status=status)

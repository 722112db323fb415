"""What isn't a method: upload and download addresses, response_url, the pages of Sign in with Slack."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from tests.emulators.slack.answers import Answers
from tests.emulators.slack.cabinet import StoredFile
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.front import Front
from tests.emulators.slack.multipart import parts
from tests.emulators.slack.world import World

SIGN_IN = "<!doctype html><title>Slack</title><h1>Sign in to your workspace</h1>"
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Slack（模拟）</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 16px}}
a{{display:block;padding:.7rem 1rem;margin:.5rem 0;border:1px solid #ccc;border-radius:8px;color:#1264a3;
text-decoration:none}}</style><h1>{app} 请求登录</h1><p>以谁的身份继续？</p>{people}</html>"""
ASKED = {"response_type", "scope", "client_id", "redirect_uri", "state", "nonce", "team", "user"}


class SideDoors:
    """Routes beside /api."""

    def __init__(self, world: World, front: Front, answers: Answers) -> None:
        self._world = world
        self._front = front
        self._answers = answers

    def add_routes(self, app: web.Application) -> None:
        """Put them on the server."""
        app.router.add_route("*", "/upload/v1/{key}", self._upload)
        app.router.add_get("/files-pri/{place}/{rest:.*}", self._download)
        app.router.add_post("/response/{team}/{key}", self._response)
        app.router.add_get("/openid/connect/authorize", self._authorize)
        app.router.add_get("/openid/connect/keys", self._keys)
        app.router.add_get("/.well-known/openid-configuration", self._discovery)

    async def _upload(self, request: web.Request) -> web.Response:
        """Step two of an upload: raw bytes, or one part of a form; POST or PUT."""
        await self._front.record(request)
        if request.method not in ("POST", "PUT"):
            raise web.HTTPMethodNotAllowed(request.method, ["POST", "PUT"])
        try:
            file = self._world.files.fill(request.match_info["key"], await _content(request))
        except SlackError as error:
            return web.Response(status=400, text=error.error)
        return web.Response(text=f"OK - {file.length}")

    async def _download(self, request: web.Request) -> web.Response:
        """url_private: without the bearer a page of HTML, with status 200."""
        await self._front.record(request)
        space, files = self._world.workspace, self._world.files
        good = request.headers.get("Authorization") == f"Bearer {space.bot_token}"
        if not good or space.bot_token in self._world.faults.refused_tokens or "files:read" not in space.scopes:
            return web.Response(text=SIGN_IN, content_type="text/html")
        try:
            file = files.get(request.match_info["place"].partition("-")[2])
        except SlackError as error:
            raise web.HTTPNotFound from error
        return serve(file)

    async def _response(self, request: web.Request) -> web.Response:
        await self._front.record(request)
        try:
            response = self._world.triggers.use_response(request.match_info["key"])
            self._answers.to_response(response, json.loads(await request.read()))
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        except SlackError as error:
            status = 404 if error.error in ("expired_url", "used_url") else 400
            return web.Response(status=status, text=error.error)
        return web.Response(text="ok")

    async def _authorize(self, request: web.Request) -> web.Response:
        """The page where a person agrees; each name is a button."""
        query, space = dict(request.query), self._world.workspace
        if wrong := self._wrong(query):
            return web.Response(status=400, text=f"{SIGN_IN}<p>{html.escape(wrong)}</p>", content_type="text/html")
        if query.get("user") in space.users:
            raise web.HTTPFound(self._back(query))
        links = [
            f'<a href="?{html.escape(urlencode({**query, "user": user}))}">{html.escape(name)}</a>'
            for user, name in space.users.items()
        ]
        text = PAGE.format(app=html.escape(space.app_name), people="".join(links))
        return web.Response(text=text, content_type="text/html")

    def _wrong(self, query: dict[str, str]) -> str:
        space = self._world.workspace
        checks = {
            f"unknown parameters {sorted(query.keys() - ASKED)}": bool(query.keys() - ASKED),
            "invalid_client_id": query.get("client_id") != space.client_id,
            "response_type must be code": query.get("response_type") != "code",
            "invalid_scope: openid is needed": "openid" not in query.get("scope", "").replace(",", " ").split(),
            "invalid_team_for_non_distributed_app": query.get("team", space.team_id) != space.team_id,
            "bad_redirect_uri": not self._may_return(query.get("redirect_uri", "")),
        }
        return next((words for words, wrong in checks.items() if wrong), "")

    def _may_return(self, address: str) -> bool:
        allowed = self._world.workspace.redirect_urls
        return address.startswith(("http://", "https://")) and (not allowed or address in allowed)

    def _back(self, query: dict[str, str]) -> str:
        code = self._world.signin.agree(
            query["user"], query["redirect_uri"], query.get("nonce", ""), query.get("scope", "")
        )
        parts = urlsplit(query["redirect_uri"])
        answer = urlencode({"code": code, "state": query.get("state", "")})
        return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, answer) if part)))

    async def _keys(self, request: web.Request) -> web.Response:
        return _json(self._world.signin.keys())

    async def _discovery(self, request: web.Request) -> web.Response:
        base = self._world.base_url
        return _json(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/openid/connect/authorize",
                "token_endpoint": f"{base}/api/openid.connect.token",
                "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
                "jwks_uri": f"{base}/openid/connect/keys",
                "scopes_supported": ["openid", "profile", "email"],
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )


def serve(file: StoredFile) -> web.Response:
    """The bytes, with the type that Slack guessed."""
    return web.Response(body=file.content, content_type=file.mimetype)


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    found = parts(request.headers["Content-Type"], await request.read())
    return next(iter(found.values()), b"")


def _json(body: dict[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(body), content_type="application/json")

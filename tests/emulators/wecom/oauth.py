"""Signing in to a web page with WeCom: silent in its own browser, a QR code in others, and the code's exchange."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from tests.emulators.wecom.errors import ApiError

if TYPE_CHECKING:
    from tests.emulators.wecom.messages import Payload
    from tests.emulators.wecom.world import World

CODE_LIFE = timedelta(minutes=5)
STATE = re.compile(r"[a-zA-Z0-9]{0,128}")
OWN_BROWSERS = ("wxwork", "micromessenger")
OUTSIDER = "outsider"  # somebody who has WeChat, but is no member: has an openid, no userid
AUTHORIZE = {"appid", "redirect_uri", "response_type", "scope", "state", "agentid"}
LOGIN = {"login_type", "appid", "agentid", "redirect_uri", "state", "lang"}
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>企业微信（模拟）</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 16px}}
a{{display:block;padding:.7rem 1rem;margin:.5rem 0;border:1px solid #ccc;border-radius:8px;color:#2b6fd6;
text-decoration:none}}</style><h1>登录 {app}</h1><p>{lead}</p>{people}</html>"""


@dataclass
class Grant:
    """Whom a code stands for; good once, for five minutes."""

    user: str
    at: datetime
    used: bool = False


class OAuth:
    """The pages at open.weixin.qq.com and login.work.weixin.qq.com, and what is behind auth/getuserinfo."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._grants: dict[str, Grant] = {}
        self.trusted_domain = ""  # host and port that may be returned to; empty: any
        self.phone_user = ""  # whose phone the WeCom browser runs on; empty: a page asks

    def add_routes(self, app: web.Application) -> None:
        """Put the pages on the server."""
        app.router.add_get("/connect/oauth2/authorize", self._authorize)
        app.router.add_get("/wwlogin/sso/login", self._login)

    def agree(self, user: str) -> str:
        """A code for somebody, as the pages give it."""
        code = secrets.token_urlsafe(32)
        self._grants[code] = Grant(user, self._world.clock.now())
        return code

    def user_info(self, code: str) -> Payload:
        """auth/getuserinfo; 40029 for a code that is wrong, used or old."""
        grant = self._grants.get(code)
        if grant is None or grant.used or self._world.clock.now() - grant.at > CODE_LIFE:
            raise ApiError(40029)
        grant.used = True
        if grant.user == OUTSIDER:
            return {"openid": "oAAAA-of-an-outsider"}
        return {"userid": grant.user, "user_ticket": ""}

    async def _authorize(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        agent = request.headers.get("User-Agent", "").lower()
        wrong = self._wrong(query, AUTHORIZE) or _first(
            {
                "请在企业微信客户端打开链接": not any(name in agent for name in OWN_BROWSERS),
                "response_type": query.get("response_type") != "code",
                "scope": query.get("scope") not in ("snsapi_base", "snsapi_privateinfo"),
            }
        )
        return self._answer(query, wrong, self.phone_user or query.get("user", ""), "以谁的手机打开？")

    async def _login(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        wrong = self._wrong(query, LOGIN) or _first(
            {
                "login_type": query.get("login_type") != "CorpApp",
                "agentid": query.get("agentid") != str(self._world.company.agent_id),
            }
        )
        return self._answer(query, wrong, query.get("user", ""), "由谁扫码？")

    def _wrong(self, query: Mapping[str, str], known: set[str]) -> str:
        unknown = query.keys() - known - {"user"}
        place = urlsplit(query.get("redirect_uri", ""))
        return _first(
            {
                f"unknown parameters {sorted(unknown)}": bool(unknown),
                "appid": query.get("appid") != self._world.company.corp_id,
                "agentid": query.get("agentid", str(self._world.company.agent_id)) != str(self._world.company.agent_id),
                "state": not STATE.fullmatch(query.get("state", "")),
                "redirect_uri 与可信域名不一致（50001）": place.scheme not in ("http", "https")
                or bool(self.trusted_domain and place.netloc != self.trusted_domain),
            }
        )

    def _answer(self, query: dict[str, str], wrong: str, user: str, lead: str) -> web.Response:
        if wrong:
            self._world.record.violation(f"sign-in page: {wrong}")
            return web.Response(status=400, text=f"<h1>{html.escape(wrong)}</h1>", content_type="text/html")
        if user in self._world.company.users or user == OUTSIDER:
            raise web.HTTPFound(self._back(query, user))
        people = {**self._world.company.users, OUTSIDER: "外部人员"}
        links = [
            f'<a href="?{html.escape(urlencode({**query, "user": userid}))}">{html.escape(name)}</a>'
            for userid, name in people.items()
        ]
        app = html.escape(self._world.company.app_name)
        text = PAGE.format(app=app, lead=lead, people="".join(links))
        return web.Response(text=text, content_type="text/html")

    def _back(self, query: Mapping[str, str], user: str) -> str:
        parts = urlsplit(query["redirect_uri"])
        answer = urlencode({"code": self.agree(user), "state": query.get("state", ""), "appid": query["appid"]})
        return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, answer) if part)))


def _first(checks: Mapping[str, bool]) -> str:
    return next((words for words, wrong in checks.items() if wrong), "")

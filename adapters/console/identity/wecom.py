"""WeCom tells who somebody is: silently in its own browser, by a QR code in any other."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from adapters.console.identity.errors import SignInFailed, Why
from adapters.console.identity.http import Caller
from bot.contracts import Clock
from config.groups.signin import Signin
from config.settings import Wecom

OWN_BROWSERS = ("wxwork", "micromessenger")  # WeCom, and WeChat for members who follow the company there
STALE = frozenset({40001, 40014, 42001})  # the access token no longer counts
BAD_CODE = frozenset({40029, 42003, 42022})
BUSY = frozenset({-1, 45009, 45033})  # WeCom itself, for a moment: nothing is wrong with secret or code
MARGIN = timedelta(minutes=5)  # a token this near to its end may die on the way
PAUSE = timedelta(minutes=5)  # after a refused secret: WeCom bans an address that keeps trying for an hour


class WecomIdentity:
    """A self-built app of WeCom as identity provider. The same token comes back while it is valid, so that
    asking for one here doesn't end the one that the bot's messages use."""

    name = "wecom"

    def __init__(self, wecom: Wecom, signin: Signin, clock: Clock) -> None:
        self._wecom = wecom
        self._signin = signin
        self._clock = clock
        self._caller = Caller()
        self._lock = asyncio.Lock()  # one refresh in flight
        self._token = ""
        self._until = clock.now()  # of the token
        self._closed_until = clock.now()

    def silent(self, user_agent: str) -> bool:
        """Whether this is WeCom's browser."""
        return "wxwork" in user_agent.lower()

    def start(self, state: str, nonce: str, redirect_uri: str, user_agent: str) -> str:
        """WeCom has no nonce: the state alone binds the answer to this browser."""
        common = {"appid": self._wecom.corp_id, "redirect_uri": redirect_uri}
        agent = {"agentid": str(self._wecom.agent_id)}
        if any(name in user_agent.lower() for name in OWN_BROWSERS):
            # The documentation gives this order of parameters, and the fragment must come last.
            query = {**common, "response_type": "code", "scope": "snsapi_base", "state": state, **agent}
            return f"{self._signin.wecom_authorize_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
        query = {"login_type": "CorpApp", **common, **agent, "state": state}
        return f"{self._signin.wecom_login_url}/wwlogin/sso/login?{urlencode(query)}"

    async def finish(self, code: str, nonce: str, redirect_uri: str) -> str:
        """The member's userid. Raises SignInFailed."""
        answer = await self._ask(code, await self._good_token(""))
        if answer.get("errcode") in STALE:
            answer = await self._ask(code, await self._good_token(self._token))
        errcode = answer.get("errcode", 0)
        if errcode:
            raise SignInFailed("code_refused" if errcode in BAD_CODE else _why(errcode), f"errcode {errcode}")
        userid = answer.get("userid") or answer.get("UserId")
        if not isinstance(userid, str) or not userid:
            raise SignInFailed("not_a_member")
        return userid

    async def close(self) -> None:
        """Give back sockets."""
        await self._caller.close()

    async def _ask(self, code: str, token: str) -> dict[str, Any]:
        return await self._get("auth/getuserinfo", access_token=token, code=code)

    async def _good_token(self, stale: str) -> str:
        async with self._lock:
            now = self._clock.now()
            if self._token and self._token != stale and now < self._until:
                return self._token
            if now < self._closed_until:
                raise SignInFailed("setup", "paused after a refused secret")
            return await self._new_token()

    async def _new_token(self) -> str:
        secret = self._wecom.secret.get_secret_value()
        answer = await self._get("gettoken", corpid=self._wecom.corp_id, corpsecret=secret)
        token, now = answer.get("access_token"), self._clock.now()
        if not isinstance(token, str) or not token:
            why = _why(answer.get("errcode"))
            self._closed_until = now + PAUSE if why == "setup" else now
            raise SignInFailed(why, f"gettoken: errcode {answer.get('errcode')}")
        life = timedelta(seconds=float(answer.get("expires_in", 7200)))
        self._token, self._until = token, now + life - min(MARGIN, life / 10)
        return token

    async def _get(self, path: str, **query: str) -> dict[str, Any]:
        return await self._caller.call("GET", f"{self._wecom.base_url.rstrip('/')}/cgi-bin/{path}", params=query)


def _why(errcode: object) -> Why:
    return "away" if errcode in BUSY else "setup"

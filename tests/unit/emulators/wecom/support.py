"""A plain client of the API and a plain app behind the callback URL, both without any of our adapters."""

from __future__ import annotations

import asyncio
import io
from types import TracebackType
from typing import Any, Self

import aiohttp
import xmltodict
from aiohttp import web
from wechatpy.work.crypto import WeChatCrypto

from tests.emulators.wecom import WecomEmulator
from tests.emulators.wecom.company import Company


class ApiClient:
    """Calls the interfaces with the token in the query, as the documentation says."""

    def __init__(self, emulator: WecomEmulator, session: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self.session = session
        self._token = ""

    async def token(self, **changed: str) -> dict[str, Any]:
        company = self.emulator.company
        params = {"corpid": company.corp_id, "corpsecret": company.secret, **changed}
        answer = await self.get("gettoken", token="-", **params)
        self._token = answer.get("access_token", self._token)
        return answer

    async def get(self, path: str, token: str | None = None, **params: str) -> dict[str, Any]:
        async with self.session.get(self._url(path), params=await self._query(token, params)) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def post(self, path: str, payload: Any, token: str | None = None, **params: str) -> dict[str, Any]:
        query = await self._query(token, params)
        async with self.session.post(self._url(path), params=query, json=payload) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def send(self, msgtype: str, content: Any, touser: str = "zhangmin", **more: Any) -> dict[str, Any]:
        agent_id = self.emulator.company.agent_id
        payload = {"touser": touser, "msgtype": msgtype, "agentid": agent_id, msgtype: content, **more}
        return await self.post("message/send", payload)

    async def text(self, content: str = "你好", touser: str = "zhangmin", **more: Any) -> dict[str, Any]:
        return await self.send("text", {"content": content}, touser, **more)

    async def card(self, card: dict[str, Any], touser: str = "zhangmin", **more: Any) -> dict[str, Any]:
        return await self.send("template_card", card, touser, **more)

    async def upload(self, kind: str, content: bytes, filename: str = "a.bin") -> dict[str, Any]:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("media", io.BytesIO(content), filename=filename)
        query = await self._query(None, {"type": kind})
        async with self.session.post(self._url("media/upload"), params=query, data=form) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def robot(self, payload: Any, key: str = "robot-key") -> dict[str, Any]:
        return await self.post("webhook/send", payload, token="-", key=key)

    async def _query(self, token: str | None, params: dict[str, str]) -> dict[str, str]:
        if token == "-":
            return params
        if token is None and not self._token:
            await self.token()
        return {"access_token": token if token is not None else self._token, **params}

    def _url(self, path: str) -> str:
        return f"{self.emulator.base_url}/cgi-bin/{path}"


class CallbackApp:
    """Takes callbacks on a real socket and opens them with wechatpy."""

    def __init__(self, company: Company) -> None:
        self.crypto = WeChatCrypto(company.token, company.aes_key, company.corp_id)
        self.received: list[dict[str, Any]] = []
        self.statuses: list[int] = []  # answers to give first; then 200
        self.answer = b""
        self.delay = 0.0
        self.echo_suffix = ""
        self._came = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_get("/callback", self._verify)
        app.router.add_post("/callback", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/callback"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self._came.clear()
                await self._came.wait()

    async def _verify(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            echo = self.crypto.check_signature(
                query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"]
            )
        except Exception:
            return web.Response(status=403)
        return web.Response(text=echo + self.echo_suffix)

    async def _take(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.delay)
        query, body = request.query, await request.read()
        try:
            plain = self.crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
            self.received.append(xmltodict.parse(plain)["xml"])
            self._came.set()
        except Exception:
            return web.Response(status=403)
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, body=self.answer)

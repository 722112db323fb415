"""The HTTP interfaces: response_url, and the webhook of group robots as the WeCom emulator has it."""

from __future__ import annotations

from aiohttp import web

from tests.emulators.wecom.api import Api, read_json
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.front import Front
from tests.emulators.wecom.ledger import Outcome
from tests.emulators.wecom_bot.members import RESPONSE_PATH
from tests.emulators.wecom_bot.replies import BY_RESPONSE_URL, Payload, check_reply
from tests.emulators.wecom_bot.showing import Showing
from tests.emulators.wecom_bot.world import BotWorld

WEBHOOK = "/cgi-bin/webhook/"


class BotApi(Api):
    """Routes under /cgi-bin that need no access token."""

    def __init__(self, world: BotWorld) -> None:
        super().__init__(world)
        self._bot_world = world
        self._showing = Showing(world)

    async def handle(self, request: web.Request) -> Payload | web.StreamResponse:
        """Answer one request; raise ApiError when the real server would refuse."""
        if request.path == RESPONSE_PATH and request.method == "POST":
            return await self._respond(request)
        if request.path.startswith(WEBHOOK):
            return await super().handle(request)
        self._bot_world.record.violation(f"no such interface: {request.method} {request.path}")
        raise web.HTTPNotFound

    async def _respond(self, request: web.Request) -> Payload:
        payload = await read_json(request)
        code = self._bot_world.response_codes.find(request.query.get("response_code", ""))
        try:
            msgtype = check_reply(payload, BY_RESPONSE_URL, self._bot_world)
            bubble = self._showing.show(code.chat, msgtype, payload[msgtype])
        except ApiError as error:
            self._showing.refuse(code.chat, payload, error)
            raise
        code.used = True
        self._showing.note(Outcome.ACCEPTED, code.chat, msgtype, payload, bubble.id, "response_url")
        return {}


class BotFront(Front):
    """Takes every request under /cgi-bin: record, faults, answer."""

    def __init__(self, world: BotWorld) -> None:
        super().__init__(world)
        self._api: Api = BotApi(world)

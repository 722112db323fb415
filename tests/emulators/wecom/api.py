"""The HTTP interfaces of the self-built app."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web

from tests.emulators.wecom import webhook
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.ledger import Entry, Outcome
from tests.emulators.wecom.media import MEGABYTE, Media
from tests.emulators.wecom.messages import Payload
from tests.emulators.wecom.multipart import read_upload
from tests.emulators.wecom.outbox import Outbox
from tests.emulators.wecom.world import World

Handler = Callable[[web.Request], Awaitable[Payload | web.StreamResponse]]
MAX_BODY = 32 * MEGABYTE
CALLBACK_ADDRESSES = ["101.226.103.0/25", "101.91.60.0/23"]
ARCHIVE = "/cgi-bin/msgaudit/"  # these want the archive's own token
NO_TOKEN_NEEDED = ("/cgi-bin/gettoken", "/cgi-bin/webhook/")


class Api:
    """Routes under /cgi-bin."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._outbox = Outbox(world)

    def routes(self) -> dict[tuple[str, str], Handler]:
        """Method and path of every interface."""
        return {
            ("GET", "/cgi-bin/gettoken"): self._get_token,
            ("POST", "/cgi-bin/message/send"): self._message(self._outbox.send),
            ("POST", "/cgi-bin/message/update_template_card"): self._message(self._outbox.update_card),
            ("POST", "/cgi-bin/message/recall"): self._message(self._outbox.recall),
            ("POST", "/cgi-bin/media/upload"): self._upload,
            ("GET", "/cgi-bin/media/get"): self._download,
            ("GET", "/cgi-bin/user/get"): self._user,
            ("GET", "/cgi-bin/auth/getuserinfo"): self._who,
            ("GET", "/cgi-bin/agent/get"): self._agent,
            ("GET", "/cgi-bin/externalcontact/get"): self._customer,
            ("GET", "/cgi-bin/externalcontact/list"): self._customers,
            ("POST", "/cgi-bin/externalcontact/send_welcome_msg"): self._message(self._welcome),
            ("POST", f"{ARCHIVE}check_single_agree"): self._of_archive("single"),
            ("POST", f"{ARCHIVE}check_room_agree"): self._of_archive("room"),
            ("POST", f"{ARCHIVE}get_permit_user_list"): self._of_archive("permitted"),
            ("GET", "/cgi-bin/getcallbackip"): self._addresses,
            ("GET", "/cgi-bin/get_api_domain_ip"): self._addresses,
            ("POST", "/cgi-bin/webhook/send"): self._robot,
            ("POST", "/cgi-bin/webhook/upload_media"): self._robot_upload,
        }

    async def handle(self, request: web.Request) -> Payload | web.StreamResponse:
        """Answer one request; raise ApiError when the real server would refuse."""
        routes = self.routes()
        handler = routes.get((request.method, request.path))
        if handler is None:
            self._world.record.violation(f"no such interface: {request.method} {request.path}")
            if any(path == request.path for _, path in routes):
                raise ApiError(43001 if request.method == "POST" else 43002)
            raise web.HTTPNotFound
        if not request.path.startswith(NO_TOKEN_NEEDED):
            of_archive = request.path.startswith(ARCHIVE)
            tokens = self._world.archive.tokens if of_archive else self._world.tokens
            tokens.check(request.query.get("access_token"))
        return await handler(request)

    async def _get_token(self, request: web.Request) -> Payload:
        query, address = request.query, request.remote or ""
        secret, archive = query.get("corpsecret", ""), self._world.archive
        tokens = archive.tokens if secret == archive.secret else self._world.tokens
        token, seconds = tokens.fetch(query.get("corpid", ""), secret, address)
        return {"access_token": token, "expires_in": seconds}

    def _of_archive(self, what: str) -> Handler:
        async def handler(request: web.Request) -> Payload:
            answer: Payload = getattr(self._world.archive, what)(await read_json(request))
            return answer

        return handler

    def _message(self, action: Callable[[Payload], Payload]) -> Handler:
        async def handler(request: web.Request) -> Payload:
            return await self._noted(request, action)

        return handler

    async def _robot(self, request: web.Request) -> Payload:
        key = request.query.get("key", "")
        return await self._noted(request, lambda payload: webhook.send(self._world, key, payload))

    async def _noted(self, request: web.Request, action: Callable[[Payload], Payload]) -> Payload:
        payload = await read_json(request)
        try:
            return action(payload)
        except ApiError as error:
            self._note_rejection(payload, error)
            raise

    def _note_rejection(self, payload: Payload, error: ApiError) -> None:
        recipient, msgtype = str(payload.get("touser", "")), str(payload.get("msgtype", ""))
        now = self._world.clock.now()
        self._world.ledger.add(
            Entry(Outcome.REJECTED, recipient, msgtype, payload, "", now, error.errmsg, error.errcode)
        )

    async def _upload(self, request: web.Request) -> Payload:
        upload = read_upload(request.headers.get("Content-Type", ""), await request.read())
        if upload.name_is_encoded:
            self._world.record.warnings.append(f"the member sees the file name as it is: {upload.filename}")
        media = self._world.media.upload(request.query.get("type", ""), upload.filename, upload.content)
        return {"type": media.kind, "media_id": media.media_id, "created_at": _seconds(media)}

    async def _robot_upload(self, request: web.Request) -> Payload:
        webhook.check_key(self._world, request.query.get("key", ""))
        if request.query.get("type") not in ("file", "voice"):
            raise ApiError(40005)
        return await self._upload(request)

    async def _download(self, request: web.Request) -> web.Response:
        if not request.query.get("media_id"):
            raise ApiError(41006)
        return serve(self._world.media.get(request.query["media_id"]))

    async def _user(self, request: web.Request) -> Payload:
        company = self._world.company
        userid = company.find_user(request.query.get("userid", ""))
        if userid is None:
            raise ApiError(60111)
        departments = [int(party) for party, members in company.parties.items() if userid in members]
        return {
            "userid": userid,
            "name": company.users[userid],
            "department": departments or [1],
            "status": 1,
            "isleader": 0,
            "enable": 1,
        }

    async def _who(self, request: web.Request) -> Payload:
        return self._world.oauth.user_info(request.query.get("code", ""))

    async def _agent(self, request: web.Request) -> Payload:
        company = self._world.company
        if request.query.get("agentid") != str(company.agent_id):
            raise ApiError(301002)
        users = [{"userid": userid} for userid in company.users]
        return {"agentid": company.agent_id, "name": company.app_name, "allow_userinfos": {"user": users}}

    async def _customer(self, request: web.Request) -> Payload:
        return self._world.contacts.get(request.query.get("external_userid", ""))

    async def _customers(self, request: web.Request) -> Payload:
        return self._world.contacts.of(request.query.get("userid", ""))

    def _welcome(self, payload: Payload) -> Payload:
        code, now = self._world.contacts.welcome(payload), self._world.clock.now()
        content = {**payload.get("text", {}), "attachments": payload.get("attachments", []), "sent_by": code.userid}
        self._world.ledger.add(Entry(Outcome.DELIVERED, code.external_userid, "welcome", content, code.value, now))
        return {}

    async def _addresses(self, request: web.Request) -> Payload:
        return {"ip_list": CALLBACK_ADDRESSES}


async def read_json(request: web.Request) -> Payload:
    """The body as an object; 47001 otherwise."""
    try:
        payload = json.loads(await request.read())
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(payload, dict):
        raise ApiError(47001)
    return payload


def serve(media: Media) -> web.Response:
    """The file as the server hands it out."""
    disposition = f"attachment; filename=\"{quote(media.filename)}\"; filename*=utf-8''{quote(media.filename)}"
    return web.Response(
        body=media.content,
        content_type=media.content_type,
        headers={"Content-Disposition": disposition},
    )


def _seconds(media: Media) -> str:
    return str(int(media.created_at.timestamp()))

"""Sending in mode "websocket", by the process that holds the connection.

A reply carries the req_id of its callback (24 hours); what WeCom no longer takes as a reply, and what replies to
nothing, is pushed. A stream's end can be repeated without being seen twice; cards have the parcel's id as task_id. A
push whose answer was lost is repeated, and can then be seen twice: WeCom gives pushes no id of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adapters.common.wecom.pace import Pace
from adapters.wecom_bot import bodies
from adapters.wecom_bot.connection import Connection
from adapters.wecom_bot.errors import NOT_SUBSCRIBED, Refused, errcode_of, raise_for
from adapters.wecom_bot.link import Link
from adapters.wecom_bot.ports import Streams, StreamState
from adapters.wecom_bot.translate import stream_id, target
from adapters.wecom_bot.uploads import Uploads
from bot.contracts.adapter import Parcel, Receipt
from bot.contracts.clock import Clock
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t

REPLY_LIFE = timedelta(hours=23, minutes=55)
AT_ONCE = timedelta(seconds=4.5)  # welcome and card updates: 5 seconds
STREAM_LIFE = timedelta(seconds=350)
TASK_TAKEN = 42014
RETRY = 3.0  # seconds, while there is no connection


class ActiveSender:
    """Makes frames of parcels."""

    def __init__(self, link: Link, clock: Clock, streams: Streams, uploads: Uploads, pace: Pace) -> None:
        self._link = link
        self._clock = clock
        self._streams = streams
        self._uploads = uploads
        self._pace = pace

    async def send(self, parcel: Parcel) -> Receipt:
        """Deliver one parcel. Raises TemporaryFailure (also while there is no connection) or PermanentFailure."""
        connection = self._link.connection
        if connection is None:
            raise TemporaryFailure(t("wecom_bot.send.not_connected"), retry_after=RETRY)
        state = await self._streams.get(stream_id(parcel.answers)) if parcel.answers else None
        if state is not None and state.about.get("conversation") != parcel.to.conversation:
            state = None  # a reply to this message, but for somebody else
        call = parcel.payload.get("call")
        if call == "file":
            return await self._file(connection, parcel, state)
        if call == "update":
            return await self._update(connection, parcel, state)
        if call == "answer":
            return await self._answer(connection, parcel, state)
        raise PermanentFailure(t("wecom_bot.send.unknown_call", call=call))

    async def _answer(self, connection: Connection, parcel: Parcel, state: StreamState | None) -> Receipt:
        content, card = str(parcel.payload.get("content", "")), parcel.payload.get("card")
        drawn = bodies.with_task(card, parcel.id) if card else None
        if state and state.about.get("kind") == "welcome" and self._age(state) < AT_ONCE:
            said = bodies.welcome(content, drawn)
            return await self._replied(connection, parcel, state, "aibot_respond_welcome_msg", said)
        if not drawn:
            stream = await self._draft_of(parcel, state, content) or parcel.id
            said = bodies.stream(stream, content or "…", finish=True)
            return await self._replied(connection, parcel, state, "aibot_respond_msg", said, bodies.markdown(content))
        lead = str(parcel.payload.get("lead", "")) or "…"
        if state and (stream := await self._draft_of(parcel, state, lead)):  # it ends in the line above the card
            said = bodies.stream(stream, lead, finish=True)
            await self._say(connection, parcel, "aibot_respond_msg", said, str(state.about.get("req_id", "")))
        return await self._replied(connection, parcel, state, "aibot_respond_msg", bodies.card(drawn))

    async def _update(self, connection: Connection, parcel: Parcel, state: StreamState | None) -> Receipt:
        payload = parcel.payload
        if state and self._age(state) < AT_ONCE:
            drawn = bodies.with_task(payload["card"], str(payload.get("task_id", "")), fresh=False)
            said = bodies.update(drawn, str(payload.get("user", "")))
            try:
                req_id = str(state.about.get("req_id", ""))
                return await self._say(connection, parcel, "aibot_respond_update_msg", said, req_id)
            except Refused:
                pass  # too late after all, or no longer this connection's
        instead = bodies.card(bodies.with_task(payload["card"], parcel.id))
        sent = await self._pushed(connection, parcel, instead)
        return Receipt(sent.reference, t("wecom_bot.send.instead"))

    async def _file(self, connection: Connection, parcel: Parcel, state: StreamState | None) -> Receipt:
        said = await self._uploads.upload(connection, parcel.payload["file"])
        return await self._replied(connection, parcel, state, "aibot_respond_msg", said)

    async def _replied(
        self,
        connection: Connection,
        parcel: Parcel,
        state: StreamState | None,
        cmd: str,
        said: Mapping[str, Any],
        pushed: Mapping[str, Any] | None = None,
    ) -> Receipt:
        """As a reply while WeCom takes one, else `pushed` (or the same) as a push."""
        req_id = str(state.about.get("req_id", "")) if state and self._age(state) < REPLY_LIFE else ""
        if req_id:
            try:
                return await self._say(connection, parcel, cmd, said, req_id)
            except Refused:
                pass  # a req_id can die with its connection; if the content is at fault, the push is refused as well
        if pushed is None:
            pushed = bodies.markdown(said["text"]["content"]) if said.get("msgtype") == "text" else said
        sent = await self._pushed(connection, parcel, pushed)
        return Receipt(sent.reference, t("wecom_bot.send.pushed") if req_id else "")

    async def _pushed(self, connection: Connection, parcel: Parcel, said: Mapping[str, Any]) -> Receipt:
        chat, kind = target(parcel.to.conversation)
        return await self._say(connection, parcel, "aibot_send_msg", {"chatid": chat, "chat_type": kind, **said})

    async def _say(
        self, connection: Connection, parcel: Parcel, cmd: str, said: Mapping[str, Any], req_id: str = ""
    ) -> Receipt:
        self._pace.spend(parcel.to.conversation, self._clock.now())
        answer = await connection.ask(cmd, said, req_id)
        if errcode_of(answer) == TASK_TAKEN and parcel.attempt > 1:
            return Receipt(note=t("wecom_bot.send.arrived"))  # the id is ours alone, so it was this very card
        if errcode_of(answer) == NOT_SUBSCRIBED:
            await connection.close()  # `Link` makes a new one
        raise_for(answer)
        body = answer.get("body")
        return Receipt(reference=str(body.get("msgid", "")) if isinstance(body, Mapping) else "")

    async def _draft_of(self, parcel: Parcel, state: StreamState | None, content: str) -> str:
        """The stream of a draft that this parcel is to end; "" when there is none, or another parcel ended it."""
        if state is None or not state.content or self._age(state) >= STREAM_LIFE:
            return ""
        return state.id if await self._streams.put(state.id, content, True, None, parcel.id) else ""

    def _age(self, state: StreamState) -> timedelta:
        return self._clock.now() - state.opened_at

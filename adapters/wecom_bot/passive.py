"""Sending in mode "callback": into the open stream, else by response_url, else not at all.

A parcel counts as delivered when WeCom has come for it. A stream that WeCom doesn't come for any more is given up, and
its answer goes by response_url; so that it isn't seen twice, the stream then only points there. The database decides
who was first, so a process that dies in between loses and doubles nothing. What can't be known: whether a response_url
call arrived whose answer was lost. Within this process it is then taken for arrived when WeCom refuses the repeat;
after a restart it is a dead letter, which an operator sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adapters.common.failures import Unanswered
from adapters.common.language import language
from adapters.common.recent import Recent
from adapters.wecom_bot import bodies
from adapters.wecom_bot.client import HttpClient
from adapters.wecom_bot.errors import Refused
from adapters.wecom_bot.ports import Streams, StreamState
from adapters.wecom_bot.render import fitting
from adapters.wecom_bot.translate import stream_id
from bot.contracts.adapter import Parcel, Receipt
from bot.contracts.clock import Clock
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t

# WeCom's limits (6 minutes, 5 seconds), less what it takes until its next question.
OPEN: Mapping[str, timedelta] = {
    "message": timedelta(seconds=350),
    "press": timedelta(seconds=4.5),
    "welcome": timedelta(seconds=4.5),
}
URL_LIFE = timedelta(minutes=59)
COMES = 10.0  # seconds in which WeCom should have come for a finished stream
LOOK = 0.2
REMEMBERED = 256


class PassiveSender:
    """Answers callbacks. It can't begin a conversation: WeCom gives a callback bot no way to."""

    def __init__(self, client: HttpClient, clock: Clock, streams: Streams) -> None:
        self._client = client
        self._clock = clock
        self._streams = streams
        self._unsure: Recent[str, None] = Recent(REMEMBERED)  # parcels whose response_url call got no answer

    async def send(self, parcel: Parcel) -> Receipt:
        """Deliver one parcel. Raises TemporaryFailure or PermanentFailure."""
        if parcel.payload.get("call") not in ("answer", "update"):
            raise PermanentFailure(t("wecom_bot.send.unknown_call", call=parcel.payload.get("call")))
        state = await self._streams.get(stream_id(parcel.answers)) if parcel.answers else None
        if state is None or state.about.get("conversation") != parcel.to.conversation:
            raise PermanentFailure(t("wecom_bot.send.no_push"))
        if state.owner == parcel.id and state.taken:
            return Receipt(note=t("wecom_bot.send.arrived"))
        if await self._in_stream(parcel, state):
            return Receipt(reference=state.id)
        return await self._by_url(parcel, state)

    async def _in_stream(self, parcel: Parcel, state: StreamState) -> bool:
        """Whether WeCom took it from the stream. Raises TemporaryFailure when it still may and has no other way."""
        if not (self._is_open(state) and _fits(parcel.payload, state)) and state.owner != parcel.id:
            return False
        content, card = _end(parcel, state)
        if not await self._streams.put(state.id, content, True, card, parcel.id):
            return False
        if await self._comes(state):
            return True
        if self._is_open(state) and not self._url(state, parcel):
            raise TemporaryFailure(t("wecom_bot.send.waiting"))
        words = t("wecom_bot.stream.elsewhere", language(content))
        return not await self._streams.withdraw(state.id, parcel.id, words)

    async def _comes(self, state: StreamState) -> bool:
        """Wait for WeCom to take the end."""
        for _ in range(int(COMES / LOOK)):
            now = await self._streams.get(state.id)
            if now is None or now.taken:
                return now is not None
            if not self._is_open(state):
                return False
            await asyncio.sleep(LOOK)
        return False

    async def _by_url(self, parcel: Parcel, state: StreamState) -> Receipt:
        url = self._url(state, parcel)
        if not url or not await self._streams.spend(state.id, parcel.id):
            late = not state.spent_by or state.spent_by == parcel.id
            raise PermanentFailure(t("wecom_bot.send.late" if late else "wecom_bot.send.used"))
        try:
            await self._client.post(url, _alone(parcel))
        except Unanswered:
            self._unsure[parcel.id] = None
            raise
        except Refused:
            if parcel.id in self._unsure:  # the url works once, so the call whose answer was lost had arrived
                return Receipt(note=t("wecom_bot.send.arrived"))
            raise
        return Receipt(note=t("wecom_bot.send.by_url"))

    def _is_open(self, state: StreamState) -> bool:
        life = OPEN.get(str(state.about.get("kind")), timedelta())
        return self._clock.now() - state.opened_at < life

    def _url(self, state: StreamState, parcel: Parcel) -> str:
        """The response_url, when it is alive and this parcel's or nobody's."""
        alive = self._clock.now() - state.opened_at < URL_LIFE and state.spent_by in ("", parcel.id)
        return str(state.about.get("response_url", "")) if alive else ""


def _fits(payload: Mapping[str, Any], state: StreamState) -> bool:
    """A press is answered by the changed card only, everything else by anything but that."""
    return (payload.get("call") == "update") == (state.about.get("kind") == "press")


def _end(parcel: Parcel, state: StreamState) -> tuple[str, dict[str, Any] | None]:
    """Content and card with which the stream ends."""
    payload = parcel.payload
    card = payload.get("card")
    if payload.get("call") == "update":
        return "", bodies.with_task(card or {}, str(payload.get("task_id", "")), fresh=False)
    content = str(payload.get("content", "")) or str(payload.get("lead", "")) or "…"
    return content, bodies.with_task(card, parcel.id) if card else None


def _alone(parcel: Parcel) -> dict[str, Any]:
    """As one message: response_url takes text or a card, not both."""
    payload = parcel.payload
    content, card = str(payload.get("content", "")), payload.get("card")
    if card and not content:
        return bodies.card(bodies.with_task(card, parcel.id))
    words = str(payload.get("words", "")) if card else ""
    return bodies.markdown(fitting("\n\n".join(part for part in (content, words) if part)) or "…")

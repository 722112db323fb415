"""Answers that appear while they are written. Best effort: a lost draft costs nothing, its parcel brings the whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from adapters.common.recent import Recent
from adapters.common.wecom.pace import Pace
from adapters.wecom_bot import bodies
from adapters.wecom_bot.errors import raise_for
from adapters.wecom_bot.link import Link
from adapters.wecom_bot.ports import Streams, StreamState
from adapters.wecom_bot.render import fitting
from adapters.wecom_bot.translate import stream_id
from bot.contracts.clock import Clock
from bot.contracts.errors import DeliveryFailure
from bot.contracts.reply import Address

PAUSE_STREAM = 0.8  # seconds between two drafts that WeCom asks for
PAUSE_SOCKET = 4.0  # between two that we send: each counts as one of the chat's 30 a minute
STREAM_LIFE = timedelta(seconds=340)
REMEMBERED = 512

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Draft:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown: str = ""
    next_at: float = 0.0  # the loop's clock


class Drafts:
    """The drafts of this process, by the message that they answer. With a link they are sent, else asked for."""

    def __init__(self, streams: Streams, clock: Clock, link: Link | None, pace: Pace) -> None:
        self._streams = streams
        self._clock = clock
        self._link = link
        self._pace = pace
        self._drafts: Recent[str, _Draft] = Recent(REMEMBERED)

    async def show(self, to: Address, answers: str, text: str) -> None:
        """Show the text so far. Never raises; while one is under way others are left out, the next has it all."""
        draft = self._draft(answers)
        words = fitting(text)
        now = asyncio.get_running_loop().time()
        if not answers or not words or words == draft.shown or now < draft.next_at or draft.lock.locked():
            return
        async with draft.lock:
            try:
                await self._show(to, stream_id(answers), words)
            except DeliveryFailure as error:
                log.info("wecom_bot.draft_not_shown", why=str(error))
            except Exception:
                log.exception("wecom_bot.draft_failed")
            pause = PAUSE_SOCKET if self._link else PAUSE_STREAM
            draft.shown, draft.next_at = words, asyncio.get_running_loop().time() + pause

    async def _show(self, to: Address, stream: str, words: str) -> None:
        state = await self._streams.get(stream)
        if state is None or state.finish or not self._is_open(state, to):
            return
        if self._link is None:
            await self._streams.put(stream, words, False)
            return
        connection, now = self._link.connection, self._clock.now()
        # Another process has the connection: the answer is shown when it is whole.
        if connection is None or not self._pace.has_spare(to.conversation, now):
            return
        if await self._streams.put(stream, words, False):
            self._pace.spend(to.conversation, now)
            said = bodies.stream(stream, words, finish=False)
            raise_for(await connection.ask("aibot_respond_msg", said, str(state.about.get("req_id", ""))))

    def _is_open(self, state: StreamState, to: Address) -> bool:
        about = state.about
        ours = about.get("conversation") == to.conversation and about.get("kind") == "message"
        return ours and self._clock.now() - state.opened_at < STREAM_LIFE

    def _draft(self, answers: str) -> _Draft:
        draft = self._drafts.get(answers) or _Draft()
        self._drafts[answers] = draft
        return draft

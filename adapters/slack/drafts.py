"""Answers that appear while they are written. Best effort: a lost draft costs nothing, its parcel brings the whole.

In a thread Slack's streaming is used; in direct messages outside threads, which have none, a message that changes.
Until there are more than a few words, an assistant thread shows 正在写回答… instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.common.language import language
from adapters.common.recent import Recent
from adapters.common.text import clean, units
from adapters.slack import blocks
from adapters.slack.client import SlackClient
from adapters.slack.errors import GONE, Refused
from adapters.slack.fields import text_of
from adapters.slack.mrkdwn import to_mrkdwn
from adapters.slack.places import Place, place
from adapters.slack.render import TEXT
from bot.contracts.adapter import Receipt
from bot.contracts.errors import DeliveryFailure, TemporaryFailure
from bot.contracts.message import Message
from bot.contracts.reply import Address
from config.locales import t

PAUSE = 1.2  # seconds between two changes of one message: Slack allows about 50 a minute
ANNOUNCING = 1.0  # seconds that an answer may wait for its announcement
SHORT = 24  # characters that aren't worth a message yet
STREAM = 12_000  # UTF-16 units of one streaming call
REMEMBERED = 512

Call = Callable[[str, Mapping[str, Any]], Awaitable[Receipt]]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Draft:
    """What of an answer is seen so far."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    to: Address | None = None
    channel: str = ""
    stamp: str = ""  # of the message that shows it; "" while there is none
    streaming: bool = False
    shown: str = ""
    next_at: float = 0.0  # the loop's clock: no call before
    status: bool = False
    closed: bool = False  # its parcel is being sent, or was


class Drafts:
    """The drafts of this process, by the message that they answer."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._drafts: Recent[str, _Draft] = Recent(REMEMBERED)
        self._askers: Recent[str, tuple[str, str]] = Recent(REMEMBERED)

    def remember(self, message: Message) -> None:
        """Who asked, and in which workspace: streaming into a channel must say for whom."""
        self._askers[message.id] = (message.sender, text_of(message.raw, "team"))

    async def announce(self, message: Message) -> None:
        """Say 正在写回答… in an assistant thread, as soon as the question is safe. Never raises.

        Its parcel waits for this call: a status that arrived after the answer would stand there for minutes.
        """
        where = place(message.conversation)
        if not _has_status(where):
            return
        draft = self._draft(message.id)
        async with draft.lock:
            try:
                async with asyncio.timeout(ANNOUNCING):
                    await self._status(draft, where, message.text)
            except (DeliveryFailure, TimeoutError) as error:
                log.info("slack.status_not_shown", why=str(error))
            except Exception:
                log.exception("slack.status_failed")

    async def show(self, to: Address, answers: str, text: str) -> None:
        """Show the text so far. Never raises; while a call is under way others are left out, the next has it all."""
        draft = self._draft(answers) if answers else None
        if draft is None or draft.lock.locked():
            return
        async with draft.lock:
            try:
                if not draft.closed and asyncio.get_running_loop().time() >= draft.next_at:
                    draft.to = to
                    await self._show(draft, place(to.conversation), answers, clean(text))
            except DeliveryFailure as error:
                log.info("slack.draft_not_shown", why=str(error))
                asked = error.retry_after if isinstance(error, TemporaryFailure) else None
                draft.next_at = _in(asked or PAUSE)
            except Exception:
                log.exception("slack.draft_failed")

    async def finish(self, answers: str, to: Address, message: Mapping[str, Any], call: Call) -> Receipt | None:
        """Put the message where its draft stands. None when there is no draft, or it can't be changed."""
        draft = self._draft(answers)
        async with draft.lock:
            if draft.to not in (None, to):
                return None  # another reply to the same message, for somebody else
            draft.closed = True
            if not draft.stamp:
                return None
            if draft.streaming:
                await self._stop(draft)
            try:
                receipt = await call("chat.update", _final(draft, message))
            except Refused as error:
                if error.error not in GONE:
                    raise
                draft.stamp = ""
                return None
            draft.stamp = ""
            return receipt

    async def forget(self, answers: str) -> None:
        """The answer is there already: no more drafts of it."""
        draft = self._draft(answers)
        async with draft.lock:
            draft.closed, draft.stamp = True, ""

    async def withdraw(self, answers: str) -> None:
        """Take the draft away, because its answer stands elsewhere. Best effort."""
        draft = self._draft(answers)
        async with draft.lock:
            draft.closed = True
            stamp, draft.stamp = draft.stamp, ""
            if not stamp:
                return
            try:
                if draft.streaming:
                    await self._client.call("chat.stopStream", {"channel": draft.channel, "ts": stamp})
                await self._client.call("chat.delete", {"channel": draft.channel, "ts": stamp})
            except DeliveryFailure as error:
                log.warning("slack.draft_stays", why=str(error))

    async def _show(self, draft: _Draft, where: Place, answers: str, text: str) -> None:
        if draft.stamp:
            if text != draft.shown:
                await self._continue(draft, text)
                draft.next_at = _in(PAUSE)
        elif len(text.strip()) >= SHORT:
            await self._begin(draft, where, answers, text)
            draft.next_at = _in(PAUSE)
        elif _has_status(where):
            await self._status(draft, where, text)

    async def _status(self, draft: _Draft, where: Place, text: str) -> None:
        """Once for each answer; Slack takes it away when the answer comes."""
        if draft.status or draft.closed:
            return
        draft.status = True
        words = t("slack.status.writing", language(text))
        status = {"channel_id": where.channel, "thread_ts": where.thread, "status": words}
        await self._client.call("assistant.threads.setStatus", status)

    async def _begin(self, draft: _Draft, where: Place, answers: str, text: str) -> None:
        stream = self._stream(where, answers) if where.thread else None
        if stream is not None:
            shown = _first_units(text, STREAM)
            answer = await self._client.call("chat.startStream", {**stream, "markdown_text": shown})
            draft.streaming, draft.shown = True, shown
        else:
            answer = await self._client.call("chat.postMessage", {**where.fields(), "text": _so_far(text)})
            draft.shown = text
        draft.channel, draft.stamp = text_of(answer, "channel") or where.channel, text_of(answer, "ts")

    async def _continue(self, draft: _Draft, text: str) -> None:
        message = {"channel": draft.channel, "ts": draft.stamp}
        if not draft.streaming:
            await self._client.call("chat.update", {**message, "text": _so_far(text)})
            draft.shown = text
        elif text.startswith(draft.shown):  # a stream only grows; what was taken back is put right by the parcel
            more = _first_units(text[len(draft.shown) :], STREAM)
            await self._client.call("chat.appendStream", {**message, "markdown_text": more})
            draft.shown += more

    async def _stop(self, draft: _Draft) -> None:
        try:
            await self._client.call("chat.stopStream", {"channel": draft.channel, "ts": draft.stamp})
        except Refused as error:  # stopped by an earlier attempt, or by Slack
            log.info("slack.stream_stopped_before", error=error.error)

    def _stream(self, where: Place, answers: str) -> dict[str, str] | None:
        """How a stream begins; None in a channel when it isn't known who asked."""
        if where.is_direct:
            return where.fields()
        user, team = self._askers.get(answers, ("", ""))
        return {**where.fields(), "recipient_user_id": user, "recipient_team_id": team} if user and team else None

    def _draft(self, answers: str) -> _Draft:
        draft = self._drafts.get(answers) or _Draft()
        if answers:
            self._drafts[answers] = draft
        return draft


def _final(draft: _Draft, message: Mapping[str, Any]) -> dict[str, Any]:
    """The message as a change of its draft. A stream left blocks behind, so these must be replaced."""
    body = {name: message[name] for name in ("text", "blocks", "metadata") if name in message}
    if draft.streaming and "blocks" not in body:
        body["blocks"] = blocks.sections(str(message["text"]))
    return {"channel": draft.channel, "ts": draft.stamp, **body}


def _in(seconds: float) -> float:
    """That time of the loop's clock."""
    return asyncio.get_running_loop().time() + seconds


def _has_status(where: Place) -> bool:
    """Only assistant threads show one."""
    return bool(where.thread) and where.is_direct


def _so_far(text: str) -> str:
    return blocks.fitting(to_mrkdwn(text).strip(), TEXT) or "…"


def _first_units(text: str, limit: int) -> str:
    return text if units(text) <= limit else text[: limit // 2]

"""What happens to one request, whichever way it came: translate, store, and only then answer Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from adapters.common.language import language
from adapters.slack.background import Background
from adapters.slack.client import SlackClient
from adapters.slack.drafts import Drafts
from adapters.slack.events import ASSISTANT, HOME_OPENED
from adapters.slack.form import Asked, modal
from adapters.slack.home import HomeTab
from adapters.slack.places import place
from adapters.slack.translate import asked_form, to_message
from bot.contracts.adapter import Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import DeliveryFailure, IntakeUnavailable
from bot.contracts.message import Message
from config.locales import t

# Seconds. Slack waits 3 in all, and a trigger_id lives as long; storing needs its share.
OPENING, FINDING = 1.5, 0.7

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack is told: 200 when stored, 503 so that it sends the same again."""

    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)  # {} for none


class SlackIntake:
    """Takes the bodies of requests whose origin is verified."""

    def __init__(
        self, client: SlackClient, clock: Clock, receive: Receive, home: HomeTab, drafts: Drafts, background: Background
    ) -> None:
        self._client = client
        self._clock = clock
        self._receive = receive
        self._home = home
        self._drafts = drafts
        self._background = background

    async def take(self, body: Mapping[str, Any]) -> Answer:
        """Store what happened, or open the form that it asks for. Never raises."""
        try:
            return await self._take(body)
        except IntakeUnavailable:
            log.warning("slack.intake_unavailable", kind=body.get("type"))
        except Exception:
            log.exception("slack.intake_failed", kind=body.get("type"))
        return Answer(503)

    async def _take(self, body: Mapping[str, Any]) -> Answer:
        message = to_message(body, self._clock.now())
        if message is None:
            return Answer()
        message = await self._settled(message)
        asked = asked_form(body, message)
        if asked is not None and await self._opened(asked):
            return Answer()  # the press comes with the answers, when the form is submitted
        self._drafts.remember(message)  # before its job can begin to answer
        await self._receive([message])
        self._follow(message)
        return _said(body)

    async def _settled(self, message: Message) -> Message:
        """Commands and presses in the Home tab name a person only: their direct messages are where they belong.

        So that a question asked there is remembered with the others. Without an answer in time the person's id
        stays, which Slack takes as an address too.
        """
        if message.kind == "event" or not place(message.conversation).is_person:
            return message
        try:
            async with asyncio.timeout(FINDING):
                return replace(message, conversation=await self._client.direct(message.conversation))
        except (DeliveryFailure, TimeoutError) as error:
            log.info("slack.direct_messages_not_found", why=str(error))
            return message

    async def _opened(self, asked: Asked) -> bool:
        """Whether the form is on the screen. If not, the press goes on without answers, and is asked in words."""
        try:
            async with asyncio.timeout(OPENING):
                await self._client.call("views.open", {"trigger_id": asked.trigger, "view": modal(asked)})
        except (DeliveryFailure, TimeoutError) as error:
            log.warning("slack.form_not_opened", why=str(error))
            return False
        return True

    def _follow(self, message: Message) -> None:
        if message.event == HOME_OPENED:
            self._background.start(self._home.publish(message.sender))
        elif message.event == ASSISTANT:
            self._background.start(self._home.suggest(place(message.conversation), message.sender))
        elif message.kind == "text":
            self._background.start(self._drafts.announce(message))


def _said(body: Mapping[str, Any]) -> Answer:
    """A command is confirmed where it was typed, for the person alone; everything else is answered with nothing."""
    if not isinstance(body.get("command"), str):
        return Answer()
    text = t("slack.command.taken", language(str(body.get("text") or "")))
    return Answer(body={"response_type": "ephemeral", "text": text})

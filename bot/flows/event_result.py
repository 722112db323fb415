"""What a subscriber answers with can itself be an event: ERP takes an order and tells of its purchase order (C2).

Two systems that answer each other would never end: how many answers led to an event goes along with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from adapters.webhooks import strict_json
from adapters.webhooks.translate import item_of
from bot.contracts import Clock, Event
from bot.contracts.verdict import Verdict
from bot.flows.persist import persistently
from knowledge.events.systems import System

Accept = Callable[[Sequence[Event], System, Sequence[Mapping[str, Any]]], Awaitable[Sequence[Verdict]]]

DEPTH = "answerdepth"  # extension attribute: how many answers, one to the other, led to an event
DEEPEST = 10

log = structlog.get_logger(__name__)


class EventResults:
    """Takes a subscriber's answer as an event that it sent: by the same rules, once for each (source, id)."""

    def __init__(self, accept: Accept, clock: Clock) -> None:
        """`accept(events, producer, envelopes)`: the only way in."""
        self._accept, self._clock = accept, clock

    async def __call__(self, system: System, text: str, answered: Mapping[str, str]) -> int | None:
        """The number of the event; None: it is none, or may not be sent by this system. The answer itself is kept.

        `answered`: extension attributes of the event that this is the answer to.
        """
        try:
            item = item_of(strict_json.read(text.encode()), self._clock.now())
        except strict_json.NotJson:
            return None
        event = item.event
        if event is None:
            log.warning("an answer is no CloudEvent", system=system.name, problem=item.problem)
            return None
        depth = _depth(answered) + 1
        if depth > DEEPEST:
            log.error("systems answer each other without end", system=system.name, type=event.type)
            return None
        event = replace(event, extensions={**event.extensions, DEPTH: str(depth)})
        envelope = {**item.envelope, DEPTH: str(depth)}
        verdicts = await persistently(lambda: self._accept([event], system, [envelope]))
        if not verdicts[0].is_here:
            log.warning("an answer was not taken", system=system.name, type=event.type, why=verdicts[0].reason)
        return verdicts[0].seq


def _depth(extensions: Mapping[str, str]) -> int:
    said = extensions.get(DEPTH, "")
    return int(said) if said.isdecimal() and len(said) < 4 else 0

"""Intake: persist, then acknowledge. What returned from here can't be lost, and is stored once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.contracts import Address, Clock, Message
from bot.flows.engine import Engine, Job
from bot.flows.trace import trace_of
from bot.metrics import Metrics
from storage.database import Database
from storage.store import Store

log = structlog.get_logger(__name__)


class Intake:
    """The `receive` that every adapter is given."""

    def __init__(self, database: Database, engine: Engine, clock: Clock, metrics: Metrics | None = None) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._metrics = metrics or Metrics()

    async def __call__(self, messages: Sequence[Message]) -> None:
        """Store messages and their jobs in one transaction. Raises IntakeUnavailable if that can't be done now."""
        with self._metrics.acknowledging(messages) as stored:
            new = await self._database.write(
                lambda store: [message.id for message in messages if self._accept(store, message)], urgent=True
            )
            stored(new)
        for message in messages:
            log.info("received", trace=trace_of(message.id), id=message.id, new=message.id in new)

    def _accept(self, store: Store, message: Message) -> bool:
        sequence = store.messages.add(replace(message, text=sound(message.text)), self._clock.now())
        if sequence is None:
            return False  # the platform repeated itself
        conversation = str(Address(message.channel, message.conversation))
        self._engine.enqueue(
            store,
            Job(
                "conversation",
                f"conversation:{message.id}",
                message.id,
                partition=conversation,
                order=sequence,
            ),
        )
        return True


def sound(text: str) -> str:
    """Text that every database takes: NUL and halves of characters, which no keyboard types, become U+FFFD."""
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")

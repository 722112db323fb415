"""Delivery: one parcel at a time and in order for each address, at the platform's pace, never silently lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.contracts import Adapter, Address, Clock, Message, Parcel, Payload, Receipt
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.person import OPERATOR
from bot.flows.engine import Engine, Job
from bot.flows.persist import persistently
from storage.database import Database
from storage.repositories.deliveries import Delivery
from storage.store import Store

COPY_WINDOW = timedelta(hours=4)  # the longest time in which a platform takes an equal message for a copy

log = structlog.get_logger(__name__)


class DeliveryFlow:
    """Puts parcels on the list and hands them to the platforms."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        adapters: Mapping[str, Adapter],
        retry_seconds: Sequence[float],
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._adapters = adapters
        self._retry_seconds = retry_seconds

    def post(self, store: Store, key: str, message_id: str, to: Address, payloads: Sequence[Payload]) -> None:
        """Put payloads on the list, in order, inside the caller's transaction. The same key is posted once."""
        for number, payload in enumerate(payloads):
            parcel_id = f"{sha256(key.encode()).hexdigest()[:32]}-{number}"
            sequence = store.deliveries.add(parcel_id, message_id, to, payload, self._clock.now())
            self._enqueue(store, parcel_id, to, sequence, parcel_id)

    async def replay(self, parcel_id: str, by: str = OPERATOR.id) -> bool:
        """Try a dead letter again. False when there is no such dead letter."""

        def revive(store: Store) -> bool:
            delivery = store.deliveries.replay(parcel_id, self._clock.now())
            if delivery is None:
                return False
            key = f"{parcel_id}:{delivery.replays}"
            store.audit.add(by, "delivery.replayed", parcel_id, {"to": str(delivery.address)}, self._clock.now())
            self._enqueue(store, parcel_id, delivery.address, delivery.seq, key)
            return True

        return await self._database.write(revive)

    async def deliver(self, parcel_id: str) -> None:
        """The job: send one parcel until it is sent or dead."""
        for waited in (0.0, *self._retry_seconds):
            await asyncio.sleep(waited)
            if await self._attempt(parcel_id):
                return
        await self._bury(parcel_id)

    def _enqueue(self, store: Store, parcel_id: str, to: Address, sequence: int, key: str) -> None:
        job = Job("delivery", f"delivery:{key}", parcel_id, partition=str(to), order=sequence)
        self._engine.enqueue(store, job)

    async def _attempt(self, parcel_id: str) -> bool:
        """One try. True when there is nothing more to do for this parcel."""
        delivery = await persistently(lambda: self._database.read(lambda store: store.deliveries.get(parcel_id)))
        if delivery is None or delivery.state in {"sent", "dead"}:
            return True
        adapter = self._adapters.get(delivery.address.channel)
        if adapter is None:
            await self._kill(parcel_id, f"channel {delivery.address.channel} is not enabled: enable it, then replay")
            return True
        await self._wait_for_turn(delivery.address, adapter.limit)
        parcel = await self._begin(delivery)
        return await self._send(adapter, parcel)

    async def _send(self, adapter: Adapter, parcel: Parcel) -> bool:
        try:
            receipt = await adapter.send(parcel)
        except TemporaryFailure as error:
            await self._fail(parcel, str(error))
            await asyncio.sleep(error.retry_after or 0)
            return False
        except PermanentFailure as error:
            await self._kill(parcel.id, str(error))
            return True
        except Exception as error:  # a fault of ours in an adapter must not lose the reply
            log.exception("adapter failed", parcel=parcel.id, channel=adapter.name)
            await self._fail(parcel, f"{type(error).__name__}: {error}")
            return False
        await self._sent(parcel, receipt)
        return True

    async def _begin(self, delivery: Delivery) -> Parcel:
        now = self._clock.now()

        def begin(store: Store) -> Parcel:
            repeats = store.deliveries.same_payload_since(
                delivery.address, delivery.payload, now - COPY_WINDOW, except_id=delivery.id
            )
            begun = store.deliveries.begin(delivery.id, now)
            return Parcel(begun.id, begun.address, begun.payload, attempt=begun.attempts, repeats=repeats)

        return await persistently(lambda: self._database.write(begin))

    async def _wait_for_turn(self, to: Address, limit: tuple[int, float]) -> None:
        """Hold this address until its window has room; parcels behind this one wait with it, so order is kept."""
        most, seconds = limit
        window = timedelta(seconds=seconds)
        while len(sent := await self._sent_within(to, window)) >= most:
            free_at = sorted(sent)[-most] + window
            await asyncio.sleep(max(0.05, (free_at - self._clock.now()).total_seconds()))

    async def _sent_within(self, to: Address, window: timedelta) -> list[datetime]:
        since = self._clock.now() - window
        return await persistently(lambda: self._database.read(lambda store: store.deliveries.sent_since(to, since)))

    async def _sent(self, parcel: Parcel, receipt: Receipt) -> None:
        now = self._clock.now()
        await persistently(lambda: self._database.write(lambda s: s.deliveries.sent(parcel.id, receipt.reference, now)))
        log.info("delivered", parcel=parcel.id, to=str(parcel.to), attempt=parcel.attempt)

    async def _fail(self, parcel: Parcel, reason: str) -> None:
        now = self._clock.now()
        await persistently(lambda: self._database.write(lambda s: s.deliveries.failed(parcel.id, reason, now)))
        log.warning("delivery failed", parcel=parcel.id, attempt=parcel.attempt, reason=reason)

    async def _kill(self, parcel_id: str, reason: str) -> None:
        now = self._clock.now()
        await persistently(lambda: self._database.write(lambda s: s.deliveries.dead(parcel_id, reason, now)))
        log.error("dead letter", parcel=parcel_id, reason=reason)

    async def _bury(self, parcel_id: str) -> None:
        last = await persistently(lambda: self._database.read(lambda store: store.deliveries.get(parcel_id)))
        await self._kill(parcel_id, last.reason if last else "unknown parcel")


def reply_key(message: Message, number: int) -> str:
    """The key of the n-th reply to a message: the same whenever the message is answered again."""
    return f"{message.id}#{number}"

"""Delivery: one parcel at a time and in order for each address, at the platform's pace, never silently lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.contracts import Adapter, Address, Clock, Message, Parcel, Payload, Receipt
from bot.contracts.errors import PermanentFailure, TakenOver, TemporaryFailure
from bot.contracts.person import OPERATOR
from bot.flows.engine import Engine, Job
from bot.flows.persist import persistently
from bot.flows.trace import trace
from bot.metrics import Metrics
from storage.database import Database
from storage.repositories.deliveries import Delivery
from storage.store import Store
from storage.vital_signs import received_at_if_complete

COPY_WINDOW = timedelta(hours=4)  # the longest time in which a platform takes an equal message for a copy

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """What an answering transaction put on the list for the answering job itself to send."""

    at_once: Address | None  # where to; None: jobs send everything
    begun: Parcel | None  # the first parcel, whose attempt is noted already
    more: bool  # further parcels are to be sent there


class DeliveryFlow:
    """Puts parcels on the list and hands them to the platforms."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        adapters: Mapping[str, Adapter],
        retry_seconds: Sequence[float],
        alive: Callable[[], bool] = lambda: True,
        metrics: Metrics | None = None,
    ) -> None:
        """`alive`: whether this process still has the right to send (see `bot.flows.machines`)."""
        self._database = database
        self._engine = engine
        self._clock = clock
        self._adapters = adapters
        self._retry_seconds = retry_seconds
        self._alive = alive
        self._metrics = metrics or Metrics()

    def post(self, store: Store, key: str, message_id: str, to: Address, payloads: Sequence[Payload]) -> None:
        """Put payloads on the list, in order, each with a job, inside the caller's transaction; a key only once."""
        self._list(store, key, message_id, to, payloads, with_jobs=True)

    def answer(self, store: Store, message: Message, replies: Sequence[tuple[Address, Sequence[Payload]]]) -> Posted:
        """Put the replies to a message on the list, inside the transaction that marks it as answered.

        A reply to where the message came from needs no job of its own: the job that answers the message sends it,
        and is run again if the process dies. Unless something waits there already, which it must not overtake.
        """
        here = Address(message.channel, message.conversation)
        clear = not store.deliveries.others_wait(here, message.id)
        direct: list[str] = []
        for number, (to, payloads) in enumerate(replies):
            at_once = clear and to == here
            ids = self._list(store, f"{message.id}#{number}", message.id, to, payloads, with_jobs=not at_once)
            direct += ids if at_once else []
        first = self._begin(store, direct[0]) if direct else None
        begun = first if isinstance(first, Parcel) else None
        return Posted(here if direct else None, begun, more=len(direct) > (1 if begun else 0))

    async def send_answers(self, message_id: str, posted: Posted | None) -> None:
        """Send what answers a message and isn't sent yet; what fails, and what comes after it, gets jobs.

        Nothing was `posted` when an earlier run of the answering job died half-way: it may have made the jobs
        already, and only a job, which exists once, is sure to be alone with its parcel.
        """
        at_once = posted.at_once if posted else None
        if posted and posted.begun:
            if await self._send(self._adapters[posted.begun.to.channel], posted.begun) is not None:
                at_once = None
            elif not posted.more:
                return
        unsent = await persistently(lambda: self._database.read(lambda store: store.deliveries.unsent(message_id)))
        while unsent and unsent[0].address == at_once and await self._sent_at_once(unsent[0].id):
            unsent = unsent[1:]
        if unsent:
            await persistently(lambda: self._database.write(lambda store: self._with_jobs(store, unsent)))

    async def replay(self, parcel_id: str, by: str = OPERATOR.id) -> bool:
        """Try a dead letter again. False when there is no such dead letter."""

        def revive(store: Store) -> bool:
            delivery = store.deliveries.replay(parcel_id, self._clock.now())
            if delivery is None:
                return False
            store.audit.add(by, "delivery.replayed", parcel_id, {"to": str(delivery.address)}, self._clock.now())
            self._with_jobs(store, [delivery])
            return True

        return await self._database.write(revive)

    async def deliver(self, parcel_id: str) -> None:
        """The job: send one parcel until it is sent or dead."""
        asked = 0.0
        for seconds in (0.0, *self._retry_seconds):
            await asyncio.sleep(max(seconds, asked))
            if (wait := await self._attempt(parcel_id)) is None:
                return
            asked = wait
        await self._bury(parcel_id)

    def _list(
        self, store: Store, key: str, message_id: str, to: Address, payloads: Sequence[Payload], *, with_jobs: bool
    ) -> list[str]:
        ids = [parcel_id(key, number) for number in range(len(payloads))]
        for id_, payload in zip(ids, payloads, strict=True):
            store.deliveries.add(id_, message_id, to, payload, self._clock.now())
            delivery = store.deliveries.get(id_) if with_jobs else None
            self._with_jobs(store, [delivery] if delivery else [])
        return ids

    def _with_jobs(self, store: Store, deliveries: Sequence[Delivery]) -> None:
        """A job for each; one for each replay, however often this is done."""
        for delivery in deliveries:
            key = f"delivery:{delivery.id}:{delivery.replays}"
            job = Job("delivery", key, delivery.id, partition=str(delivery.address), order=delivery.seq)
            self._engine.enqueue(store, job)

    async def _sent_at_once(self, parcel_id: str) -> bool:
        """One try without waiting. True when there is nothing more to do for this parcel."""
        begun = await self._begun(parcel_id)
        if isinstance(begun, Parcel):
            return await self._send(self._adapters[begun.to.channel], begun) is None
        return begun is None

    async def _attempt(self, parcel_id: str) -> float | None:
        """One try, in its turn. None when there is nothing more to do, else seconds to wait before the next."""
        while not isinstance(begun := await self._begun(parcel_id), Parcel):
            if begun is None:
                return None
            await asyncio.sleep(begun)
        return await self._send(self._adapters[begun.to.channel], begun)

    async def _begun(self, parcel_id: str) -> Parcel | float | None:
        return await persistently(lambda: self._database.write(lambda store: self._begin(store, parcel_id)))

    async def _send(self, adapter: Adapter, parcel: Parcel) -> float | None:
        trace(parcel.answers or parcel.id)
        if not self._alive():
            raise TakenOver
        try:
            receipt = await adapter.send(parcel)
        except TemporaryFailure as error:
            await self._fail(parcel, str(error))
            return error.retry_after or 0.0
        except PermanentFailure as error:
            await self._kill(parcel.id, parcel.to.channel, str(error))
            return None
        except Exception as error:  # a fault of ours in an adapter must not lose the reply
            log.exception("adapter failed", parcel=parcel.id, channel=adapter.name)
            await self._fail(parcel, f"{type(error).__name__}: {error}")
            return 0.0
        await self._sent(parcel, receipt)
        return None

    def _begin(self, store: Store, parcel_id: str) -> Parcel | float | None:
        """The parcel to send now; or seconds to wait until its address may get more; or None: nothing to do.

        Parcels behind this one wait with it, so order is kept.
        """
        now, delivery = self._clock.now(), store.deliveries.get(parcel_id)
        if delivery is None or delivery.state in {"sent", "dead"}:
            return None
        to = delivery.address
        adapter = self._adapters.get(to.channel)
        if adapter is None:
            store.deliveries.dead(parcel_id, f"channel {to.channel} is not enabled: enable it, then replay", now)
            return None
        most, seconds = adapter.limit
        sent = store.deliveries.sent_since(to, now - timedelta(seconds=seconds))
        if len(sent) >= most:
            return max(0.05, (sent[-most] + timedelta(seconds=seconds) - now).total_seconds())
        repeats = store.deliveries.same_payload_since(to, delivery.payload, now - COPY_WINDOW, except_id=parcel_id)
        store.deliveries.begin(parcel_id, now)
        return Parcel(
            parcel_id,
            to,
            delivery.payload,
            attempt=delivery.attempts + 1,
            repeats=repeats,
            answers=delivery.message_id,
        )

    async def _sent(self, parcel: Parcel, receipt: Receipt) -> None:
        now = self._clock.now()

        def note(store: Store) -> datetime | None:
            store.deliveries.sent(parcel.id, receipt.reference, now)
            return received_at_if_complete(store, parcel.answers)

        self._metrics.sent(parcel.to.channel, await persistently(lambda: self._database.write(note)), now)
        log.info("delivered", parcel=parcel.id, to=str(parcel.to), attempt=parcel.attempt)

    async def _fail(self, parcel: Parcel, reason: str) -> None:
        now = self._clock.now()
        await persistently(lambda: self._database.write(lambda s: s.deliveries.failed(parcel.id, reason, now)))
        self._metrics.not_sent(parcel.to.channel, dead=False)
        log.warning("delivery failed", parcel=parcel.id, attempt=parcel.attempt, reason=reason)

    async def _kill(self, parcel_id: str, channel: str, reason: str) -> None:
        now = self._clock.now()
        await persistently(lambda: self._database.write(lambda s: s.deliveries.dead(parcel_id, reason, now)))
        self._metrics.not_sent(channel, dead=True)
        log.error("dead letter", parcel=parcel_id, reason=reason)

    async def _bury(self, parcel_id: str) -> None:
        last = await persistently(lambda: self._database.read(lambda store: store.deliveries.get(parcel_id)))
        if last is not None:
            await self._kill(parcel_id, last.address.channel, last.reason)


def parcel_id(key: str, number: int = 0) -> str:
    """The id of the parcel that was posted under a key."""
    return f"{sha256(key.encode()).hexdigest()[:32]}-{number}"

"""What goes out: one row per payload, from waiting to sent or dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, func, update
from sqlmodel import Session, col, select

from bot.contracts.reply import Address
from storage.codec import fingerprint
from storage.repositories import timeline
from storage.tables import DeliveryRow, TimelineRow
from storage.upsert import insert_new

State = Literal["waiting", "sending", "sent", "dead"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One payload on its way. Times are UTC."""

    id: str
    seq: int  # rises within an address: send in this order
    address: Address
    payload: Mapping[str, Any]
    state: State
    attempts: int  # begun so far, before and after replays
    replays: int  # how often an operator has sent it again
    reason: str  # why the last attempt failed
    reference: str  # the platform's own id, once sent
    message_id: str  # what it answers; "" when nobody asked
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None


class Deliveries:
    """What goes out. The states only move as the methods say; a sent delivery stays sent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, delivery_id: str, message_id: str, address: Address, payload: Mapping[str, Any], at: datetime) -> int:
        """Store a payload once and return its number; the same id again changes nothing."""
        person_id = timeline.reader_of(self._session, message_id, address)
        timeline.enter(self._session, address, None, at, group=False)
        row = DeliveryRow(
            id=delivery_id,
            message_id=message_id,
            channel=address.channel,
            conversation=address.conversation,
            payload=dict(payload),
            payload_hash=fingerprint(payload),
            created_at=at,
            updated_at=at,
        )
        if not insert_new(self._session, row):
            return timeline.number_of(self._session, "out", delivery_id)
        return timeline.append(self._session, "out", delivery_id, address, person_id, at)

    def get(self, delivery_id: str) -> Delivery | None:
        """One delivery, for the flows."""
        row = self._session.get(DeliveryRow, delivery_id)
        return _delivery(row, timeline.number_of(self._session, "out", delivery_id)) if row else None

    def begin(self, delivery_id: str, at: datetime) -> Delivery:
        """An attempt begins. Sent and dead ones are returned as they are: send only when state is "sending"."""
        self._change(delivery_id, ("waiting", "sending"), at, state="sending", attempts=DeliveryRow.attempts + 1)
        return self._known(delivery_id)

    def sent(self, delivery_id: str, reference: str, at: datetime) -> None:
        """The platform took it; `reference` is its own id of it."""
        self._change(delivery_id, ("waiting", "sending"), at, state="sent", reference=reference, reason="", sent_at=at)

    def failed(self, delivery_id: str, reason: str, at: datetime) -> None:
        """The attempt failed; another one will follow."""
        self._change(delivery_id, ("waiting", "sending"), at, state="waiting", reason=reason)

    def dead(self, delivery_id: str, reason: str, at: datetime) -> None:
        """No further attempt is made until an operator replays it."""
        self._change(delivery_id, ("waiting", "sending"), at, state="dead", reason=reason)

    def replay(self, delivery_id: str, at: datetime) -> Delivery | None:
        """A dead letter waits again; None when it isn't dead. `replays` makes a fresh workflow id."""
        replayed = self._change(delivery_id, ("dead",), at, state="waiting", replays=DeliveryRow.replays + 1)
        return self._known(delivery_id) if replayed else None

    def listing(self, state: State = "dead", limit: int = 100) -> list[Delivery]:
        """Deliveries in a state, the latest change first; for operators."""
        order = col(DeliveryRow.updated_at).desc()
        query = _with_numbers().where(DeliveryRow.state == state).order_by(order, col(TimelineRow.seq).desc())
        return [_delivery(row, seq or 0) for row, seq in self._session.exec(query.limit(limit))]

    def counts(self) -> dict[str, int]:
        """How many are in each state; every state is named."""
        counted = self._session.exec(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
        return {"waiting": 0, "sending": 0, "sent": 0, "dead": 0, **dict(counted.all())}

    def sent_since(self, address: Address, since: datetime) -> list[datetime]:
        """When something was sent there since then, oldest first; for rate limits."""
        query = select(DeliveryRow.sent_at).where(*_at(address), col(DeliveryRow.sent_at) >= since)
        return [at for at in self._session.exec(query.order_by(col(DeliveryRow.sent_at))) if at]

    def same_payload_since(self, address: Address, payload: Mapping[str, Any], since: datetime, except_id: str) -> bool:
        """Whether an equal payload was sent there, or may have been, since then."""
        query = select(DeliveryRow.id).where(
            *_at(address),
            DeliveryRow.payload_hash == fingerprint(payload),
            col(DeliveryRow.state).in_(["sending", "sent"]),
            DeliveryRow.updated_at >= since,
            DeliveryRow.id != except_id,
        )
        return self._session.exec(query.limit(1)).first() is not None

    def _change(self, delivery_id: str, states: tuple[State, ...], at: datetime, **values: Any) -> bool:
        """Change the row if it is in one of the states. Whether it was."""
        change = update(DeliveryRow).where(col(DeliveryRow.id) == delivery_id)
        change = change.where(col(DeliveryRow.state).in_(states)).values(updated_at=at, **values)
        return self._session.execute(change.returning(col(DeliveryRow.id))).first() is not None

    def _known(self, delivery_id: str) -> Delivery:
        delivery = self.get(delivery_id)
        if delivery is None:
            raise LookupError(f"no delivery {delivery_id!r}: add it in the transaction that enqueues its workflow.")
        return delivery


def _at(address: Address) -> tuple[Any, Any]:
    return DeliveryRow.channel == address.channel, DeliveryRow.conversation == address.conversation


def _with_numbers() -> Any:
    line = and_(col(TimelineRow.item) == col(DeliveryRow.id), col(TimelineRow.direction) == "out")
    return select(DeliveryRow, TimelineRow.seq).join(TimelineRow, line)


def _delivery(row: DeliveryRow, seq: int) -> Delivery:
    values = row.model_dump(exclude={"channel", "conversation", "payload_hash"})
    return Delivery(seq=seq, address=Address(row.channel, row.conversation), **values)

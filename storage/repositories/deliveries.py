"""What goes out: one row per payload, from waiting to sent or dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Row, and_, bindparam, func, update
from sqlalchemy import select as core
from sqlmodel import Session, col, select

from bot.contracts.reply import Address
from storage.codec import fingerprint
from storage.repositories import timeline
from storage.tables import DeliveryRow, TimelineRow
from storage.upsert import add_new, table_of

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


_table, _line = table_of(DeliveryRow), table_of(TimelineRow)
_NEW = {"state": "waiting", "attempts": 0, "replays": 0, "reason": "", "reference": "", "sent_at": None}
_KEPT = [column for column in _table.c if column.name != "payload_hash"]
_WITH_NUMBERS = core(*_KEPT, _line.c.seq).join(_line, and_(_line.c.item == _table.c.id, _line.c.direction == "out"))
_GET = _WITH_NUMBERS.where(_table.c.id == bindparam("id"))
_COUNTED = ("attempts", "replays")
_HERE = (_table.c.channel == bindparam("channel"), _table.c.conversation == bindparam("conversation"))
_SENT_SINCE = (
    core(_table.c.sent_at)
    .where(*_HERE, _table.c.sent_at >= bindparam("since", type_=_table.c.sent_at.type))
    .order_by(_table.c.sent_at)
)
_SAME = (
    core(_table.c.id)
    .where(
        *_HERE,
        _table.c.payload_hash == bindparam("hash"),
        _table.c.state.in_(["sending", "sent"]),
        _table.c.updated_at >= bindparam("since", type_=_table.c.sent_at.type),
        _table.c.id != bindparam("except_id"),
    )
    .limit(1)
)


_UNSENT = core(_table.c.id).where(
    _table.c.message_id == bindparam("message_id"), _table.c.state.in_(["waiting", "sending"])
)
_OTHERS_WAIT = (
    core(_table.c.id)
    .where(*_HERE, _table.c.state.in_(["waiting", "sending"]), _table.c.message_id != bindparam("message_id"))
    .limit(1)
)


@cache
def _changing(names: tuple[str, ...]) -> Any:
    """Sets the named columns of one row in one of some states; counters rise by one."""
    values = {n: _table.c[n] + 1 if n in _COUNTED else bindparam(n) for n in (*names, "updated_at")}
    change = update(_table).where(_table.c.id == bindparam("key"))
    return change.where(_table.c.state.in_(bindparam("states", expanding=True))).values(values).returning(_table.c.id)


class Deliveries:
    """What goes out. The states only move as the methods say; a sent delivery stays sent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, delivery_id: str, message_id: str, address: Address, payload: Mapping[str, Any], at: datetime) -> int:
        """Store a payload once and return its number; the same id again changes nothing."""
        person_id = timeline.reader_of(self._session, message_id, address)
        timeline.enter(self._session, address, None, at, group=False)
        row = _NEW | {
            "id": delivery_id,
            "message_id": message_id,
            "channel": address.channel,
            "conversation": address.conversation,
            "payload": dict(payload),
            "payload_hash": fingerprint(payload),
            "created_at": at,
            "updated_at": at,
        }
        if not add_new(self._session, DeliveryRow, row):
            return timeline.number_of(self._session, "out", delivery_id)
        return timeline.append(self._session, "out", delivery_id, address, person_id, at)

    def get(self, delivery_id: str) -> Delivery | None:
        """One delivery, for the flows."""
        row = self._session.connection().execute(_GET, {"id": delivery_id}).first()
        return _delivery(row) if row else None

    def starting_with(self, start: str, limit: int = 2) -> list[str]:
        """Ids that start so, for operators who don't type all of one."""
        query = select(DeliveryRow.id).where(col(DeliveryRow.id).startswith(start, autoescape=True))
        return list(self._session.exec(query.order_by(col(DeliveryRow.id)).limit(limit)))

    def short(self, delivery_id: str, least: int = 8) -> str:
        """As much of an id as tells it from all others."""
        ids = col(DeliveryRow.id)
        beside = (
            self._session.exec(select(func.max(ids)).where(ids < delivery_id)).one(),
            self._session.exec(select(func.min(ids)).where(ids > delivery_id)).one(),
        )
        shared = max(_shared(delivery_id, other or "") for other in beside)
        return delivery_id[: max(least, shared + 1)]

    def unsent(self, message_id: str) -> list[Delivery]:
        """What answers this message and is still to be sent, in order."""
        ids = self._session.connection().execute(_UNSENT, {"message_id": message_id}).scalars().all()
        return sorted((self._known(delivery_id) for delivery_id in ids), key=lambda delivery: delivery.seq)

    def others_wait(self, address: Address, message_id: str) -> bool:
        """Whether something that answers another message is still to be sent there."""
        values = {"channel": address.channel, "conversation": address.conversation, "message_id": message_id}
        return self._session.connection().execute(_OTHERS_WAIT, values).first() is not None

    def begin(self, delivery_id: str, at: datetime) -> None:
        """An attempt begins. Sent and dead ones stay as they are: look at the state first, in the same transaction."""
        if not self._change(delivery_id, ("waiting", "sending"), at, state="sending", attempts=1):
            self._known(delivery_id)

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
        replayed = self._change(delivery_id, ("dead",), at, state="waiting", replays=1)
        return self._known(delivery_id) if replayed else None

    def listing(self, state: State = "dead", limit: int = 100) -> list[Delivery]:
        """Deliveries in a state, the latest change first; for operators."""
        order = _table.c.updated_at.desc(), _line.c.seq.desc()
        query = _WITH_NUMBERS.where(_table.c.state == state).order_by(*order).limit(limit)
        return [_delivery(row) for row in self._session.connection().execute(query)]

    def counts(self) -> dict[str, int]:
        """How many are in each state; every state is named."""
        counted = self._session.exec(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
        return {"waiting": 0, "sending": 0, "sent": 0, "dead": 0, **dict(counted.all())}

    def sent_since(self, address: Address, since: datetime) -> list[datetime]:
        """When something was sent there since then, oldest first; for rate limits."""
        values = {"channel": address.channel, "conversation": address.conversation, "since": since}
        return list(self._session.connection().execute(_SENT_SINCE, values).scalars())

    def same_payload_since(self, address: Address, payload: Mapping[str, Any], since: datetime, except_id: str) -> bool:
        """Whether an equal payload was sent there, or may have been, since then."""
        values = {"channel": address.channel, "conversation": address.conversation, "since": since}
        values |= {"hash": fingerprint(payload), "except_id": except_id}
        return self._session.connection().execute(_SAME, values).first() is not None

    def _change(self, delivery_id: str, states: tuple[State, ...], at: datetime, **values: Any) -> bool:
        """Change the row if it is in one of the states. Whether it was."""
        given = {"key": delivery_id, "states": list(states), "updated_at": at}
        given |= {name: value for name, value in values.items() if name not in _COUNTED}
        return self._session.connection().execute(_changing(tuple(values)), given).first() is not None

    def _known(self, delivery_id: str) -> Delivery:
        delivery = self.get(delivery_id)
        if delivery is None:
            raise LookupError(f"no delivery {delivery_id!r}: add it in the transaction that enqueues its workflow.")
        return delivery


def _shared(one: str, other: str) -> int:
    """How many characters two ids begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _delivery(row: Row[Any, *tuple[Any, ...]]) -> Delivery:
    values = dict(row._mapping)
    return Delivery(address=Address(values.pop("channel"), values.pop("conversation")), **values)

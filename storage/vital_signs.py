"""How the work is going, from the rows: what waits, since when, and what has died."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func
from sqlalchemy import select as core
from sqlmodel import col, select

from storage.store import Store
from storage.tables import DeliveryRow, MachineRow, MessageRow
from storage.upsert import table_of

_messages, _deliveries = table_of(MessageRow), table_of(DeliveryRow)
_UNSENT = core(_deliveries.c.id).where(_deliveries.c.message_id == _messages.c.id, _deliveries.c.state != "sent")
_COMPLETE = core(_messages.c.received_at).where(_messages.c.id == bindparam("id"), ~_UNSENT.exists())


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """One look at the tables. Times are UTC; None: nothing waits."""

    messages_waiting: int
    oldest_message: datetime | None
    deliveries_waiting: int
    oldest_delivery: datetime | None
    dead_letters: int
    machines: int  # that have joined and neither left nor been found dead


def vital_signs(store: Store) -> VitalSigns:
    """Counts by index; quick while little waits."""
    session = store.session
    unanswered = select(func.count(), func.min(MessageRow.received_at)).where(col(MessageRow.answered_at).is_(None))
    waiting = select(func.count(), func.min(DeliveryRow.created_at)).where(
        col(DeliveryRow.state).in_(["waiting", "sending"])
    )
    dead = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.state == "dead")
    machines = select(func.count()).select_from(MachineRow).where(MachineRow.beats >= 0)
    messages, oldest_message = session.exec(unanswered).one()
    deliveries, oldest_delivery = session.exec(waiting).one()
    return VitalSigns(
        messages_waiting=messages,
        oldest_message=oldest_message,
        deliveries_waiting=deliveries,
        oldest_delivery=oldest_delivery,
        dead_letters=session.exec(dead).one(),
        machines=session.exec(machines).one(),
    )


def received_at_if_complete(store: Store, message_id: str) -> datetime | None:
    """When a message came, once everything that answers it has been sent; None before, and for no message."""
    found: datetime | None = store.session.connection().execute(_COMPLETE, {"id": message_id}).scalar()
    return found

"""A18: what a customer's people said or by what they are known goes from business events, too.

Orders, deliveries and payments are the company's own records and stay; they hold no words.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from storage.tables import EventRow
from storage.upsert import table_of

PERSONAL: Mapping[str, tuple[str, ...]] = {"feedback.received": ("comment",), "store.visited": ("member_no",)}
_events = table_of(EventRow)


def forget_words(connection: Connection, customer_id: str) -> int:
    """Empty these fields in a customer's events; of how many. The events stay: that they happened is counted."""
    columns = _events.c.seq, _events.c.type, _events.c.data
    query = select(*columns).where(_events.c.customer_id == customer_id, _events.c.type.in_(PERSONAL))
    found = connection.execute(query).all()
    for seq, type_, data in found:
        left = {name: "" if name in PERSONAL[type_] else value for name, value in data.items()}
        connection.execute(update(_events).where(_events.c.seq == seq).values(data=left, original=None, mended=[]))
    return len(found)

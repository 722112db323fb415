"""The names by which an event's story is found: order_no SO00012 (C11). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.event import Event
from knowledge.events.types import EventType

NAMES = (
    "order_no",
    "contract_no",
    "customer_no",
    "deal_no",
    "lead_no",
    "quote_no",
    "purchase_order_no",
    "ticket_no",
    "sku",
)
"""Every key that a type may name: a field of that name in its newest version."""
LONGEST = 100  # characters of a value


def of(type_: EventType, event: Event) -> Mapping[str, str]:
    """The keys of an event whose data are of the newest version; those that it doesn't say are left out."""
    said = ((name, _word(event.data.get(name))) for name in type_.keys)
    return {name: value for name, value in said if value}


def _word(value: object) -> str:
    return str(value).strip()[:LONGEST] if isinstance(value, str | int) and not isinstance(value, bool) else ""

"""Closed deals with what was said in them, from storage. Only what was said before a deal closed can have won it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.listening import Dialogue
from knowledge.patterns.case import Talk

if TYPE_CHECKING:
    from storage.repositories.customers import Customer
    from storage.repositories.deals import Deal
    from storage.store import Store

CONFOUNDERS = ("rep", "amount", "industry")
_THIRDS = ("small", "middle", "large")


def gather(store: Store, since: date, until: date, zone: ZoneInfo) -> list[Talk]:
    """Deals closed from a day to the day before another, that have a dialogue; without one nothing can be learned."""
    deals = store.deals.closed(since, until)
    ids = store.dialogues.of_deals(deal.id for deal in deals)
    dialogues = store.dialogues.read_all(id_ for some in ids.values() for id_ in some)
    customers = store.customers.records({deal.customer_id for deal in deals})
    sizes = thirds([deal.amount for deal in deals])
    found = (
        Talk(
            deal.id,
            deal.result == "won",
            before([dialogues[id_] for id_ in ids.get(deal.id, ()) if id_ in dialogues], deal.closed, zone),
            _about(deal, size, customers),
        )
        for deal, size in zip(deals, sizes, strict=True)
    )
    return [talk for talk in found if talk.dialogues]


def before(dialogues: Iterable[Dialogue], closed: date | None, zone: ZoneInfo) -> tuple[Dialogue, ...]:
    """The dialogues without what was said after the day on which the deal closed; none that has nothing left."""

    def early(at: datetime | None) -> bool:
        return closed is None or at is None or at.astimezone(zone).date() <= closed

    cut = (
        replace(one, utterances=tuple(said for said in one.utterances if early(said.at)))
        for one in dialogues
        if early(one.begun_at)
    )
    return tuple(one for one in cut if one.utterances)


def thirds(amounts: Sequence[Decimal | None]) -> list[str]:
    """For each deal the third that its amount falls into; "" where it is not known."""
    known = sorted(amount for amount in amounts if amount is not None)
    edges = [known[len(known) * part // 3] for part in (1, 2)] if known else []
    return ["" if amount is None else _THIRDS[sum(amount >= edge for edge in edges)] for amount in amounts]


def _about(deal: Deal, size: str, customers: Mapping[str, Customer]) -> dict[str, str]:
    customer = customers.get(deal.customer_id)
    return {"rep": deal.owner_id, "amount": size, "industry": (customer.industry or "") if customer else ""}

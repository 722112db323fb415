"""Everything about open deals that a look at the pipeline needs, in a handful of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from storage.repositories.contacts import Contact, Contacts
from storage.repositories.customer_people import CustomerPeople, CustomerPerson
from storage.repositories.deals import Deal, Deals, StageEntry
from storage.repositories.quotes import Quote, Quotes


@dataclass(frozen=True, slots=True)
class DealState:
    """One deal with its facts. What was never heard or noted is empty, never 0."""

    deal: Deal
    contact: Contact  # of the deal's own dialogues
    stages: tuple[StageEntry, ...] = ()  # the oldest first
    quotes: tuple[Quote, ...] = ()  # the oldest first
    people: frozenset[str] = frozenset()  # ids of the customer's people who took part
    listed: tuple[CustomerPerson, ...] = ()  # who works at the customer's and may take part


class DealStates:
    """Deals with their facts, for the flows."""

    def __init__(self, session: Session) -> None:
        self._deals, self._quotes, self._contacts = Deals(session), Quotes(session), Contacts(session)
        self._listed = CustomerPeople(session)

    def open(self, customer_ids: Collection[str] | None = None) -> list[DealState]:
        """Of all deals that are neither won nor lost; of these customers only."""
        return self.of(self._deals.open(customer_ids))

    def of(self, deals: Collection[Deal]) -> list[DealState]:
        """Of these deals, in their order."""
        ids = [deal.id for deal in deals]
        stages, quotes = self._deals.stages(ids), self._quotes.of_deals(ids)
        contacts, people = self._contacts.of_deals(ids), self._contacts.people(ids)
        listed = self._listed.of_customers(deal.customer_id for deal in deals)
        return [
            DealState(
                deal,
                contacts.get(deal.id, Contact()),
                tuple(stages.get(deal.id, ())),
                tuple(quotes.get(deal.id, ())),
                people.get(deal.id, frozenset()),
                tuple(one for one in listed.get(deal.customer_id, ()) if one.deal_id in {"", deal.id}),
            )
            for deal in deals
        ]

"""What an event is about: our customer, contract, person and region, looked up from its keys (D9).

A bounded number of queries for a batch, whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Table, bindparam, or_, select, update
from sqlmodel import Session

from storage.chunks import chunks
from storage.tables import ContractRow, CustomerRow, DealRow, EventKeyRow, EventRow, LeadRow, TicketRow
from storage.upsert import table_of

# Keys whose former events tell what a new one is about; a customer or an article of the stock has too many of them.
LINKS = ("order_no", "purchase_order_no", "quote_no", "contract_no", "deal_no", "lead_no", "ticket_no")
_events, _keys = table_of(EventRow), table_of(EventKeyRow)
_customers, _contracts, _deals = table_of(CustomerRow), table_of(ContractRow), table_of(DealRow)
_leads, _tickets = table_of(LeadRow), table_of(TicketRow)
Key = tuple[str, str]  # (name, value)


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what an event concerns; "" is unknown."""

    customer_id: str = ""
    contract_id: str = ""
    person_id: str = ""
    region: str = ""

    def filled(self, other: About) -> About:
        """With what the other knows and this doesn't."""
        return About(
            self.customer_id or other.customer_id,
            self.contract_id or other.contract_id,
            self.person_id or other.person_id,
            self.region or other.region,
        )


NOTHING = About()


class EventAbout:
    """Looks up, and hands on what later events tell about former ones."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, keys: Sequence[Mapping[str, str]], regions: Sequence[str]) -> list[About]:
        """One for each event: by its own keys first, then by events of the same case, former ones or of this batch.

        `regions`: what each event's data says itself.
        """
        own = self._own(keys)
        own = [replace(one, region=region or one.region) for one, region in zip(own, regions, strict=True)]
        links = [[(name, one[name]) for name in LINKS if one.get(name)] for one in keys]
        told = self._told({link for some in links for link in some})
        for some, one in zip(links, own, strict=True):
            for link in some:
                told[link] = one.filled(told.get(link, NOTHING))
        return [self._joined(one, some, told) for one, some in zip(own, links, strict=True)]

    def hand_on(self, keys: Sequence[Mapping[str, str]], found: Sequence[About]) -> None:
        """Events of the same cases that came before anybody could know whom they concern."""
        told = {
            (name, one[name]): about
            for one, about in zip(keys, found, strict=True)
            for name in LINKS
            if one.get(name) and about.customer_id
        }
        changes: dict[int, About] = {}
        for some in chunks(told):
            query = _cases().where(_among(some), _events.c.customer_id == "")
            for seq, name, value, *former in self._session.connection().execute(query):
                changes[seq] = changes.get(seq, About(*former)).filled(told[name, value])
        if changes:
            self._session.connection().execute(_HAND_ON, [_columns(seq, one) for seq, one in changes.items()])

    def _joined(self, one: About, links: Iterable[Key], told: Mapping[Key, About]) -> About:
        for link in links:
            one = one.filled(told.get(link, NOTHING))
        return one

    def _told(self, links: Iterable[Key]) -> dict[Key, About]:
        """What former events of these cases are about; the newest that knows it counts."""
        found: dict[Key, About] = {}
        for some in chunks(links):
            query = _cases().where(_among(some)).order_by(_events.c.seq.desc())
            for _, name, value, *about in self._session.connection().execute(query):
                found[name, value] = found.get((name, value), NOTHING).filled(About(*about))
        return found

    def _own(self, keys: Sequence[Mapping[str, str]]) -> list[About]:
        """By our own records of what the keys name."""
        contracts = self._rows(_contracts, ("customer_id", "signer_id", "deal_id"), _said(keys, "contract_no"))
        deals = self._rows(_deals, ("customer_id", "owner_id"), _said(keys, "deal_no"))
        leads = self._rows(_leads, ("region",), _said(keys, "lead_no"))
        tickets = self._rows(_tickets, ("customer_id",), _said(keys, "ticket_no"))
        found: list[About] = []
        for one in keys:
            contract, deal = contracts.get(one.get("contract_no", "")), deals.get(one.get("deal_no", ""))
            ticket, lead = tickets.get(one.get("ticket_no", "")), leads.get(one.get("lead_no", ""))
            customer = (contract and contract[0]) or (deal and deal[0]) or (ticket and ticket[0]) or ""
            found.append(
                About(
                    customer_id=one.get("customer_no", "") or customer,
                    contract_id=one.get("contract_no", ""),  # it may come later than what is said of it
                    person_id=(contract and contract[1]) or (deal and deal[1]) or "",
                    region=lead[0] if lead else "",
                )
            )
        owners = self._rows(_customers, ("owner_id", "region"), {one.customer_id for one in found if one.customer_id})
        return [_of_customer(one, owners) for one in found]

    def _rows(self, table: Table, columns: Sequence[str], ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for some in chunks(ids):
            query = select(table.c.id, *(table.c[name] for name in columns)).where(table.c.id.in_(some))
            for id_, *values in self._session.connection().execute(query):
                found[id_] = tuple(value or "" for value in values)
        return found


def _cases() -> Any:
    """(Number of the event, name and value of a key, what the event is about) of each key of each event."""
    about = (_events.c[name] for name in ("customer_id", "contract_id", "person_id", "region"))
    joined = _keys.join(_events, _events.c.seq == _keys.c.event_seq)
    return select(_events.c.seq, _keys.c.name, _keys.c.value, *about).select_from(joined)


def _of_customer(one: About, customers: Mapping[str, tuple[str, ...]]) -> About:
    """A customer whom we don't know is nobody's, so nobody but operators would see it by that name."""
    if one.customer_id not in customers:
        return replace(one, customer_id="")
    owner, region = customers[one.customer_id]
    return one.filled(About(person_id=owner, region=region))


def _said(keys: Sequence[Mapping[str, str]], name: str) -> set[str]:
    return {one[name] for one in keys if one.get(name)}


def _among(links: Sequence[Key]) -> Any:
    """By name, so that the index on (name, value) serves."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for name, value in links:
        by_name[name].append(value)
    return or_(*((_keys.c.name == name) & _keys.c.value.in_(values) for name, values in by_name.items()))


_HAND_ON = (
    update(_events)
    .where(_events.c.seq == bindparam("of_seq"))
    .values(
        customer_id=bindparam("to_customer"),
        contract_id=bindparam("to_contract"),
        person_id=bindparam("to_person"),
        region=bindparam("to_region"),
    )
)


def _columns(seq: int, one: About) -> dict[str, Any]:
    return {
        "of_seq": seq,
        "to_customer": one.customer_id,
        "to_contract": one.contract_id,
        "to_person": one.person_id,
        "to_region": one.region,
    }

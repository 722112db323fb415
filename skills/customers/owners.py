"""How customers spread over those who look after them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Card, Section
from config.locales import t
from skills.customers.cards import TABLED, amount, as_table, plain

if TYPE_CHECKING:
    from storage.repositories.customers import Customer

NAMED = 5  # in the folded card


def by_owner(customers: Iterable[Customer]) -> dict[str, list[Customer]]:
    """Customers by the name of their owner; "" has the public pool."""
    owners: dict[str, list[Customer]] = defaultdict(list)
    for customer in customers:
        owners[customer.owner_name].append(customer)
    return owners


def total(customers: Iterable[Customer]) -> Decimal:
    """Yearly purchases in yuan; unknown ones count as nothing."""
    return sum((customer.annual_amount or Decimal(0) for customer in customers), Decimal(0))


def share(owner: str, theirs: Sequence[Customer], language: str) -> str:
    """One owner in a line."""
    values = {"count": len(theirs), "amount": amount(total(theirs), language)}
    return t("customers.home_share", language, who=_name(owner, language), **values)


def owners_card(customers: Sequence[Customer], what: str, language: str) -> Card:
    """Who has how many, most first; customers without an owner come last. `customers` are not empty."""
    ordered = sorted(by_owner(customers).items(), key=lambda item: (item[0] == "", -len(item[1]), -total(item[1])))
    first, theirs = ordered[0]
    everybody = Section(t("customers.home_all", language), _table(ordered, language))
    headline = t("customers.most", language, who=_name(first, language), count=len(theirs), people=len(ordered))
    return Card(
        id=f"customers-{uuid4().hex}",
        headline=t("customers.both", language, what=what, words=headline) if what else headline,
        summary="\n".join(share(owner, theirs, language) for owner, theirs in ordered[:NAMED]),
        source=t("customers.title", language),
        sections=(everybody,) if len(ordered) > NAMED else (),
    )


def _table(ordered: Sequence[tuple[str, Sequence[Customer]]], language: str) -> str:
    head = [t(f"customers.column.{name}", language) for name in ("owner", "count", "yearly")]
    rows = [[_name(owner, language), str(len(theirs)), amount(total(theirs), language)] for owner, theirs in ordered]
    return as_table(head, rows[:TABLED])


def _name(owner: str, language: str) -> str:
    return plain(owner) if owner else t("customers.pool", language)

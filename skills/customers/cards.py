"""What customers look like in an answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Action, Card, Fact, Section
from config.locales import t

if TYPE_CHECKING:
    from skills.customers.numbers import Top
    from storage.repositories.customer_people import CustomerPerson
    from storage.repositories.customers import Customer

NAMED = 3  # in the folded card
LISTED = 20  # on a page of the unfolded one
INTRODUCED = 5  # of a customer's people
OFFERED = 5  # to pick from: as many buttons as every platform has room for
LABEL = 10  # characters on a button
TABLED = 50  # lines of a table that has no pages
TEN_THOUSAND, MILLION = Decimal(10_000), Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: the customers in order, and in words which they are."""

    customers: Sequence[Customer]
    viewer_id: str
    what: str = ""  # the conditions
    top: Top | None = None

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-len(self.customers) // LISTED))

    @property
    def only_own(self) -> bool:
        """Whether the viewer looks after all of them."""
        return all(customer.owner_id == self.viewer_id for customer in self.customers)

    def headline(self, language: str) -> str:
        """How many there are, of what."""
        count = len(self.customers)
        if self.top:
            key = "customers.smallest" if self.top.smallest else "customers.largest"
            words = t(f"{key}_one" if count == 1 else key, language, count=count)
            return t("customers.both", language, what=self.what, words=words) if self.what else words
        return t("customers.listed_where" if self.what else "customers.listed", language, count=count, what=self.what)


def list_card(listing: Listing, language: str, page: int = 1) -> Card:
    """One page. The first is folded to the largest few; who turns pages wants to read them."""
    first = (page - 1) * LISTED
    shown = listing.customers[first : first + LISTED]
    return Card(
        id=f"customers-{uuid4().hex}",
        headline=listing.headline(language),
        summary=_summary(listing.customers, language) if page == 1 else "",
        source=t("customers.title", language),
        sections=(Section(_table_title(listing, first, language), _table(shown, listing, language)),),
        actions=_turning(listing, page, language),
        unfolded=page > 1,
    )


def customer_card(customer: Customer, contacts: Sequence[CustomerPerson], viewer_id: str, language: str) -> Card:
    """Everything that is known about one customer, and what one can ask next."""
    place = " · ".join(dict.fromkeys(part for part in (customer.province, customer.region) if part))
    values = {
        "industry": customer.industry,
        "place": place,
        "tier": t("customers.tier", language, tier=customer.tier) if customer.tier else "",
        "yearly": amount(customer.annual_amount, language),
        "owner": _owner(customer, viewer_id, language),
    }
    unknown = t("customers.unknown", language)
    facts = [Fact(t(f"customers.column.{name}", language), plain(value) or unknown) for name, value in values.items()]
    if contacts:
        facts.append(Fact(t("customers.column.contacts", language), _contacts(contacts, language)))
    return Card(
        id=f"customer-{uuid4().hex}",
        headline=customer.name,
        summary=t("customers.next", language, question=plain(objection(customer, language))),
        source=t("customers.title", language),
        facts=tuple(facts),
        actions=_next_steps(customer, language),
    )


def objection(customer: Customer, language: str) -> str:
    """A question about this customer that the talk-tracks answer."""
    return t("customers.objection", language, name=customer.short_name or customer.name)


def choice_card(customers: Sequence[Customer], language: str) -> Card:
    """Several customers fit: pick one."""
    offered = customers[:OFFERED]
    lines = [f"{number}. {_line(customer, language)}" for number, customer in enumerate(offered, start=1)]
    if len(customers) > OFFERED:
        lines.append(t("customers.say_more", language))
    return Card(
        id=f"customers-{uuid4().hex}",
        headline=t("customers.which", language),
        summary="\n".join(lines),
        source=t("customers.title", language),
        actions=tuple(
            Action(f"pick_{number}", f"{number} {customer.short_name or customer.name}"[:LABEL])
            for number, customer in enumerate(offered, start=1)
        ),
    )


def owner_lines(customers: Sequence[Customer], viewer_id: str, language: str) -> str:
    """Whose each customer is."""
    return "\n".join(_owner_line(customer, viewer_id, language) for customer in customers[:NAMED])


def amount(value: Decimal | None, language: str) -> str:
    """Yearly purchases: 万元 in Chinese, millions of CNY in English."""
    if value is None:
        return t("customers.unknown", language)
    number = value / TEN_THOUSAND if language == "zh" else value / MILLION
    return t("customers.amount", language, number=f"{number:,.0f}" if language == "zh" else f"{number:,.2f}")


def plain(text: str) -> str:
    """Text from tables, so that none of it works as Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(text.split()))


def _next_steps(customer: Customer, language: str) -> tuple[Action, ...]:
    known = {"industry": customer.industry, "province": customer.province}
    same = [Action(f"same_{name}", t(f"customers.same_{name}", language)) for name, value in known.items() if value]
    return (Action("objection", t("customers.objection_button", language), "primary"), *same)


def _contacts(contacts: Sequence[CustomerPerson], language: str) -> str:
    """Those who decide come first."""
    shown = [_contact(one, language) for one in contacts[:INTRODUCED]]
    more = len(contacts) - len(shown)
    return t("customers.between", language).join(
        [*shown, t("customers.more_people", language, count=more)] if more else shown
    )


def _contact(one: CustomerPerson, language: str) -> str:
    decides = t("customers.decides", language) if one.decides else ""
    return " · ".join(plain(part) for part in (one.name, one.title, decides) if part)


def _turning(listing: Listing, page: int, language: str) -> tuple[Action, ...]:
    """Buttons to the pages beside this one."""
    turns = (("previous", page - 1), ("next", page + 1))
    near = [(name, number) for name, number in turns if 1 <= number <= listing.pages]
    return tuple(Action(f"page_{number}", t(f"customers.{name}_page", language)) for name, number in near)


def _summary(customers: Sequence[Customer], language: str) -> str:
    more = len(customers) - NAMED
    names = "\n".join(_line(customer, language) for customer in customers[:NAMED])
    return f"{names}\n{t('customers.more', language, count=more)}" if more > 0 else names


def _owner(customer: Customer, viewer_id: str, language: str) -> str:
    if not customer.owner_id:
        return t("customers.pool", language)
    return t("customers.you", language) if customer.owner_id == viewer_id else customer.owner_name


def _owner_line(customer: Customer, viewer_id: str, language: str) -> str:
    if not customer.owner_id:
        return t("customers.owner_nobody", language, name=plain(customer.name))
    key = "customers.owner_you" if customer.owner_id == viewer_id else "customers.owner"
    return t(key, language, name=plain(customer.name), owner=plain(customer.owner_name))


def _line(customer: Customer, language: str) -> str:
    parts = (customer.name, customer.industry, amount(customer.annual_amount, language))
    return " · ".join(plain(part) for part in parts if part)


def _table_title(listing: Listing, first: int, language: str) -> str:
    count = len(listing.customers)
    return t("customers.table", language, first=first + 1, last=min(first + LISTED, count), count=count)


def _table(shown: Sequence[Customer], listing: Listing, language: str) -> str:
    """The owner stands near the name, since wide tables are cut at the right; who owns all of them isn't told so."""
    owner = () if listing.only_own else ("owner",)
    columns = ("name", "yearly", *owner, "tier", "industry", "region")
    rows = [[plain(_cell(customer, column, listing.viewer_id, language)) for column in columns] for customer in shown]
    return as_table([t(f"customers.column.{column}", language) for column in columns], rows)


def _cell(customer: Customer, column: str, viewer_id: str, language: str) -> str:
    if column == "yearly":
        return amount(customer.annual_amount, language)
    if column == "owner":
        mine = bool(customer.owner_id) and customer.owner_id == viewer_id
        return t("customers.you", language) if mine else customer.owner_name or t("customers.in_pool", language)
    return str(getattr(customer, column))


def as_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells are escaped already."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))

"""What customers look like in an answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Card, Section
from config.locales import t

if TYPE_CHECKING:
    from storage.repositories.customers import Customer

NAMED = 3  # in the folded card
LISTED = 20  # in the unfolded one
TEN_THOUSAND, MILLION = Decimal(10_000), Decimal(1_000_000)


def list_card(customers: Sequence[Customer], what: str, language: str) -> Card:
    """The largest customers; `what` are the conditions in words."""
    key = "customers.listed_where" if what else "customers.listed"
    more = len(customers) - NAMED
    names = "\n".join(_line(customer, language) for customer in customers[:NAMED])
    summary = f"{names}\n{t('customers.more', language, count=more)}" if more > 0 else names
    return Card(
        id=f"customers-{uuid4().hex}",
        headline=t(key, language, count=len(customers), what=what),
        summary=summary,
        source=t("customers.title", language),
        sections=(Section(_table_title(customers, language), _table(customers[:LISTED], language)),),
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


def _owner_line(customer: Customer, viewer_id: str, language: str) -> str:
    if not customer.owner_id:
        return t("customers.owner_nobody", language, name=plain(customer.name))
    key = "customers.owner_you" if customer.owner_id == viewer_id else "customers.owner"
    return t(key, language, name=plain(customer.name), owner=plain(customer.owner_name))


def _line(customer: Customer, language: str) -> str:
    parts = (customer.name, customer.industry, amount(customer.annual_amount, language))
    return " · ".join(plain(part) for part in parts if part)


def _table_title(customers: Sequence[Customer], language: str) -> str:
    shown = min(len(customers), LISTED)
    return t("customers.table", language, shown=shown, count=len(customers))


def _table(customers: Sequence[Customer], language: str) -> str:
    columns = ("name", "industry", "region", "yearly", "tier", "owner")
    head = [t(f"customers.column.{column}", language) for column in columns]
    rows = [[c.name, c.industry, c.region, amount(c.annual_amount, language), c.tier, c.owner_name] for c in customers]
    cells = [head, ["---"] * len(head), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)

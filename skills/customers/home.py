"""What a person's home page says about customers: one's own, or how they spread over one's team. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.contracts import Card, Person, Section
from config.locales import t
from skills.customers.cards import amount, plain
from skills.customers.owners import by_owner, share, total

if TYPE_CHECKING:
    from storage.repositories.customers import Customer

NAMED = 5


def home_card(customers: Sequence[Customer], viewer: Person, language: str) -> Card | None:
    """For whoever has a team: their people with numbers of customers; else the largest customers. None without any."""
    owners = by_owner(customers)
    lines = _team(owners, language) if owners.keys() - {viewer.name, ""} else _own(customers, language)
    if not lines:
        return None
    return Card(
        id=f"home-customers-{viewer.id}",
        headline=t("customers.listed", language, count=len(customers)),
        summary="\n".join(lines[:NAMED]),
        source=t("customers.title", language),
        sections=(Section(t("customers.home_all", language), "\n".join(f"- {line}" for line in lines)),)
        if len(lines) > NAMED
        else (),
    )


def _own(customers: Iterable[Customer], language: str) -> list[str]:
    return [f"{plain(one.name)} · {amount(one.annual_amount, language)}" for one in customers]


def _team(owners: dict[str, list[Customer]], language: str) -> list[str]:
    """People with the largest sum of yearly purchases first; customers without an owner come last."""
    ordered = sorted(owners.items(), key=lambda item: (item[0] == "", -total(item[1])))
    return [share(owner, theirs, language) for owner, theirs in ordered]

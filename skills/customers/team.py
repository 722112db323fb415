"""The people whom somebody may see, with how many customers each has. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Card, Person, Section
from config.locales import t
from skills.customers.cards import TABLED, as_table, plain

if TYPE_CHECKING:
    from storage.repositories.customers import Customer

NAMED = 5  # in the folded card


def team_card(people: Iterable[Person], customers: Iterable[Customer], viewer: Person, language: str) -> Card | None:
    """Everybody but the viewer; None when there is nobody whom they may see."""
    others = [person for person in people if person.id != viewer.id]
    if not others:
        return None
    counts = Counter(customer.owner_id for customer in customers)
    more = len(others) - NAMED
    lines = [_line(person, counts[person.id], language) for person in others[:NAMED]]
    return Card(
        id=f"team-{uuid4().hex}",
        headline=t("customers.team", language, count=len(others)),
        summary="\n".join([*lines, t("customers.more_people", language, count=more)] if more > 0 else lines),
        source=t("customers.title", language),
        sections=(Section(t("customers.home_all", language), _table(others, counts, language)),) if more > 0 else (),
    )


def _line(person: Person, count: int, language: str) -> str:
    role = t(f"console.role.{person.role.value}", language)
    has = t("customers.has", language, count=count) if count else ""
    return " · ".join(filter(None, (plain(person.name), role, plain(person.team), has)))


def _table(people: Sequence[Person], counts: Counter[str], language: str) -> str:
    head = [t(f"customers.column.{name}", language) for name in ("person", "role", "team", "count")]
    rows = [
        [plain(one.name), t(f"console.role.{one.role.value}", language), plain(one.team), str(counts[one.id] or "")]
        for one in people[:TABLED]
    ]
    return as_table(head, rows)

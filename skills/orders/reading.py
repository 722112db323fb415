"""What the viewer may see of a case, read from the store. One transaction; nothing is shown that isn't theirs (D9)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.contracts import Person, Role
from bot.contracts.errors import ConfigurationError
from knowledge.events.stories import Story
from knowledge.events.system_reading import parse
from knowledge.events.types import Catalog
from knowledge.slas.rule import Rule
from skills.orders.standing import Standing, standing
from storage.repositories.case_stories import Begun, CaseDelivery, CaseStories

if TYPE_CHECKING:
    from storage.store import Store

KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})
LEADERS = KEEPERS | {Role.MANAGER, Role.DIRECTOR}
_NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_\-/.]*[A-Za-z0-9])?")
_SHORTEST = 4  # characters: 3月5日 holds numbers, too
_SAID = 20  # numbers of a text that are looked up
_FIRST = ("order_no", "contract_no", "purchase_order_no", "deal_no", "quote_no", "lead_no", "ticket_no")
_ORDERS = Begun("order_no", "order.confirmed")
_OLDEST = timedelta(days=400)  # of an order that is listed as under way
CASES = 1000  # newest orders among which open ones are looked for


@dataclass(frozen=True, slots=True)
class Told:
    """A case with what is shown beside it."""

    standing: Standing
    customer: str = ""  # its name, when the viewer sees the customer
    deliveries: Mapping[int, Sequence[CaseDelivery]] = field(default_factory=dict)  # only for those who keep systems


@dataclass(frozen=True, slots=True)
class Open:
    """Orders under way."""

    orders: Sequence[Standing] = ()
    is_all: bool = True  # else only the newest were looked at


@dataclass(frozen=True, slots=True)
class Sources:
    """What cases are read with."""

    catalog: Catalog
    stories: Mapping[str, Story]
    rules: Mapping[str, Rule]

    def told(self, store: Store, viewer: Person, name: str, value: str) -> Told | None:
        """One case; None when there is none, or none that the viewer may see."""
        story = self.stories.get(name)
        if story is None:
            return None
        cases = CaseStories(store.session)
        events = cases.events(viewer, name, value, story.follow)
        if not events:
            return None
        values = {value, *(str(one.data[key]) for one in events for key in story.follow if one.data.get(key))}
        found = standing(story, value, events, cases.deadlines(viewer, values), self.rules)
        names = self.customers(store, viewer, [found])
        sent = cases.deliveries(one.seq for one in events) if viewer.role in LEADERS else {}
        return Told(found, names.get(found.customer_id, ""), sent)

    def find(self, store: Store, viewer: Person, text: str) -> list[tuple[str, str]]:
        """(Key, value) of the cases that the text names, in its order; each number once."""
        said = numbers(text)
        if not said:
            return []
        wanted = {one for word in said for one in spellings(word)}
        named: dict[str, list[str]] = {}
        for name, value in CaseStories(store.session).named(viewer, self.stories, wanted):
            named.setdefault(value, []).append(name)
        found: dict[tuple[str, str], None] = {}
        for word in said:
            for value in spellings(word):
                if names := named.get(value):
                    found[min(names, key=_FIRST.index), value] = None
                    break
        return list(found)

    def open_orders(self, store: Store, viewer: Person, customers: Collection[str] | None, now: datetime) -> Open:
        """Orders that aren't through, the most pressing first; of these customers, or of all that the viewer sees."""
        story, cases = self.stories["order_no"], CaseStories(store.session)
        values = cases.cases(viewer, _ORDERS, customers, now - _OLDEST, CASES)
        deadlines = cases.deadlines(viewer, values)
        found = [
            standing(story, value, events, [one for one in deadlines if one.case_key == value], self.rules)
            for value, events in cases.of_many(viewer, story.key, values).items()
        ]
        waiting = [one for one in found if not one.is_done]
        return Open(sorted(waiting, key=_pressing), len(values) < CASES)

    def customers(self, store: Store, viewer: Person, found: Sequence[Standing]) -> dict[str, str]:
        """Names of their customers whom the viewer sees, by id."""
        return {one.id: one.name for one in store.customers.seen(viewer, {case.customer_id for case in found})}

    def systems(self, store: Store) -> dict[str, str]:
        """Titles of systems, by name."""
        found = {}
        for name, version in store.systems.all().items():
            try:
                found[name] = parse(version.text, name, self.catalog).title or name
            except ConfigurationError:
                found[name] = name
        return found


def note(store: Store, person: Person, cases: Sequence[Told], now: datetime) -> None:
    """D10: who saw which case."""
    for told in cases:
        one = told.standing
        store.audit.add(person.id, "orders.seen", one.value, {"key": one.story.key, "customer": one.customer_id}, now)


def numbers(text: str) -> list[str]:
    """What looks like a number of something: SO00012, HT-2025-0004, 4500012345."""
    found = (match.group() for match in _NUMBER.finditer(text))
    return list(dict.fromkeys(one for one in found if len(one) >= _SHORTEST and any(map(str.isdigit, one))))[:_SAID]


def spellings(word: str) -> Sequence[str]:
    """As it was typed, and in capitals."""
    return list(dict.fromkeys((word, word.upper())))


def _pressing(one: Standing) -> tuple[float, float]:
    """By what is due first; what nobody promised comes last, the oldest of it first."""
    due = one.next.due_at.timestamp() if one.next and one.next.due_at else float("inf")
    return due, one.at.time.timestamp()

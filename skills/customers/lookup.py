"""Customers as this viewer may see them (D9), and a note of who saw which (D10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from bot.contracts import Context, Person
from skills.customers.understanding import name_asked
from storage.fold import fold

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.customer_people import CustomerPerson
    from storage.repositories.customers import Customer, Values
    from storage.store import Store

T = TypeVar("T")
CHUNK = 500  # rows read at a time
LONGEST_NAME = 60  # characters
OFFERED = 6  # one more than can be offered, to know that there are more
TELLING = 3  # characters by which a part of a name is surely meant as one


class Lookup:
    """Reads customers for one skill."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, viewer: Person) -> list[Customer]:
        """Everybody the viewer may see, the largest first."""
        return await self._database.read(lambda store: _all_visible(store, viewer))

    async def values(self, viewer: Person) -> Values:
        """Owners and industries among them."""
        return await self._database.read(lambda store: store.customers.values(viewer))

    async def named(self, viewer: Person, text: str) -> list[Customer]:
        """Customers whose name the text has, or whose name has what the text asks for."""
        return await self._database.read(lambda store: _named(store, viewer, text))

    async def is_name(self, viewer: Person, text: str) -> bool:
        """Whether a text is nothing but a customer's name, with what people say around it."""
        return await self._database.read(lambda store: is_name(store, viewer, text))

    async def look(self, work: Callable[[Store], T]) -> T:
        """Several of these at once; it runs in a worker thread."""
        return await self._database.read(work)

    async def by_ids(self, viewer: Person, ids: Sequence[str]) -> list[Customer]:
        """Those of the ids that the viewer may see."""
        return await self._database.read(lambda store: store.customers.seen(viewer, ids))

    async def people(self, viewer: Person) -> list[Person]:
        """Whom the viewer may see."""
        return await self._database.read(lambda store: store.people.visible_to(viewer))

    async def contacts(self, viewer: Person, customer_id: str) -> list[CustomerPerson]:
        """Who works at a customer's that the viewer may see."""
        return await self._database.read(lambda store: store.customer_people.visible_to(viewer, customer_id))

    async def chosen_language(self, person: Person) -> str:
        """The language in which this person wants every answer; "" when they never chose one."""
        return str((await self._database.read(lambda store: store.preferences.get(person.id))).get("language", ""))

    async def note(self, action: str, found: Sequence[Customer], context: Context) -> None:
        """D10: who saw which customers."""
        detail = {"count": len(found), "customers": [customer.id for customer in found[:20]]}
        await self._database.write(
            lambda store: store.audit.add(context.person.id, action, "customers", detail, context.now)
        )


def is_name(store: Store, viewer: Person, text: str) -> bool:
    """See `Lookup.is_name`."""
    name = fold(name_asked(text))
    if not 2 <= len(name) <= LONGEST_NAME:
        return False
    found = store.customers.visible_to(viewer, name=name, limit=OFFERED)
    return any(_is_meant(name, customer) for customer in found)


def _is_meant(name: str, customer: Customer) -> bool:
    full, short = fold(customer.name), fold(customer.short_name)
    return name in {full, short} or short.startswith(name) or (len(name) >= TELLING and name in full)


def _all_visible(store: Store, viewer: Person) -> list[Customer]:
    count = store.customers.count(viewer)
    chunks = [store.customers.visible_to(viewer, limit=CHUNK, offset=offset) for offset in range(0, count, CHUNK)]
    return [customer for chunk in chunks for customer in chunk]


def _named(store: Store, viewer: Person, text: str) -> list[Customer]:
    if found := store.customers.mentioned_in(viewer, text):
        lengths = [_mention(customer, fold(text)) for customer in found]
        # "泓达农机" is not also "泓达": of names inside each other the longest is meant.
        return [customer for customer, length in zip(found, lengths, strict=True) if length == max(lengths)]
    name = name_asked(text)
    return store.customers.visible_to(viewer, name=name, limit=OFFERED) if 2 <= len(name) <= LONGEST_NAME else []


def _mention(customer: Customer, text: str) -> int:
    """Length of the longest of a customer's names that the text has."""
    return max(len(name) for name in ("", fold(customer.name), fold(customer.short_name)) if name in text)

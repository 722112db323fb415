"""Lists, counts and single customers, as outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.contracts import Card, CardUpdate, Context, Outcome, Press, Remember, Reply
from config.locales import t
from skills.customers.cards import LISTED, OFFERED, Listing, choice_card, customer_card, list_card, owner_lines, plain
from skills.customers.conditions import Words
from skills.customers.lookup import Lookup
from skills.customers.owners import owners_card
from skills.customers.query import Memory, Query
from skills.customers.team import team_card
from storage.repositories.customers import Customer


class Answers:
    """Everything is read again at each answer, so that a changed permission counts at once."""

    def __init__(self, lookup: Lookup, words: Words) -> None:
        self._lookup = lookup
        self._words = words

    async def several(
        self, query: Query, memory: Memory, context: Context, *, rest: str = "", as_file: bool = False
    ) -> Sequence[Outcome]:
        """A list or a count; `rest` was not understood, and is said back. There are no files (`as_file`) yet."""
        visible = await self._lookup.all(context.person)
        if query.conditions.added_first and visible and not any(customer.created for customer in visible):
            return [Reply(context.to, t("customers.created_unknown", context.language)), Remember(memory.json())]
        listing = self._listing(query, visible, context)
        await self._lookup.note(f"customers.{query.kind}", listing.customers, context)
        remarks = [t("customers.misread", context.language, rest=plain(rest))] if rest else []
        remarks += [t("customers.no_export", context.language)] if as_file else []
        card = self._card(query, listing, context)
        if card:
            kept = memory.listing(query, 1, card.id)
            return [Reply(context.to, "\n".join(remarks), card=card), Remember(kept.json())]
        counted = _counted(query, listing, context)
        return [Reply(context.to, "\n".join([*remarks, counted])), Remember(memory.listing(query, 1).json())]

    def _card(self, query: Query, listing: Listing, context: Context) -> Card | None:
        """None where a sentence says it: a count, nothing to show, or nobody to compare with."""
        if not listing.customers or query.kind == "count" or (query.kind == "owners" and listing.only_own):
            return None
        if query.kind == "owners":
            return owners_card(listing.customers, listing.what, context.language)
        return list_card(listing, context.language)

    async def turn(
        self, query: Query, page: int, memory: Memory, context: Context, press: Press | None = None
    ) -> Sequence[Outcome]:
        """Another page of a list: in the card whose button was pressed, else in a new one."""
        listing = self._listing(query, await self._lookup.all(context.person), context)
        if not (listing.customers and 1 <= page <= listing.pages):
            key = "customers.last_page" if page > 1 else "customers.first_page"
            return [Reply(context.to, t(key, context.language)), Remember(memory.json())]
        await self._lookup.note("customers.list", listing.customers[(page - 1) * LISTED : page * LISTED], context)
        card = list_card(listing, context.language, page)
        kept = Remember(memory.listing(query, page, press.card_id if press else card.id).json())
        return [_in_place(card, press, context) if press else Reply(context.to, card=card), kept]

    async def one(self, found: Sequence[Customer], memory: Memory, context: Context) -> Sequence[Outcome]:
        """The card of one customer, or the choice among several."""
        several = len(found) > 1
        await self._lookup.note("customers.one", found[:OFFERED], context)
        card = choice_card(found, context.language) if several else await self._card_of(found[0], context)
        kept = memory.showing([customer.id for customer in found[:OFFERED]], card.id)
        return [Reply(context.to, card=card), Remember(kept.json())]

    async def _card_of(self, customer: Customer, context: Context) -> Card:
        contacts = await self._lookup.contacts(context.person, customer.id)
        return customer_card(customer, contacts, context.person.id, context.language)

    async def owner(self, found: Sequence[Customer], memory: Memory, context: Context) -> Sequence[Outcome]:
        """Whose these customers are."""
        await self._lookup.note("customers.one", found, context)
        told = owner_lines(found, context.person.id, context.language)
        kept = memory.speaking_of([customer.id for customer in found])
        return [Reply(context.to, told), Remember(kept.json())]

    async def team(self, memory: Memory, context: Context) -> Sequence[Outcome]:
        """The people whom the asker may see."""
        customers = await self._lookup.all(context.person)
        people = await self._lookup.people(context.person)
        await self._lookup.note("customers.team", customers, context)
        card = team_card(people, customers, context.person, context.language)
        if card:
            return [Reply(context.to, card=card), Remember(memory.json())]
        team = plain(context.person.team) or t("customers.unknown", context.language)
        return [Reply(context.to, t("customers.no_team", context.language, team=team)), Remember(memory.json())]

    def _listing(self, query: Query, visible: Sequence[Customer], context: Context) -> Listing:
        what = self._words.labels(query.conditions, context.language)
        return Listing(query.of(visible, self._words), context.person.id, what, query.top)


def _counted(query: Query, listing: Listing, context: Context) -> str:
    count = len(listing.customers)
    if query.conditions.pool and not count:
        return t("customers.no_pool", context.language)
    only_own = query.kind == "owners" and count > 0
    key = "customers.only_own" if only_own else "customers.counted_where" if listing.what else "customers.counted"
    return t(key, context.language, count=count, what=listing.what)


def _in_place(card: Card, press: Press, context: Context) -> Reply:
    return Reply(context.to, card=replace(card, id=press.card_id), update=CardUpdate(press.card_id, press.handle))

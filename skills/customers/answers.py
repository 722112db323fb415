"""Lists, counts and single customers, as outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.contracts import Card, CardUpdate, Context, Outcome, Press, Remember, Reply
from config.locales import t
from skills.customers.cards import LISTED, OFFERED, Listing, choice_card, customer_card, list_card, plain
from skills.customers.conditions import Words
from skills.customers.lookup import Lookup
from skills.customers.query import Memory, Query
from storage.repositories.customers import Customer


class Answers:
    """Everything is read again at each answer, so that a changed permission counts at once."""

    def __init__(self, lookup: Lookup, words: Words) -> None:
        self._lookup = lookup
        self._words = words

    async def several(self, query: Query, rest: str, memory: Memory, context: Context) -> Sequence[Outcome]:
        """A list or a count; `rest` was not understood, and is said back."""
        listing = await self._listing(query, context)
        await self._lookup.note(f"customers.{query.kind}", listing.customers, context)
        remark = t("customers.misread", context.language, rest=plain(rest)) if rest else ""
        if query.kind == "list" and listing.customers:
            card = list_card(listing, context.language)
            return [Reply(context.to, remark, card=card), Remember(memory.listing(query, 1, card.id).json())]
        key = "customers.counted_where" if listing.what else "customers.counted"
        counted = t(key, context.language, count=len(listing.customers), what=listing.what)
        text = "\n".join(line for line in (remark, counted) if line)
        return [Reply(context.to, text), Remember(memory.listing(query, 1).json())]

    async def turn(
        self, query: Query, page: int, memory: Memory, context: Context, press: Press | None = None
    ) -> Sequence[Outcome]:
        """Another page of a list: in the card whose button was pressed, else in a new one."""
        listing = await self._listing(query, context)
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
        choice = choice_card(found, context.language)
        card = choice if several else customer_card(found[0], context.person.id, context.language)
        kept = memory.showing([customer.id for customer in found[:OFFERED]], card.id)
        return [Reply(context.to, card=card), Remember(kept.json())]

    async def _listing(self, query: Query, context: Context) -> Listing:
        visible = await self._lookup.all(context.person)
        what = self._words.labels(query.conditions, context.language)
        return Listing(query.of(visible, self._words), what, query.top)


def _in_place(card: Card, press: Press, context: Context) -> Reply:
    return Reply(context.to, card=replace(card, id=press.card_id), update=CardUpdate(press.card_id, press.handle))

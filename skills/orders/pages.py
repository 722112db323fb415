"""/orders and /orders/{key} in the console: what is under way, and one case step by step (C11)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from skills.orders.cards import deadline_title, facts
from skills.orders.drawing import rows
from skills.orders.reading import CASES, Open, Sources, Told, note
from skills.orders.words import Words

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
_SHOWN = 100  # orders of the list
_LONGEST = 100  # characters of a number


def order_pages(database: Database, sources: Sources, clock: Clock, time_zone: str) -> list[Page]:
    """For everybody: rows by permission."""
    pages = OrderPages(database, sources, clock, ZoneInfo(time_zone))
    return [
        Page("/orders", pages.listing, TEMPLATES, title="orders.title", group="events"),
        Page("/orders/{key}", pages.one, TEMPLATES),
    ]


class OrderPages:
    """What the pages show."""

    def __init__(self, database: Database, sources: Sources, clock: Clock, zone: ZoneInfo) -> None:
        self._database, self._sources, self._clock, self._zone = database, sources, clock, zone

    async def listing(self, request: PageRequest) -> PageResult:
        """Orders under way. `?q=` a number goes to its page, a customer's name to that customer's orders."""
        said = request.query.get("q", "").strip()[:_LONGEST]

        def read(store: Store) -> dict[str, object]:
            found = self._sources.find(store, request.viewer, said) if said else []
            customers = store.customers.visible_to(request.viewer, name=said) if said and not found else []
            unknown = bool(said) and not found and not customers
            ids = {one.id for one in customers} or None
            words = self._words(store, request)
            open_ = Open() if found or unknown else self._sources.open_orders(store, request.viewer, ids, words.now)
            return {
                "goes_to": found[0][1] if found else "",
                "open": open_,
                "orders": open_.orders[:_SHOWN],
                "more": max(0, len(open_.orders) - _SHOWN),
                "newest": CASES,
                "names": self._sources.customers(store, request.viewer, open_.orders),
                "words": words,
                "said": said,
                "whose": customers[0].name if len(customers) == 1 else said,
                "unknown": unknown,
                "today": words.now.astimezone(self._zone).date(),
            }

        values = await self._database.read(read)
        if values["goes_to"]:
            return PageResult(redirect=f"/orders/{quote(str(values['goes_to']), safe='')}")
        return PageResult("orders.html", values)

    async def one(self, request: PageRequest) -> PageResult:
        """A case; 404 for one that isn't there as for one that isn't theirs."""
        key = request.path["key"][:_LONGEST]

        def read(store: Store) -> tuple[Told | None, Words]:
            named = next(iter(self._sources.find(store, request.viewer, key)), None)
            told = self._sources.told(store, request.viewer, *named) if named else None
            return told, self._words(store, request)

        told, words = await self._database.read(read)
        if told is None:
            return PageResult(status=404)
        seen, now = told, words.now
        await self._database.write(lambda store: note(store, request.viewer, [seen], now))
        one = told.standing
        values = {
            "told": told,
            "one": one,
            "words": words,
            "facts": facts(told, words),
            "headline": words.headline(one),
            "remarks": words.remarks(one),
            "background": words.background(one),
            "rows": rows(one, words),
            "deadlines": [(d, words.deadline(d, deadline_title(one, d, words))) for d in one.deadlines],
            "deliveries": [words.delivery(e, d) for e in one.events for d in told.deliveries.get(e.seq, ())],
        }
        return PageResult("order.html", values)

    def _words(self, store: Store, request: PageRequest) -> Words:
        systems = self._sources.systems(store)
        return Words(request.language, self._sources.catalog, systems, self._zone, self._clock.now())

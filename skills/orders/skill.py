"""订单走到哪了: where an order, a contract, a purchase order stands (C11)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Context, Example, Happening, Message, Outcome, OutgoingFile, Remember, Reply, Role
from config.locales import t
from skills.orders.asked import LONGEST, PATTERNS, asks_for_deadlines, is_about_the_last, is_only_numbers, is_short
from skills.orders.cards import case_card, list_card
from skills.orders.drawing import picture
from skills.orders.reading import Open, Sources, Told, note, numbers
from skills.orders.words import Words
from storage.outgoing import keep_outgoing

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

FOLDER = "pictures"
_MOST = 3  # cases of one question

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer is made of."""

    systems: dict[str, str]
    cases: Sequence[Told] = ()
    open: Open = field(default_factory=Open)
    names: Mapping[str, str] = field(default_factory=dict)  # of its customers
    whose: str = ""  # a customer's name
    asked: str = ""  # the number that nothing was found for


class OrdersSkill:
    """Answers from the events that the asker may see."""

    name = "orders"
    commands = ("订单进度", "order status")
    patterns = PATTERNS
    examples = (
        Example("订单 SO00012 走到哪了", shown=True),
        Example("SO00012 的进度"),
        Example("这个订单发货了吗"),
        Example("HT-2025-0004 这个合同走到哪一步了"),
        Example("采购单 PO00012 到哪了"),
        Example("恒锐的订单到哪了"),
        Example("还有哪些订单没发货"),
        Example("我的订单进度"),
        Example("where is order SO00012", "en", shown=True),
        Example("status of order SO00012", "en"),
        Example("which orders haven't shipped yet", "en"),
        Example("where are Hengrui's orders", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, sources: Sources, data: Path, public_url: str, time_zone: str) -> None:
        self._database, self._sources, self._data = database, sources, data
        self._url, self._zone = public_url, ZoneInfo(time_zone)

    async def claims(self, text: str, context: Context) -> bool:
        """A number alone that is an order's; after an answer of ours, another one, or the same: 它什么时候发货."""
        last = context.memory.get("case")
        if last and not numbers(text) and is_about_the_last(text):
            return True
        if len(text) > LONGEST or not numbers(text) or asks_for_deadlines(text):
            return False
        if not is_only_numbers(text) and not (last and is_short(text)):
            return False
        person = context.person
        return bool(await self._database.read(lambda store: self._sources.find(store, person, text)))

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One card for each number that was said; else the open orders of the customer, or of the asker."""
        if not isinstance(happening, Message) or happening.press:
            return []
        text = happening.text
        if not numbers(text) and context.memory.get("case") and is_about_the_last(text):
            text = f"{context.memory['case']} {text}"
        found = await self._database.read(lambda store: self._find(store, context, text))
        words = Words(context.language, self._sources.catalog, found.systems, self._zone, context.now)
        if found.cases:
            await self._database.write(lambda store: note(store, context.person, found.cases, context.now))
            replies = [await self._reply(told, words, context) for told in found.cases]
            return [*replies, Remember({"case": found.cases[0].standing.value})]
        if found.asked:
            return [Reply(context.to, t("orders.unknown", context.language, value=found.asked))]
        if not found.open.orders:
            key = "orders.none_of" if found.whose else "orders.none"
            return [Reply(context.to, t(key, context.language, whose=found.whose))]
        return [Reply(context.to, card=list_card(found.open, found.names, found.whose, words, self._url))]

    def _find(self, store: Store, context: Context, text: str) -> _Found:
        person = context.person
        systems = self._sources.systems(store)
        named = self._sources.find(store, person, text)[:_MOST]
        if named:
            told = [self._sources.told(store, person, name, value) for name, value in named]
            return _Found(systems, cases=[one for one in told if one is not None])
        if said := numbers(text):
            return _Found(systems, asked=said[0])
        customers = store.customers.named_in(person, text)
        ids = {one.id for one in customers} or None
        found = self._sources.open_orders(store, person, ids, context.now)
        if customers and len(found.orders) == 1:
            (one,) = found.orders
            only = self._sources.told(store, person, one.story.key, one.value)
            return _Found(systems, cases=[only] if only else ())
        names = {} if customers else self._sources.customers(store, person, found.orders)
        return _Found(systems, open=found, names=names, whose=customers[0].name if customers else "")

    async def _reply(self, told: Told, words: Words, context: Context) -> Reply:
        card = case_card(told, words, self._url)
        return Reply(context.to, card=card, files=await self._pictured(told, words, card.headline))

    async def _pictured(self, told: Told, words: Words, headline: str) -> tuple[OutgoingFile, ...]:
        """An answer is worth sending without its picture."""
        try:
            content = await asyncio.to_thread(picture, told.standing, words, headline)
            if content is None:
                return ()
            path = await asyncio.to_thread(keep_outgoing, self._data / FOLDER, content, "png", words.now)
        except Exception:  # a library's fault must not cost the answer
            log.exception("no picture of an order")
            return ()
        name = "".join(one if one.isalnum() or one == "-" else "_" for one in told.standing.value)[:60]
        return (OutgoingFile(str(path.relative_to(self._data)), f"{name}.png", "image/png"),)

"""What a rule would have done: last month and since, among the dialogues that its owner may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.listening import Dialogue
from bot.contracts.person import Person
from skills.rules.counting import Firing, firings
from skills.rules.definition import Definition
from skills.rules.matching import Matcher
from skills.rules.ports import Policy

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

EXAMPLES = 3
MOST_DIALOGUES = 400  # the latest ones
MOST_UTTERANCES = 3000  # the latest ones: their meaning is read, which takes a millisecond or two each
ROOM_WEEK = timedelta(days=7)  # a chat's dialogue may have begun so long before what was said in it


@dataclass(frozen=True, slots=True)
class Example:
    """One time that it would have fired."""

    at: datetime  # in the company's time zone
    customer: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """How often, and for what."""

    last_month: int = 0
    this_month: int = 0
    outside: int = 0  # of these, about customers outside the pilot: nothing is sent about them
    examples: tuple[Example, ...] = ()  # the latest first
    cut: bool = False  # there was more than is looked through


@dataclass(frozen=True, slots=True)
class Past:
    """Reads what was said."""

    database: Database
    matcher: Matcher
    policy: Policy
    zone: ZoneInfo

    async def preview(self, definition: Definition, viewer: Person, now: datetime) -> Preview:
        """The rule on the viewer's history. Reads, and changes nothing."""
        this_month = _midnight(now.astimezone(self.zone).date().replace(day=1), self.zone)
        last_month = _midnight((this_month.date() - timedelta(days=1)).replace(day=1), self.zone)
        begin = last_month - timedelta(days=max(definition.days, 1))
        dialogues, cut = await self.database.read(lambda store: _said(store, definition, viewer, begin))
        fired = firings(await self.matcher.hits(definition, dialogues), definition)
        counted = [one for one in fired if last_month <= one.last.at <= now]
        customers = {one.last.customer_id for one in counted}
        inside, names = await self.database.read(
            lambda store: (self.policy.in_pilot(store, customers), _names(store, customers))
        )
        return Preview(
            sum(one.last.at < this_month for one in counted),
            sum(one.last.at >= this_month for one in counted),
            sum(one.last.customer_id not in inside for one in counted),
            tuple(self._example(one, names) for one in reversed(counted[-EXAMPLES:])),
            cut,
        )

    def _example(self, firing: Firing, names: dict[str, str]) -> Example:
        last = firing.last
        quotes = tuple(hit.quote for hit in firing.hits)
        return Example(last.at.astimezone(self.zone), names.get(last.customer_id, ""), quotes)


def _said(store: Store, definition: Definition, viewer: Person, begin: datetime) -> tuple[list[Dialogue], bool]:
    """The viewer's dialogues with what was said since, and whether there are more."""
    records = store.dialogues.visible_to(
        viewer, customer_id=definition.customer_id, since=begin - ROOM_WEEK, limit=MOST_DIALOGUES + 1
    )
    ready = [one.id for one in records[:MOST_DIALOGUES] if one.state == "ready" and one.customer_id]
    said = store.dialogues.read_all(ready)
    kept: list[Dialogue] = []
    left = MOST_UTTERANCES
    for id_ in ready:
        late = tuple(one for one in said[id_].utterances if one.at is None or one.at >= begin)
        kept += [replace(said[id_], utterances=late[-left:])] if left > 0 and late else []
        left -= len(late)
    return kept, left < 0 or len(records) > MOST_DIALOGUES


def _names(store: Store, ids: set[str]) -> dict[str, str]:
    return {id_: one.short_name or one.name for id_, one in store.customers.records(ids).items()}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def quoted(quotes: Sequence[str], most: int = 2) -> str:
    """The last few, as one line."""
    return " ".join(f"“{quote}”" for quote in quotes[-most:])

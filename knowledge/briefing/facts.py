"""What finders look at: the rows that one viewer may see, as they stood on the brief's day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from knowledge.briefing.types import Scope, Who
from knowledge.working_days import is_working_day

if TYPE_CHECKING:
    from bot.contracts.person import Person
    from knowledge.funnel.advice import Advised
    from knowledge.funnel.rescue import Rescue
    from storage.repositories.briefing import Hint, Owed
    from storage.repositories.deals import Deal, StageEntry
    from storage.repositories.lights import Light
    from storage.repositories.quotes import Quote
    from storage.repositories.tasks import Task


@dataclass(frozen=True, slots=True)
class Gap:
    """A field of customers that isn't filled in often enough; `ids` of those where it is empty."""

    field: str
    filled: int
    total: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of one viewer. `owners`: whose rows the scope is about; None: everybody's.

    `heard`: deal → the last day on which anybody was heard. `hints`: signals that deals or customers gave, and prompts
    that were ignored. `late`: lights that are red. `spend`: channel → yuan over the days of the finder `late_data`.
    """

    day: date
    scope: Scope
    viewer: Person
    people: Mapping[str, Person]  # whom the viewer may see
    owners: frozenset[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # employee number → name, of leaders and owners of data
    customers: Mapping[str, str] = field(default_factory=dict)  # customer → name
    deals: Mapping[str, Deal] = field(default_factory=dict)
    stages: Mapping[str, Sequence[StageEntry]] = field(default_factory=dict)
    quotes: Sequence[Quote] = ()
    owed: Sequence[Owed] = ()
    tasks: Sequence[Task] = ()
    hints: Sequence[Hint] = ()
    heard: Mapping[str, date] = field(default_factory=dict)
    late: Sequence[tuple[Light, int]] = ()  # with hours late
    spend: Mapping[str, Decimal] = field(default_factory=dict)
    channel_owners: Mapping[str, str] = field(default_factory=dict)
    trust: Mapping[str, int] = field(default_factory=dict)  # channel → percent
    advised: Advised | None = None
    rescue: Rescue | None = None
    gaps: Sequence[Gap] = ()
    dismissed: Mapping[str, frozenset[str]] = field(default_factory=dict)  # finder → rows that are no problem

    def mine(self, owner_id: str) -> bool:
        """Whether a row of this owner is in the scope."""
        return self.owners is None or owner_id in self.owners

    def open_deals(self) -> list[Deal]:
        """Of the scope, neither won nor lost on the day."""
        return [one for one in self.deals.values() if one.result == "open" and self.mine(one.owner_id)]

    def name(self, person_id: str) -> str:
        """Of somebody whom the viewer may see; "" else."""
        return self.people[person_id].name if person_id in self.people else self.names.get(person_id, "")

    def customer(self, customer_id: str) -> str:
        """Its name, or its number."""
        return self.customers.get(customer_id, customer_id)

    def who(self, person_id: str) -> Who:
        """Somebody by number; the viewer, where nobody is known."""
        shown = self.name(person_id)
        return Who(person_id, shown) if shown else Who(self.viewer.id, self.viewer.name)

    def leaders(self, owner_ids: Iterable[str]) -> tuple[Who, ...]:
        """Who lead those whose rows these are: the manager of most of them first. In one's own scope oneself alone."""
        if self.scope.kind == "own":
            return (Who(self.viewer.id, self.viewer.name),)
        counted = Counter(self.people[one].manager_id for one in owner_ids if one in self.people)
        counted.pop("", None)
        most = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        return tuple(dict.fromkeys(self.who(one) for one, _ in most)) or (Who(self.viewer.id, self.viewer.name),)


def stood(deal: Deal, stages: Sequence[StageEntry], day: date) -> Deal | None:
    """The deal as it was on a day: not yet there (None), still open, in an earlier stage. A follow-up later than the
    day is taken back to the last thing before it that is known: coming to the stage."""
    if deal.created and deal.created > day:
        return None
    if deal.closed and deal.closed > day:
        deal = replace(deal, result="open", closed=None, lost_reason="")
    past = [one for one in stages if one.entered <= day]
    if past and len(past) < len(stages):
        deal = replace(deal, stage=past[-1].stage, stage_entered=past[-1].entered)
    if deal.last_followed and deal.last_followed > day:
        deal = replace(deal, last_followed=deal.stage_entered or deal.created)
    return deal


def after_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days on; 0: the day itself, or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day

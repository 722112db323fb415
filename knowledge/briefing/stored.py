"""A morning's brief from what is stored: read in one snapshot, find, rank. Blocking; every query has the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.attribution import load_channels
from config.briefing import BriefRules
from knowledge.briefing.facts import Facts, Gap, stood
from knowledge.briefing.finders import ALL
from knowledge.briefing.finders.talk import KINDS
from knowledge.briefing.ranking import choose, last_weeks, outcomes, ranked
from knowledge.briefing.scopes import JOINT, home, key_of, owners
from knowledge.briefing.types import Brief, Finding, Note, Scope
from knowledge.working_days import is_working_day
from storage.repositories.briefing import CUSTOMER_FIELDS

if TYPE_CHECKING:
    from bot.contracts.person import Person
    from knowledge.funnel.advice import Advised
    from knowledge.funnel.rescue import Rescue
    from storage.repositories.brief_kept import Decision
    from storage.repositories.briefing import Owed
    from storage.repositories.lights import Flag, Light
    from storage.repositories.tasks import Task
    from storage.store import Store

BEHIND = ("lead", "deal", "contract", "payment", "touch", "spend")  # what figures stand on
COUNTED = ("lead", "deal", "touch", "spend")  # what the cost of a won deal stands on
NEVER_YET = "sla"  # no source brings business events yet
RED_HOURS = 48  # of a day that is past: how late a channel's data was is told by its newest row


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose morning, of which day. `now`: when it is asked; of a past day everything later is left out."""

    viewer: Person
    scope: Scope
    day: date
    now: datetime
    zone: ZoneInfo

    @property
    def as_of(self) -> datetime:
        """The moment up to which rows count."""
        end = datetime.combine(self.day, time(23, 59, 59), self.zone)
        return min(self.now, end)

    @property
    def is_past(self) -> bool:
        """Whether the day is over."""
        return self.day < self.now.astimezone(self.zone).date()


def brief(store: Store, asked: Asked, rules: BriefRules) -> Brief:
    """At most three findings, what was held back, what became of last week's."""
    key = key_of(asked.scope, asked.viewer)
    decisions = store.brief_kept.decisions(key)
    facts = _facts(store, asked, rules, _dismissed(decisions))
    every = ranked((one for find in ALL.values() for one in find(facts, rules, "")), rules)
    told = store.brief_kept.told(key, asked.day - timedelta(days=14), asked.day)
    chosen = choose(every, told, rules, asked.day)
    then = last_weeks(told, asked.day)
    again = _again(facts, rules, [one.key for one in then])
    planned = frozenset(one.key for one in decisions if one.decision == "planned")
    return Brief(
        day=asked.day,
        scope=asked.scope,
        findings=chosen.findings,
        below=chosen.below,
        held=chosen.held,
        dismissed=sum(len(ids) for ids in facts.dismissed.values()),
        outcomes=outcomes(then, again, planned),
        missing=_missing(store),
        notes=_notes(store, asked),
        working_day=is_working_day(asked.day),
        as_of=asked.as_of,
    )


def finding(store: Store, asked: Asked, rules: BriefRules, key: str) -> Finding | None:
    """One finding by its key, measured anew, for a pressed button; None when there is none (any more)."""
    decisions = store.brief_kept.decisions(key_of(asked.scope, asked.viewer))
    return _again(_facts(store, asked, rules, _dismissed(decisions)), rules, [key]).get(key)


def _again(facts: Facts, rules: BriefRules, keys: list[str]) -> Mapping[str, Finding]:
    found: dict[str, Finding] = {}
    for key in keys:
        finder, _, about = key.partition(":")
        if finder in ALL:
            found |= {one.key: one for one in ALL[finder](facts, rules, about) if one.key == key}
    return found


def _dismissed(decisions: list[Decision]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one in decisions:
        if one.decision == "dismissed":
            found[one.finder] = found.get(one.finder, frozenset()) | frozenset(one.ids)
    return found


def _facts(store: Store, asked: Asked, rules: BriefRules, dismissed: Mapping[str, frozenset[str]]) -> Facts:
    viewer, day = asked.viewer, asked.day
    people = {one.id: one for one in store.people.visible_to(viewer)}
    since = day - timedelta(days=rules.history_days)
    stages = store.briefing.stages(viewer, since)
    deals = (stood(one, stages.get(one.id, ()), day) for one in store.briefing.deals(viewer, since))
    begin = asked.as_of - timedelta(days=max(rules.finders[name].days for name in (*KINDS, "ignored")) + 1)
    heard = store.briefing.heard(viewer, asked.as_of)
    found = Facts(
        day=day,
        scope=asked.scope,
        viewer=viewer,
        people=people,
        owners=owners(asked.scope, viewer, people.values()),
        deals={one.id: one for one in deals if one},
        stages={id_: [one for one in entries if one.entered <= day] for id_, entries in stages.items()},
        quotes=store.briefing.quotes(viewer, since, day),
        owed=[_as_of(one, day) for one in store.briefing.owed(viewer, since)],
        tasks=[
            one for one in store.briefing.tasks(viewer, day) if one.created_at <= asked.as_of and _undone(one, asked)
        ],
        hints=store.briefing.hints(viewer, list(KINDS.values()), begin, asked.as_of),
        heard={deal: at.astimezone(asked.zone).date() for deal, at in heard.items()},
        dismissed=dismissed,
    )
    found = _with_customers(store, found)
    found = _with_marketing(store, found, asked, rules)
    managers = {one.manager_id for one in people.values() if one.manager_id}
    owners_of_data = {light.owner_id for light, _ in found.late} | set(found.channel_owners.values())
    return replace(found, names=store.people.names(managers | owners_of_data - {""}))


def _as_of(owed: Owed, day: date) -> Owed:
    return replace(owed, paid=None) if owed.paid and owed.paid > day else owed


def _undone(task: Task, asked: Asked) -> bool:
    return bool(task.state == "open" or (task.done_at and task.done_at > asked.as_of))


def _with_customers(store: Store, facts: Facts) -> Facts:
    """Names of those that the viewer may see; how well those of the scope are filled in."""
    every = store.briefing.customers(facts.viewer)
    mine = [one for one in every if facts.mine(one.owner_id)]
    gaps = [
        Gap(
            name,
            sum(name in one.filled for one in mine),
            len(mine),
            tuple(one.id for one in mine if name not in one.filled),
        )
        for name in CUSTOMER_FIELDS
    ]
    return replace(facts, customers={one.id: one.name for one in every}, gaps=gaps)


def _with_marketing(store: Store, facts: Facts, asked: Asked, rules: BriefRules) -> Facts:
    """Channels and leads, for whoever sees leads whatever became of them: else every rate would be wrong."""
    viewer, day, zone = asked.viewer, asked.day, asked.zone
    if not store.funnel.whole(viewer):
        return facts
    facts = replace(facts, rescue=_rescue(store, facts, asked))
    if asked.scope != home(viewer):
        return facts  # channels aren't a team's or a region's
    said, usual, owned = store.attribution.confidences(), load_channels(), store.lights.channel_owners()
    begin = day - timedelta(days=rules.finders["late_data"].days)
    spend = {one.channel: one.cost for one in store.funnel.money(viewer, begin, day + timedelta(days=1), zone)}
    trust = {name: said[name].percent if name in said else usual.of(name) for name in spend}
    return replace(
        facts,
        late=_late(store.lights.all(), asked),
        spend=spend,
        trust=trust,
        channel_owners=owned,
        advised=_advised(store, asked, rules),
    )


def _late(lights: list[Light], asked: Asked) -> list[tuple[Light, int]]:
    """Red ones; of a past day those whose newest row was too old then. A channel that was left isn't late."""
    found = []
    for light in lights:
        hours = light.hours_late(asked.as_of)
        red = hours >= RED_HOURS and light.state != "retired" if asked.is_past else light.state == "red"
        if red:
            found.append((light, hours))
    return found


def _rescue(store: Store, facts: Facts, asked: Asked) -> Rescue:
    """Rejected leads of the scope: of its owners, or of its regions where nobody owns them yet."""
    from knowledge.funnel.rescue import rescue

    regions = frozenset(asked.scope.name.split(JOINT)) if asked.scope.kind == "region" else frozenset()
    found = []
    for one in store.funnel.rejected(asked.viewer, asked.zone):
        ours = facts.owners is None or one.owner_id in facts.owners or (not one.owner_id and one.region in regions)
        if ours and one.rejected_at.date() <= asked.day:
            later = one.deal_created and one.deal_created > asked.day
            found.append(replace(one, deal_id="", deal_created=None, won=False) if later else one)
    return rescue(len(found), found, asked.day)


def _advised(store: Store, asked: Asked, rules: BriefRules) -> Advised:
    from knowledge.funnel.advice import advise, costs

    first = asked.day - timedelta(days=rules.finders["channel_cost"].days)
    since = datetime.combine(first, time(), asked.zone)
    brought = store.funnel.cells(
        asked.viewer, ("channel",), since=since, until=asked.as_of, as_of=asked.as_of, zone=asked.zone
    )
    money = store.funnel.money(asked.viewer, first, asked.day + timedelta(days=1), asked.zone)
    return advise(costs(money, {key[0]: one for key, one in brought.items()}), (), None, _stale(store, asked))


def _stale(store: Store, asked: Asked) -> list[Flag]:
    """What is late behind costs and won deals; of a past day the channels whose data was."""
    if not asked.is_past:
        return store.lights.stale(COUNTED, now=asked.now)
    late = (light for light, _ in _late(store.lights.all(), asked) if light.entity in COUNTED)
    return [light.flag(asked.as_of) for light in late if light.part]


def _missing(store: Store) -> tuple[str, ...]:
    parts = [name for name, count in store.funnel.connected().items() if not count and name != "spend"]
    return (*parts, NEVER_YET)


def _notes(store: Store, asked: Asked) -> tuple[Note, ...]:
    if asked.is_past:
        return (Note("note.past", {"day": asked.day}),)
    late = store.lights.stale(BEHIND, now=asked.now)
    return tuple(Note("note.late", {"name": one.part or one.title, "hours": one.hours_late}) for one in late[:3])

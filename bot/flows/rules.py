"""Rules that people made for themselves, at work on what is said: they fire into the same policy as every signal (A7).

Rules are read from storage with every message, so that one is live in every process as soon as it is switched on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contracts import Clock, Person
from bot.contracts.listening import Dialogue, Evidence, Signal
from bot.flows.persist import persistently
from skills.coaching.casework import Desk
from skills.coaching.policy import Account, in_scope
from skills.rules.cards import span_words
from skills.rules.counting import Firing, firings, span_of
from skills.rules.definition import Definition, definition_of
from skills.rules.matching import Hit, Matcher
from skills.rules.preview import ROOM_WEEK
from storage.database import Database
from storage.repositories.rules import Rule
from storage.repositories.signals import signal_id
from storage.store import Store
from storage.tables.listening import OWN_RULE

FRESH = timedelta(hours=72)  # what was said before, and came in late, is no matter of the moment any more (A2)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A rule that something new fits."""

    rule: Rule
    definition: Definition
    new: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class _Case:
    """The same with what its owner may see of the span before."""

    heard: _Heard
    owner: Person
    earlier: Sequence[Dialogue]
    told: datetime | None  # the rule fired about this customer, at something before what is new


class RuleFlow:
    """Counts, and stores what fired as signals of the rule's owner. However many rules there are, a message costs one
    look for them, one at what their owners see, and one transaction, each only where there is something."""

    def __init__(self, database: Database, clock: Clock, matcher: Matcher) -> None:
        self._database, self._clock, self._matcher = database, clock, matcher

    async def fired(self, dialogue: Dialogue, new: Collection[str] | None = None) -> list[str]:
        """Signals of the rules that fire at what is new (None: everything). Asked again, the answer is the same."""
        if not dialogue.customer_id:
            return []
        rules = await persistently(lambda: self._database.read(lambda store: _live(store, dialogue)))
        heard = [one for rule in rules if (one := await self._heard(rule, dialogue, new)) is not None]
        if not heard:
            return []
        cases = await persistently(lambda: self._database.read(lambda store: _cases(store, heard, dialogue)))
        ready = [(case, firing) for case in cases for firing in await self._counted(case, dialogue)]
        if not ready:
            return []
        return await persistently(lambda: self._database.write(lambda store: self._store(store, dialogue, ready)))

    async def _heard(self, rule: Rule, dialogue: Dialogue, new: Collection[str] | None) -> _Heard | None:
        definition, since = definition_of(rule.definition), self._clock.now() - FRESH
        hits = await self._matcher.hits(definition, [dialogue], new)
        fresh = [hit for hit in hits if hit.at >= since]
        return _Heard(rule, definition, fresh) if fresh else None

    async def _counted(self, case: _Case, dialogue: Dialogue) -> list[Firing]:
        definition, new = case.heard.definition, case.heard.new
        hits = await self._matcher.hits(definition, [*case.earlier, dialogue])
        since, triggers = span_of(new, definition), {hit.utterance_id for hit in new}
        fired = firings([hit for hit in hits if hit.at >= since], definition, after=case.told)
        here = [one for one in fired if one.last.dialogue_id == dialogue.id]
        return [one for one in here if one.last.utterance_id in triggers]

    def _store(self, store: Store, dialogue: Dialogue, ready: Sequence[tuple[_Case, Firing]]) -> list[str]:
        ids = []
        for case, firing in ready:
            signal, key = _signal(case, dialogue, firing), f"{case.heard.rule.id}:{firing.last.utterance_id}"
            about = {"dialogue_id": dialogue.id, "customer_id": dialogue.customer_id, "person_id": case.owner.id}
            at, now = firing.last.at, self._clock.now()
            store.signals.add(signal, happened_at=at, found_at=now, deal_id=dialogue.deal_id, key=key, **about)
            ids.append(signal_id(signal, dialogue_id=dialogue.id, key=key))
        return ids


@dataclass(frozen=True, slots=True)
class PolicyView:
    """Fulfils `skills.rules.ports.Policy` by the desk of the prompts."""

    desk: Desk

    def in_pilot(self, store: Store, customer_ids: Collection[str]) -> frozenset[str]:
        """By yearly amount and place, as the policy does it."""
        places = {id_: place for place, id_ in enumerate(store.customers.largest(self.desk.rules.top), 1)}
        customers = store.customers.records(customer_ids).values()
        accounts = [Account(one.id, one.annual_amount, places.get(one.id)) for one in customers]
        return frozenset(one.id for one in accounts if in_scope(one, self.desk.rules)[0])

    def kept_by(self, store: Store, person_id: str, now: datetime) -> str:
        """The mute that holds, or the level that is not the smart one."""
        wishes = self.desk.wishes(store, person_id)
        if wishes.muted_until is not None and now < wishes.muted_until:
            return "muted"
        return "" if wishes.level == "smart" else wishes.level


def _live(store: Store, dialogue: Dialogue) -> list[Rule]:
    customer = store.customers.get(dialogue.customer_id)
    return store.rules.live_about({dialogue.person_id, customer.owner_id if customer else ""} - {""})


def _cases(store: Store, heard: Sequence[_Heard], dialogue: Dialogue) -> list[_Case]:
    """Of those whose owners may see the dialogue (D9)."""
    owners = {id_: store.people.get(id_) for id_ in {one.rule.owner_id for one in heard}}
    seeing = {id_: one for id_, one in owners.items() if one and store.dialogues.seen(one, dialogue.id)}
    return [_case(store, one, seeing[one.rule.owner_id], dialogue) for one in heard if one.rule.owner_id in seeing]


def _case(store: Store, heard: _Heard, owner: Person, dialogue: Dialogue) -> _Case:
    told = _told(store, heard.rule, dialogue.customer_id, heard.new)
    if heard.definition.times == 1:  # nothing earlier counts
        return _Case(heard, owner, (), told)
    since = span_of(heard.new, heard.definition) - ROOM_WEEK
    records = store.dialogues.visible_to(owner, customer_id=dialogue.customer_id, since=since, limit=100)
    others = [one.id for one in records if one.state == "ready" and one.id != dialogue.id]
    return _Case(heard, owner, list(store.dialogues.read_all(others).values()), told)


def _told(store: Store, rule: Rule, customer_id: str, new: Sequence[Hit]) -> datetime | None:
    """When it fired last about this customer, but for what fires at the new utterances: that may be a repetition."""
    fired, again = store.signals.of_rule(rule.owner_id, customer_id, rule.id), {hit.utterance_id for hit in new}
    return max((one.happened_at for one in fired if one.facts.get("at") not in again), default=None)


def _signal(case: _Case, dialogue: Dialogue, firing: Firing) -> Signal:
    """It cites this dialogue only: what another one held may be purged without it."""
    here = [hit for hit in firing.hits if hit.dialogue_id == dialogue.id]
    evidence = tuple(Evidence(dialogue.id, hit.utterance_id, hit.quote, hit.at, hit.start) for hit in reversed(here))
    values = {
        "rule": case.heard.rule.sentence,
        "rule_id": case.heard.rule.id,
        "name": case.heard.definition.label,
        "times": str(len(firing.hits)),
        "span": span_words(case.heard.definition.days, case.owner.language),
        "about": case.heard.definition.kind,
        "when": case.heard.definition.when,
        "at": firing.last.utterance_id,
    }
    return Signal(OWN_RULE, 1.0, evidence, values)

"""Makes, changes and switches rules: the same for chat and console. Every change is its owner's, and is audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts.person import Person
from skills.rules.cards import sentence_of
from skills.rules.definition import (
    MOST_DAYS,
    MOST_TIMES,
    QUESTIONS,
    SPEAKERS,
    Definition,
    definition_of,
)
from skills.rules.preview import Past, Preview
from skills.rules.subjects import Subjects
from skills.rules.understanding import Said, is_rule, understand
from storage.repositories.rules import Rule, State
from storage.tables.listening import OWN_RULE

if TYPE_CHECKING:
    from storage.store import Store

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose rule it is, in which language they asked, and when."""

    person: Person
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule with all that its card says."""

    rule: Rule
    definition: Definition
    preview: Preview
    kept: str = ""  # what keeps prompts from its owner now
    customer: str = ""  # as it is called; "": any


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """The rules of whoever asks. `most`: so many may be on at a time."""

    past: Past
    subjects: Subjects
    most: int

    async def draft(self, sentence: str, who: Asker) -> Shown | str:
        """A new rule, not on yet; or the fault."""
        definition = await self._understood(sentence, who)
        if isinstance(definition, str):
            return definition
        rule = Rule(uuid4().hex[:16], sentence.strip(), who.person.id, who.now, who.now, definition.to_json())
        await self.past.database.write(lambda store: store.rules.draft(rule))
        return await self.shown(rule, who)

    async def reword(self, rule: Rule, words: str, who: Asker) -> Shown | str:
        """The same rule, said anew or in part: of 改成三次 everything else stays."""
        whole = is_rule(words)
        definition = await self._understood(words, who, None if whole else definition_of(rule.definition))
        if isinstance(definition, str):
            return definition
        return await self._changed(rule, words.strip() if whole else "", definition, who)

    async def fill_in(self, rule: Rule, form: Mapping[str, str], who: Asker) -> Shown | str:
        """The same rule with a form's answers."""
        old = definition_of(rule.definition)
        definition = filled_in(old, form)
        about = form.get("about", "").strip() or old.label
        if isinstance(definition, str):
            return definition
        if about != old.label:
            subject = await self.subjects.of(understand(about), who.language)
            if subject.fault:
                return subject.fault
            definition = replace(definition, label=subject.label, kind=subject.kind, words=subject.words)
        return await self._changed(rule, "", definition, who)

    async def shown(self, rule: Rule, who: Asker) -> Shown:
        """With its preview on the person's own history."""
        definition = definition_of(rule.definition)
        preview = await self.past.preview(definition, who.person, who.now)
        kept, customer = await self.past.database.read(
            lambda store: (self.past.policy.kept_by(store, who.person.id, who.now), _customer(store, definition))
        )
        return Shown(rule, definition, preview, kept, customer)

    async def own(self, rule_id: str, person: Person) -> Rule | None:
        """A rule of this person."""
        rule = await self.past.database.read(lambda store: store.rules.get(rule_id))
        return rule if rule is not None and rule.owner_id == person.id else None

    async def listed(self, who: Asker) -> list[tuple[Rule, int]]:
        """The person's own rules with how often each fired in 30 days, the newest first."""
        found = await self.past.database.read(lambda store: rules_of(store, who.person, who.now))
        return [(rule, fired) for rule, fired in found if rule.owner_id == who.person.id]

    async def switch(self, rule: Rule, state: State, who: Asker) -> bool:
        """On or off. False when too many are on."""

        def change(store: Store) -> bool:
            if state == "live" and rule.state != "live" and store.rules.count_live(who.person.id) >= self.most:
                return False
            store.rules.switch(rule.id, state, who.now)
            store.audit.add(who.person.id, f"rule.{state}", rule.id, {"version": rule.version}, who.now)
            return True

        return await self.past.database.write(change)

    async def drop(self, rule: Rule, who: Asker) -> None:
        """Delete it."""

        def gone(store: Store) -> None:
            if store.rules.drop(rule.id, who.person.id) and rule.state != "draft":
                store.audit.add(who.person.id, "rule.deleted", rule.id, {"version": rule.version}, who.now)

        await self.past.database.write(gone)

    async def _changed(self, rule: Rule, sentence: str, definition: Definition, who: Asker) -> Shown | str:
        """`sentence`: "" when only a part was said; then the rule is put into words anew."""
        customer = await self.past.database.read(lambda store: _customer(store, definition))
        words = sentence or sentence_of(definition, who.language, customer)

        def rewrite(store: Store) -> bool:
            if not store.rules.rewrite(rule.id, rule.version, words, definition.to_json(), who.now):
                return False
            if rule.state != "draft":
                store.audit.add(who.person.id, "rule.changed", rule.id, {"version": rule.version + 1}, who.now)
            return True

        if not await self.past.database.write(rewrite):
            return "changed_meanwhile"
        new = replace(rule, sentence=words, definition=definition.to_json(), version=rule.version + 1)
        return await self.shown(replace(new, changed_at=who.now), who)

    async def _understood(self, words: str, who: Asker, base: Definition | None = None) -> Definition | str:
        """The definition of a sentence, on the ground of a former one where it says only a part; or the fault."""
        customer_id, names = await self.past.database.read(lambda store: _named(store, who.person, words))
        said = understand(words, names)
        if said.fault:
            return said.fault
        if base is not None and not said.subject and not said.quoted:
            return _merged(base, said)
        subject = await self.subjects.of(said, who.language)
        if subject.fault:
            return subject.fault
        usual = base or Definition(speaker=self.subjects.usual_speaker(subject.kind))
        kept = replace(usual, label=subject.label, kind=subject.kind, words=subject.words)
        return _merged(replace(kept, customer_id=customer_id or kept.customer_id), said)


def filled_in(old: Definition, form: Mapping[str, str]) -> Definition | str:
    """The definition with a form's answers but for what it is about; or the fault."""
    times, days = form.get("times", "").strip(), form.get("days", str(old.days))
    if not times.isdecimal() or not 1 <= int(times) <= MOST_TIMES:
        return "times"
    if not days.isdecimal() or int(days) > MOST_DAYS:
        return "span"
    speaker, question = form.get("speaker", old.speaker), form.get("question", old.question)
    if speaker not in SPEAKERS or question not in QUESTIONS:
        return "nothing"
    return replace(old, times=int(times), days=int(days), speaker=speaker, question=question)


def rules_of(store: Store, viewer: Person, now: datetime) -> list[tuple[Rule, int]]:
    """Rules that are or were on, of the viewer and the people under them, with how often each fired in 30 days."""
    rules = [rule for rule in store.rules.visible_to(viewer) if rule.state != "draft"]
    fired = store.signals.visible_to(viewer, kinds=[OWN_RULE], since=now - MONTH, limit=10_000)
    ids = [one.facts.get("rule_id") for one in fired]
    return [(rule, ids.count(rule.id)) for rule in rules]


def _merged(base: Definition, said: Said) -> Definition:
    """What was said, over what was there."""
    return replace(
        base,
        times=base.times if said.times is None else said.times,
        speaker=said.speaker or base.speaker,
        question=said.question or base.question,
        days=base.days if said.days is None else said.days,
        sources=said.sources or base.sources,
        when=said.when or base.when,
    )


def _customer(store: Store, definition: Definition) -> str:
    """How the rule's customer is called; "" when it has none."""
    customer = store.customers.get(definition.customer_id) if definition.customer_id else None
    return (customer.short_name or customer.name) if customer else ""


def _named(store: Store, person: Person, sentence: str) -> tuple[str, tuple[str, ...]]:
    """The one customer of the person that the sentence names, and how it may be called there."""
    found = store.customers.mentioned_in(person, sentence)
    longest = max((len(one.short_name or one.name) for one in found), default=0)
    named = [one for one in found if len(one.short_name or one.name) == longest]
    if len(named) != 1:
        return "", ()
    return named[0].id, tuple(name for name in (named[0].name, named[0].short_name) if name)

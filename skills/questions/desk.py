"""Answers for a viewer: words → plan → figures, with what belongs beside them. For chat, page, file and clock alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Person, Role
from bot.contracts.model import Model, NoModel
from bot.contracts.person import OPERATOR
from config.attribution import known as known_channels
from knowledge.metrics.plan import Plan
from knowledge.metrics.registry import Registry
from knowledge.metrics.result import Result
from knowledge.questions.outcome import UNITS, Ambiguous, KnownValues, Outcome, Piece, Scope, Understood, Unknown
from skills.questions.answer import Answer
from skills.questions.naming import Names
from skills.questions.presenting import compared, fair, longer, ordered

if TYPE_CHECKING:
    from knowledge.metrics.running import Sources
    from knowledge.playbook.vocabulary import Vocabulary
    from storage.database import Database
    from storage.repositories.lights import Flag
    from storage.store import Store
    from storage.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class _Beside:
    """What belongs beside figures."""

    flags: tuple[Flag, ...]
    trust: Mapping[str, int]
    named: KnownValues


class Desk:
    """One for the process."""

    def __init__(
        self,
        database: Database,
        warehouse: Warehouse,
        registry: Callable[[], Registry],
        vocabulary: Vocabulary,
        zone: ZoneInfo,
        model: Model | None = None,
    ) -> None:
        self._model = model or NoModel()
        self.database, self.warehouse, self.vocabulary, self.zone = database, warehouse, vocabulary, zone
        self._registry = registry
        self._known: KnownValues | None = None  # as they were read last
        self._values: KnownValues = {}

    @property
    def registry(self) -> Registry:
        """What can be asked about; read at the first question."""
        return self._registry()

    async def scope(self, text: str, viewer: Person, now: datetime, language: str, last: Plan | None = None) -> Scope:
        """What a text is read in. Of customers it knows those that the text names and the viewer may see: another's
        name is like one that nobody has."""
        from knowledge.metrics.values import known_values

        known = await known_values(self.warehouse, self.registry)
        if known is not self._known:
            people = await self.database.read(lambda store: store.people.visible_to(OPERATOR))
            self._known, self._values = known, {**known, **_units(known.get("team", {}), people), "customer": {}}
        return await self.glance(text, viewer, now, language, last)

    async def glance(self, text: str, viewer: Person, now: datetime, language: str, last: Plan | None = None) -> Scope:
        """The same with the values that were known last: nobody waits for a copy of the rows only to learn whether a
        sentence is a question. Before the first question there are none."""
        customers = await self.database.read(lambda store: _customers(store, viewer, text))
        today = now.astimezone(self.zone).date()
        # The same object unless a customer is named: what is made of the values' names is kept by it.
        values = {**self._values, "customer": customers} if customers else self._values
        return Scope(self.registry, values, self.vocabulary, today, viewer, language, last)

    async def read(self, text: str, scope: Scope, *, surely: bool = False) -> Outcome:
        """What a sentence asks. What the grammar doesn't know, a language model may propose a plan for, where there is
        one (D1); not where only what is `surely` understood counts."""
        from knowledge.questions.proposals import proposed
        from knowledge.questions.understanding import understand

        outcome = understand(text, scope)
        asks = isinstance(outcome, Unknown) and outcome.reason == "words" and not surely
        return (asks and self._model.available and await proposed(text, scope, self._model)) or outcome

    async def reread(self, words: Sequence[str], meant: Plan, viewer: Person, now: datetime, language: str) -> Outcome:
        """The question and its follow-ups, as this person would mean them now. Where they leave something open, what is
        shaped like the plan that was `meant`."""
        outcome: Outcome = Understood(meant)
        last: Plan | None = None
        for text in words:
            scope = await self.scope(text, viewer, now, language, last)
            outcome = _chosen(await self.read(text, scope), meant)
            if not isinstance(outcome, Understood):
                return outcome
            last = outcome.plan
        return outcome

    async def answer(
        self,
        plan: Plan,
        viewer: Person,
        now: datetime,
        language: str,
        words: Sequence[str] = (),
        pieces: Sequence[Piece] = (),
    ) -> Answer:
        """The figures. Raises NotAnswerable, WarehouseUnavailable."""
        from knowledge.metrics.running import run

        names = self.names(now, language)
        asked = ordered(compared(plan, self.registry), self.registry)
        result = fair(await run(longer(asked), viewer, now, self.sources()), asked)
        beside = await self.database.read(lambda store: self._beside(store, plan, result, viewer, now))
        return Answer(
            plan,
            result,
            replace(names, values=self._all_names(beside.named)),
            viewer,
            now,
            self.zone,
            tuple(words),
            tuple(pieces),
            beside.flags,
            beside.trust,
        )

    def names(self, now: datetime, language: str, values: KnownValues | None = None) -> Names:
        """What things are called."""
        return Names(self.registry, values or {}, self.vocabulary, language, now.astimezone(self.zone).date())

    def _all_names(self, named: KnownValues) -> KnownValues:
        """What values are called: as they were read, and people and customers as they are called now."""
        known = self._known or {}
        return {**known, **{name: {**known.get(name, {}), **found} for name, found in named.items()}}

    def sources(self) -> Sources:
        """Where numbers come from."""
        from knowledge.metrics.running import Sources

        return Sources(self.registry, self.database, self.warehouse, self.zone)

    def _beside(self, store: Store, plan: Plan, result: Result, viewer: Person, now: datetime) -> _Beside:
        behind = dict.fromkeys(one for metric in plan.metrics for one in self.registry.tables_of(metric))
        behind |= {plan.rows: None} if plan.rows else {}
        flags = tuple(store.lights.stale(tuple(behind), now=now)) if behind else ()
        channels = set(_values_of(plan, result, "channel"))
        return _Beside(flags, _trust(store, channels), _named(store, plan, result, viewer))


def _chosen(outcome: Outcome, meant: Plan) -> Outcome:
    """Of several choices the one that was chosen then."""
    if not isinstance(outcome, Ambiguous):
        return outcome
    found = next((one.plan for one in outcome.choices if shape(one.plan) == shape(meant)), None)
    return Understood(found) if found else outcome


def shape(plan: Plan) -> tuple[object, ...]:
    """What stays of a plan when its days pass."""
    where = tuple(sorted((one.dimension, one.operator, one.values) for one in plan.where))
    return (
        plan.kind,
        plan.metrics,
        plan.rows,
        plan.by,
        where,
        plan.grain,
        plan.against,
        plan.order,
        plan.limit,
        plan.share,
    )


def _units(teams: Mapping[str, str], people: Sequence[Person]) -> dict[str, dict[str, str]]:
    """东南大区 is a director's name for regions: no rows are of such a team, and 0 would be told."""
    working = {one.team for one in people if one.role is not Role.DIRECTOR}
    units = {one.team: "|".join(one.regions) for one in people if one.regions and one.team not in working}
    return {"team": {value: label for value, label in teams.items() if value not in units}, UNITS: units}


def _customers(store: Store, viewer: Person, text: str) -> dict[str, str]:
    """Customers that the text names, as it names them."""
    found = store.customers.mentioned_in(viewer, text) if text.strip() else []
    return {one.id: one.name if one.name in text or not one.short_name else one.short_name for one in found}


def _values_of(plan: Plan, result: Result, dimension: str) -> list[str]:
    """Values of a dimension that the answer shows."""
    named = [value for one in plan.where if one.dimension == dimension for value in one.values]
    if dimension not in plan.by:
        return named
    at = plan.by.index(dimension)
    return named + [one.key[at] for one in result.groups if len(one.key) > at]


def _trust(store: Store, channels: set[str]) -> dict[str, int]:
    """What somebody set, else what is configured (B5)."""
    if not channels:
        return {}
    said, usual = store.attribution.confidences(), known_channels()
    return {name: said[name].percent if name in said else usual.of(name) for name in channels if name}


def _named(store: Store, plan: Plan, result: Result, viewer: Person) -> KnownValues:
    """Names of people and customers in the answer."""
    people = store.people.names(_values_of(plan, result, "rep"))
    ids = _values_of(plan, result, "customer")
    customers = {one.id: one.short_name or one.name for one in store.customers.seen(viewer, ids)} if ids else {}
    return {"rep": people, "customer": customers}

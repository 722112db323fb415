"""Who tells what to whom: the catalogue with the entries of the connected systems and our own deadlines. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.events.conditions import Condition
from knowledge.events.systems import System
from knowledge.events.types import Catalog, EventType
from knowledge.slas.rule import Rule

States = Mapping[tuple[str, str], str]  # (system, subscription) -> live, locked, paused or disabled


@dataclass(frozen=True, slots=True)
class Listener:
    """One subscription to a type."""

    system: System
    name: str
    state: str  # "locked" too where it was never rehearsed
    where: Condition


@dataclass(frozen=True, slots=True)
class Wire:
    """One type: who tells it, who hears it."""

    type: EventType
    producers: Sequence[System]
    listeners: Sequence[Listener]
    rules: Sequence[Rule]  # our own deadlines that it begins or ends

    @property
    def is_told(self) -> bool:
        """Whether any connected system may send it."""
        return bool(self.producers)

    @property
    def is_heard(self) -> bool:
        """Whether anybody would learn of it."""
        return bool(self.listeners or self.rules)

    @property
    def is_used(self) -> bool:
        """Whether anything hangs on it: else it only stands in the catalogue."""
        return self.is_told or bool(self.listeners)


@dataclass(frozen=True, slots=True)
class Wiring:
    """All types in the catalogue's order."""

    wires: Sequence[Wire]
    systems: Mapping[str, System]

    def get(self, type_: str) -> Wire | None:
        """One of them."""
        return next((one for one in self.wires if one.type.name == type_), None)

    @property
    def untold(self) -> Sequence[Wire]:
        """Types that somebody waits for and nobody may send."""
        return [one for one in self.wires if one.listeners and not one.is_told]

    @property
    def unheard(self) -> Sequence[Wire]:
        """Types that a system sends and nobody listens to."""
        return [one for one in self.wires if one.is_told and not one.is_heard]

    @property
    def idle(self) -> Sequence[Wire]:
        """Types that no connected system sends or hears."""
        return [one for one in self.wires if not one.is_used]

    def of(self, system: str) -> tuple[Sequence[Wire], Sequence[Wire]]:
        """(What it sends, what it hears)."""
        sent = [one for one in self.wires if any(by.name == system for by in one.producers)]
        heard = [one for one in self.wires if any(by.system.name == system for by in one.listeners)]
        return sent, heard


def wiring(catalog: Catalog, systems: Mapping[str, System], states: States, rules: Mapping[str, Rule]) -> Wiring:
    """What holds now; nobody keeps it by hand."""
    return Wiring([_wire(type_, systems, states, rules) for type_ in catalog], systems)


def _wire(type_: EventType, systems: Mapping[str, System], states: States, rules: Mapping[str, Rule]) -> Wire:
    listeners = [
        Listener(system, one.name, states.get((system.name, one.name), "locked"), one.where)
        for system in systems.values()
        for one in system.listens
        if type_.name in one.types
    ]
    return Wire(
        type_,
        [system for system in systems.values() if system.may_send(type_.name)],
        listeners,
        [rule for rule in rules.values() if type_.name in rule.types],
    )

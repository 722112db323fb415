"""All gates at one moment, counted over the rows that a viewer may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Literal

from bot.contracts.person import Person
from knowledge.quality.gates import Gate, Standards
from knowledge.quality.golden import is_listed, nearest
from storage.repositories.impossible import RULES, Moment, Rule

if TYPE_CHECKING:
    from storage.repositories.quality import Cell, Evidence
    from storage.store import Store

Colour = Literal["green", "red", "empty"]
EVERYTHING = 1_000_000  # pairs: more than anybody reviews


@dataclass(frozen=True, slots=True)
class Part:
    """A region's or an owner's share of a figure."""

    region: str
    owner_id: str
    good: int
    total: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What a gate shows. `values`: what is wrong, with counts; `parts`: by region and owner where rows tell it."""

    gate: Gate
    good: int
    total: int
    parts: tuple[Part, ...] = ()
    values: Mapping[str, int] = field(default_factory=dict)

    @property
    def bad(self) -> int:
        """Rows with something to mend."""
        return self.total - self.good

    @property
    def share(self) -> float:
        """Of good rows; 1 when there is none at all."""
        return self.good / self.total if self.total else 1.0

    @property
    def colour(self) -> Colour:
        """Red below the gate; exactly at it is green."""
        if not self.total:
            return "empty"
        return "red" if self.good < self.gate.least * self.total - 1e-9 else "green"


def board(store: Store, viewer: Person, standards: Standards, moment: Moment) -> list[Figure]:
    """Every gate, in the order of the file."""
    counted = {figure.gate.name: figure for figure in _counted(store, viewer, standards, moment)}
    return [counted[gate.name] for gate in standards.gates]


def figure_of(store: Store, viewer: Person, standards: Standards, gate: Gate, moment: Moment) -> Figure:
    """One gate."""
    return _counted(store, viewer, Standards((gate,), standards.golden), moment)[0]


def evidence(
    store: Store, viewer: Person, standards: Standards, gate: Gate, moment: Moment, limit: int, offset: int = 0
) -> list[tuple[Evidence, str]]:
    """The rows behind what is wrong, each with what it should be, or which rule it breaks."""
    window = {"limit": limit, "offset": offset}
    if gate.kind == "filled":
        return [(row, "") for row in store.quality.without(viewer, gate.entity, gate.field, **window)]
    if gate.kind == "listed":
        golden = standards.golden[gate.golden]
        values = figure_of(store, viewer, standards, gate, moment).values
        rows = store.quality.holding(viewer, gate.entity, gate.field, values, **window) if values else []
        return [(row, nearest(row.value, golden)) for row in rows]
    if gate.kind == "valid":
        return [(row, "") for row in store.quality.invalid_rows(viewer, **window)]
    if gate.kind == "linked":
        return [(row, "") for row in store.quality.dangling(viewer, gate.entity, **window)]
    return _impossible(store, viewer, gate, moment, limit, offset) if gate.kind == "possible" else []


def _impossible(
    store: Store, viewer: Person, gate: Gate, moment: Moment, limit: int, offset: int
) -> list[tuple[Evidence, str]]:
    """Rule by rule; a row may break several."""
    found: list[tuple[Evidence, str]] = []
    for name, rule in _rules(gate.entity).items():
        rows = store.quality.impossible(viewer, gate.entity, rule.where(moment), rule.value, limit=limit + offset)
        found += [(row, name) for row in rows]
    return found[offset : offset + limit]


def _counted(store: Store, viewer: Person, standards: Standards, moment: Moment) -> list[Figure]:
    gates = standards.gates
    counters: Mapping[str, Callable[[Gate], Figure]] = {
        "listed": lambda gate: _listed(store, viewer, gate, standards.golden[gate.golden]),
        "valid": lambda gate: _valid(store, viewer, gate),
        "linked": lambda gate: _share(store, viewer, gate, store.quality.count_dangling(viewer, gate.entity)),
        "possible": lambda gate: _possible(store, viewer, gate, moment),
        "single": lambda gate: _single(store, viewer, gate),
    }
    filled = [gate for gate in gates if gate.kind == "filled"]
    rest = [counters[gate.kind](gate) for gate in gates if gate.kind != "filled"]
    return [*_filled(store, viewer, filled), *rest]


def _filled(store: Store, viewer: Person, gates: Sequence[Gate]) -> list[Figure]:
    """One query for each entity, however many fields it has."""
    figures = []
    for entity in dict.fromkeys(gate.entity for gate in gates):
        own = [gate for gate in gates if gate.entity == entity]
        cells = store.quality.filled(viewer, entity, [gate.field for gate in own])
        figures += [_of_cells(gate, cells, at) for at, gate in enumerate(own)]
    return figures


def _of_cells(gate: Gate, cells: Sequence[Cell], at: int) -> Figure:
    parts = tuple(Part(cell.region, cell.owner_id, cell.filled[at], cell.total) for cell in cells)
    return Figure(gate, sum(part.good for part in parts), sum(part.total for part in parts), parts)


def _listed(store: Store, viewer: Person, gate: Gate, golden: Mapping[str, Sequence[str]]) -> Figure:
    wrong: Counter[str] = Counter()
    good: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for value, region, owner, count in store.quality.values(viewer, gate.entity, gate.field):
        total[region, owner] += count
        if is_listed(value, golden):
            good[region, owner] += count
        else:
            wrong[value] += count
    return _figure(gate, good, total, wrong)


def _valid(store: Store, viewer: Person, gate: Gate) -> Figure:
    """Leads that nobody marked count as valid."""
    wrong: Counter[str] = Counter()
    good: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for valid, reason, region, count in store.quality.invalid(viewer):
        total[region, ""] += count
        if valid is False:
            wrong[reason] += count
        else:
            good[region, ""] += count
    return _figure(gate, good, total, wrong)


def _figure(gate: Gate, good: Counter[tuple[str, str]], total: Counter[tuple[str, str]], wrong: Counter[str]) -> Figure:
    parts = tuple(Part(region, owner, good[region, owner], count) for (region, owner), count in sorted(total.items()))
    return Figure(gate, good.total(), total.total(), parts, dict(wrong.most_common()))


def _possible(store: Store, viewer: Person, gate: Gate, moment: Moment) -> Figure:
    rules = [(name, rule.where(moment)) for name, rule in _rules(gate.entity).items()]
    any_of = reduce(lambda one, other: one | other, (where for _, where in rules))
    bad = store.quality.count_impossible(viewer, gate.entity, any_of)
    counts = {name: store.quality.count_impossible(viewer, gate.entity, where) for name, where in rules} if bad else {}
    total = store.quality.count(viewer, gate.entity)
    return Figure(gate, total - bad, total, values={name: count for name, count in counts.items() if count})


def _single(store: Store, viewer: Person, gate: Gate) -> Figure:
    pairs = store.identity.doubts(viewer, EVERYTHING)
    return _share(store, viewer, gate, len({max(one.left_id, one.right_id) for one in pairs}))


def _share(store: Store, viewer: Person, gate: Gate, bad: int) -> Figure:
    total = store.quality.count(viewer, gate.entity)
    return Figure(gate, total - bad, total)


def _rules(entity: str) -> Mapping[str, Rule]:
    return {name: rule for name, rule in RULES.items() if rule.entity == entity}

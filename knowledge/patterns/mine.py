"""Finds the orders of moves that won deals, and leaves out what luck, habit or a longer pattern explains.

1. Every order of two to four moves that enough deals hold, won or lost: the outcome has no say in what is tried.
2. Win rates with and without it, among deals in which the customer gave its trigger: who never objected needs no answer
   to an objection, and wins more often.
3. Kept is what luck doesn't explain although so many were tried (`luck`), and of which every stage pays off: deals that
   go on to it win more often than deals that stop before it. So a greeting, which everybody says, is no stage.
4. What a longer pattern covers (nearly the same won deals) is told by the longer one alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.patterns.case import Case
from knowledge.patterns.effect import Counts, Effect, counts, within
from knowledge.patterns.luck import chances
from knowledge.patterns.sequences import Pattern, frequent, holds

PAYS_OFF = 0.05  # p of each stage; all must reach it, so that trying several makes none of them easier
COVERS = 0.7  # of the won deals with a pattern: a longer one that holds so many of them tells of it too
TRIGGERS = 0.4  # of a move's occurrences: a signal that comes before so many is what it answers
STRATA = "rep"  # outcomes are shuffled among the deals of one salesperson
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a pattern."""

    least_deals: int = 10  # that hold it, with its trigger
    chance: float = 0.01  # the most that luck may explain, over all patterns together
    longest: int = 4
    rounds: int = 1999  # shuffles
    seed: int = 1  # the same deals give the same patterns


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern with what it is worth."""

    moves: Pattern
    trigger: str  # kind of signal that it answers; "": none stands out
    trigger_share: float  # of its first move's occurrences
    effect: Effect
    cases: tuple[int, ...]  # numbers of the won cases that hold it and are counted


@dataclass(frozen=True, slots=True)
class Mined:
    """What came out, and of how much."""

    found: tuple[Found, ...]  # the surest gain first
    won: int
    lost: int
    tried: int  # orders of moves


@dataclass(frozen=True, slots=True)
class _Field:
    """All cases as flags, one for each."""

    cases: Sequence[Case]
    won: Flags
    holding: Mapping[Pattern, frozenset[int]]
    triggers: Mapping[str, tuple[str, float]]  # move -> the signal that it answers

    def held(self, pattern: Pattern) -> Flags:
        """Which cases hold a pattern."""
        flags = np.zeros(len(self.cases), dtype=bool)
        flags[list(self.holding[pattern])] = True
        return flags

    def among(self, pattern: Pattern) -> Flags:
        """Which cases can be compared: those in which the customer gave the trigger."""
        trigger = self.triggers[pattern[0]][0]
        return np.array([not trigger or trigger in case.heard for case in self.cases], dtype=bool)


def mine(cases: Sequence[Case], rules: Rules) -> Mined:
    """The patterns of these closed deals. Blocking: about a second for a thousand deals."""
    won = np.array([case.won for case in cases], dtype=bool)
    holding = frequent([case.moves for case in cases], rules.least_deals, rules.longest)
    field = _Field(cases, won, holding, _triggers(cases))
    tried = [one for one in holding if len(one) > 1 and _enough(field, one, rules.least_deals)]
    lucky = _chances(field, tried, rules)
    kept = [one for one in tried if lucky[one] <= rules.chance and _every_stage_pays_off(field, one)]
    found = [_found(field, one, lucky[one], len(tried)) for one in _longest(field, kept)]
    found.sort(key=lambda one: (-one.effect.low, one.moves))
    return Mined(tuple(found), int(won.sum()), int((~won).sum()), len(tried))


def _triggers(cases: Sequence[Case]) -> dict[str, tuple[str, float]]:
    """For each move the signal that most often comes just before it, if it does so often enough."""
    times: Counter[str] = Counter()
    before: dict[str, Counter[str]] = {}
    for step in (step for case in cases for step in case.steps):
        times[step.move] += 1
        before.setdefault(step.move, Counter()).update(step.after.keys())
    return {move: _commonest(before[move], times[move]) for move in times}


def _commonest(before: Counter[str], times: int) -> tuple[str, float]:
    kind, count = min(before.items(), key=lambda pair: (-pair[1], pair[0]), default=("", 0))
    return (kind, count / times) if count >= TRIGGERS * times else ("", 0.0)


def _enough(field: _Field, pattern: Pattern, least: int) -> bool:
    return int((field.held(pattern) & field.among(pattern)).sum()) >= least


def _chances(field: _Field, patterns: Sequence[Pattern], rules: Rules) -> dict[Pattern, float]:
    if not patterns:
        return {}
    has, among = (np.stack([of(one) for one in patterns]) for of in (field.held, field.among))
    strata = [case.about.get(STRATA, "") for case in field.cases]
    return dict(zip(patterns, chances(has, among, field.won, strata, rules.rounds, rules.seed).tolist(), strict=True))


def _every_stage_pays_off(field: _Field, pattern: Pattern) -> bool:
    """Among the deals that came so far, those that go on win more often."""
    so_far = field.among(pattern)
    for length in range(1, len(pattern) + 1):
        further = field.held(pattern[:length])
        if counts(further, field.won, so_far).chance() > PAYS_OFF:
            return False
        so_far = so_far & further
    return True


def _longest(field: _Field, patterns: Sequence[Pattern]) -> list[Pattern]:
    """Without those that a longer one covers."""
    wins = {one: int((field.held(one) & field.among(one) & field.won).sum()) for one in patterns}

    def covered(one: Pattern) -> bool:
        longer = (other for other in patterns if len(other) > len(one) and holds(other, one))
        return any(wins[other] >= COVERS * wins[one] for other in longer)

    return [one for one in patterns if not covered(one)]


def _found(field: _Field, pattern: Pattern, chance: float, tried: int) -> Found:
    held, among = field.held(pattern), field.among(pattern)
    counted = counts(held, field.won, among)
    low, high = counted.interval() or (-1.0, 1.0)
    names = dict.fromkeys(name for case in field.cases for name in case.about)
    strata = {name: within(_strata(field, name, held, among)) for name in names}
    kind, share = field.triggers[pattern[0]]
    numbers = tuple(np.flatnonzero(held & among & field.won).tolist())
    return Found(pattern, kind, share, Effect(counted, low, high, chance, tried, strata), numbers)


def _strata(field: _Field, name: str, held: Flags, among: Flags) -> list[Counts]:
    values = np.array([case.about.get(name, "") for case in field.cases])
    return [counts(held, field.won, among & (values == value)) for value in dict.fromkeys(values.tolist())]

"""The journeys themselves: which ways are taken most, and how they run from first to last touch. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skills.attribution.answer import Answer

MOST = 8  # ways that are listed
LONG = 6  # steps of a way that are shown; longer ones are cut in the middle
ALIKE = 200_000  # journeys that are looked at one by one; beyond, an even sample of so many


@dataclass(frozen=True, slots=True)
class Way:
    """Channels in their order, equal neighbours once; None stands for what was cut."""

    steps: tuple[str | None, ...]
    conversions: float
    share: float  # of all conversions looked at, 0..1


@dataclass(frozen=True, slots=True)
class Flow:
    """From a first channel to a last one."""

    first: str
    last: str
    conversions: float


def ways(answer: Answer) -> tuple[list[Way], list[Flow]]:
    """Of journeys that converted: the commonest ways, and all pairs of first and last channel."""
    import numpy as np

    paths = answer.paths
    rows = np.flatnonzero(paths.conversions > 0)
    rows = rows[:: max(len(rows) // ALIKE, 1)]
    taken: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        taken[_once(paths.tokens[paths.starts[row] : paths.starts[row + 1]].tolist())] += 1
    whole = sum(taken.values())
    names = paths.channels
    found = [Way(_shown(way, names), count, count / whole) for way, count in _most(taken)]
    ends: Counter[tuple[str, str]] = Counter()
    for way, count in taken.items():
        ends[names[way[0]], names[way[-1]]] += count
    return found, [Flow(first, last, count) for (first, last), count in sorted(ends.items())]


def _most(taken: Counter[tuple[int, ...]]) -> list[tuple[tuple[int, ...], int]]:
    return sorted(taken.items(), key=lambda item: (-item[1], item[0]))[:MOST]


def _once(tokens: list[int]) -> tuple[int, ...]:
    return tuple(token for at, token in enumerate(tokens) if not at or tokens[at - 1] != token)


def _shown(way: tuple[int, ...], names: tuple[str, ...]) -> tuple[str | None, ...]:
    steps = tuple(names[token] for token in way)
    return steps if len(steps) <= LONG else (*steps[: LONG - 2], None, steps[-1])

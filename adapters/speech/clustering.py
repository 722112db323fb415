"""How many voices there are, and what each sounds like. Pure.

A group of voiceprints is one person when halves of it are as much like each other as like themselves. That share hardly
depends on the microphone, as the similarities themselves do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

MOST_VOICES = 8
ONE_VOICE = 0.91  # likeness between two groups, of that within them, from which on they are one person
LEAST = 3  # voiceprints of a person: fewer are chance
FEW = 0.04  # share of all voiceprints below which a group is a cough, not a person
SAMPLE = 600  # voiceprints that likeness is computed of: more would change nothing but the time
ROUNDS = 20

Floats = NDArray[np.float32]
Group = NDArray[np.intp]


def voices(prints: Floats, people: int | None) -> Floats:
    """One voiceprint for each person, of shape (people, 256). `people`: how many speak, if that is known.

    prints: voiceprints of pieces of speech, of shape (n, 256), each of length 1.
    """
    if not len(prints):
        return prints
    found = [groups for groups in _divisions(prints, people or MOST_VOICES) if people or _all_different(prints, groups)]
    return _centres(prints, found[-1])


def _divisions(prints: Floats, most: int) -> Iterator[list[Group]]:
    """One group, two, three …: each time the one whose halves differ most is split."""
    groups: list[Group] = [np.arange(len(prints))]
    yield groups
    while len(groups) < most:
        split = min(_splits(prints, groups), key=lambda found: found[0], default=None)
        if split is None:
            return
        _, number, halves = split
        groups = _settled(prints, [*groups[:number], *halves, *groups[number + 1 :]])
        yield groups


def _all_different(prints: Floats, groups: Sequence[Group]) -> bool:
    """Whether no two groups are one person. Many may differ where two, each of several people, didn't."""
    pairs = combinations(groups, 2)
    return all(likeness(prints[left], prints[right]) < ONE_VOICE for left, right in pairs)


def _splits(prints: Floats, groups: Sequence[Group]) -> Iterator[tuple[float, int, tuple[Group, Group]]]:
    least = max(LEAST, FEW * len(prints))
    for number, group in enumerate(groups):
        halves = _halves(prints[group])
        if min(len(half) for half in halves) >= least:
            left, right = (group[half] for half in halves)
            yield likeness(prints[left], prints[right]), number, (left, right)


def _halves(prints: Floats) -> tuple[Group, Group]:
    """Along the direction in which the voiceprints differ most, then by the nearer centre."""
    around = prints - prints.mean(axis=0)
    axis = np.linalg.svd(around[:: max(1, len(prints) // SAMPLE)], full_matrices=False)[2][0]
    sides = (around @ axis > 0).astype(np.intp)
    groups = [np.flatnonzero(sides == side) for side in (0, 1)]
    left, right = _settled(prints, groups) if all(map(len, groups)) else groups
    return left, right


def _settled(prints: Floats, groups: Sequence[Group]) -> list[Group]:
    """Each voiceprint to the nearest centre, until nothing changes."""
    for _ in range(ROUNDS):
        nearest = np.argmax(prints @ _centres(prints, groups).T, axis=1)
        changed = [np.flatnonzero(nearest == number) for number in range(len(groups))]
        if not all(map(len, changed)) or all(map(np.array_equal, changed, groups)):
            break
        groups = changed
    return list(groups)


def likeness(left: Floats, right: Floats) -> float:
    """How much two groups are like each other, of how much each is like itself: about 1 for the same person."""
    left, right = (group[:: max(1, len(group) // SAMPLE)] for group in (left, right))
    within = _within(left) * _within(right)
    return float((left @ right.T).mean() / np.sqrt(within)) if within > 0 else 1.0


def _within(prints: Floats) -> float:
    count = len(prints)
    return float(((prints @ prints.T).sum() - count) / (count * (count - 1))) if count > 1 else 0.0


def _centres(prints: Floats, groups: Sequence[Group]) -> Floats:
    means = [prints[group].mean(axis=0) for group in groups]
    return np.stack([mean / np.linalg.norm(mean) for mean in means]) if means else prints

"""Deliveries per day, drawn: a stack for each day, arrived below, what waits above it, dead on top. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 96
STEP = 40
BAR = 26
STATES = ("done", "waiting", "held", "dead")  # from below


@dataclass(frozen=True, slots=True)
class Block:
    """One state of one day."""

    state: str
    x: float
    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day."""

    x: float
    total: int
    blocks: Sequence[Block]
    top: float


def draw(days: Sequence[Mapping[str, int]]) -> Sequence[Day]:
    """Empty when nothing was delivered at all. Whatever is there can be seen: two units at least."""
    most = max((sum(day.values()) for day in days), default=0)
    return [_day(number, day, most) for number, day in enumerate(days)] if most else []


def _day(number: int, day: Mapping[str, int], most: int) -> Day:
    x, y, blocks = number * STEP + (STEP - BAR) / 2, float(HEIGHT), []
    for state in STATES:
        if count := day.get(state, 0):
            height = max(2.0, count / most * HEIGHT)
            y -= height
            blocks.append(Block(state, x, round(y, 1), round(height, 1), count))
    return Day(x + BAR / 2, sum(day.values()), blocks, round(y, 1))

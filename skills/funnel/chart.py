"""The drawings of the page: steps as bars, a change as a waterfall. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.labels import shortened
from knowledge.metrics.decomposition import Decomposition

WIDTH, LEFT = 640, 150  # of the drawing, and of its labels, in its own units
ROW, BAR = 40, 24
ROOM = 13  # letters of a label
SHOWN = 6  # parts of a waterfall that have a bar of their own; the others are one


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its texts."""

    label: str
    x: float
    y: float
    width: float
    text: str
    kind: str = ""  # up, down, whole or "": its colour, and by what its text says

    @property
    def short(self) -> str:
        """The label, cut where a phone has no more room."""
        return shortened(self.label, ROOM)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws."""

    bars: tuple[Bar, ...]
    height: int


def steps(rows: Sequence[tuple[str, int, str]]) -> Drawing:
    """(step, count, share of the step before) as bars as long as the counts."""
    most = max((count for _, count, _ in rows), default=0) or 1
    room = WIDTH - LEFT - 130
    bars = [
        Bar(name, LEFT, at * ROW + 8, max(1.0, room * count / most), f"{count:,}" + (f" · {rate}" if at else ""))
        for at, (name, count, rate) in enumerate(rows)
    ]
    return Drawing(tuple(bars), len(rows) * ROW + 8)


def waterfall(found: Decomposition, names: tuple[str, str, str], called: Callable[[str], str]) -> Drawing:
    """From the rate before to the one now, part by part, in percent. `names`: before, now, the rest; `called`: what the
    reader calls a value."""
    parts = [(called(str(_plain(one.category))), one.effect * 100) for one in found.parts if one.effect]
    if len(parts) > SHOWN:
        parts = [*parts[:SHOWN], (names[2], sum(effect for _, effect in parts[SHOWN:]))]
    levels = [found.before * 100]
    for _, effect in parts:
        levels.append(levels[-1] + effect)
    low, high = min(0.0, *levels), max(*levels, 0.01)
    scale = (WIDTH - LEFT - 90) / (high - low)

    def across(value: float) -> float:
        return LEFT + (value - low) * scale

    bars = [_whole(names[0], levels[0], across, 0)]
    for at, (name, effect) in enumerate(parts, 1):
        left, right = sorted((levels[at - 1], levels[at]))
        kind = "up" if effect > 0 else "down"
        bars.append(Bar(name, across(left), at * ROW + 8, max(1.0, (right - left) * scale), f"{effect:+.1f}", kind))
    bars.append(_whole(names[1], found.after * 100, across, len(parts) + 1))
    return Drawing(tuple(bars), len(bars) * ROW + 8)


def _whole(name: str, percent: float, across: object, at: int) -> Bar:
    assert callable(across)  # noqa: S101  # told to mypy
    return Bar(name, across(0.0), at * ROW + 8, max(1.0, across(percent) - across(0.0)), f"{percent:.1f} %", "whole")


def _plain(category: object) -> object:
    return category[0] if isinstance(category, tuple) and len(category) == 1 else category

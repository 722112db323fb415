"""Drawings for the page: models side by side, and journeys from first to last channel. In the drawing's units; pure.

Drawn by hand like the house's other charts: no second to wait for a plotting library, the frame's colours in light and
dark, text that a phone can read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skills.attribution.lines import Line
from skills.attribution.paths import Flow

LEFT, RIGHT, TOP, ROW = 132, 616, 12, 40
TICKS = (5, 10, 20, 25, 50, 100)  # percent between marks, whichever gives no more than MOST
MOST = 5
BAR, GAP, HIGH = 12, 8, 300  # of the flows
NAMED = 12  # channels that are drawn


@dataclass(frozen=True, slots=True)
class Mark:
    """One channel's row. Places across; `dots`: (place, model, percent) of the other models."""

    channel: str
    y: float
    at: float
    share: float
    span: tuple[float, float] | None
    dots: tuple[tuple[float, str, float], ...]
    thin: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Models side by side."""

    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, int], ...]
    height: float


@dataclass(frozen=True, slots=True)
class Node:
    """A channel at one side of the flows."""

    channel: str
    y: float
    height: float
    count: float


@dataclass(frozen=True, slots=True)
class Band:
    """A flow between two nodes."""

    path: str
    first: str
    last: str
    count: float


@dataclass(frozen=True, slots=True)
class Flows:
    """Journeys from their first channel (left) to their last (right)."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[Band, ...]
    height: float


def beside(rows: Sequence[Line], model: str) -> Beside | None:
    """None when there is nothing to draw."""
    shown = [line for line in rows if any(line.others.values())][:NAMED]
    if not shown:
        return None
    ends = [value for line in shown for value in (*line.others.values(), line.interval[1] if line.interval else 0.0)]
    step = next((one for one in TICKS if max(ends) / one <= MOST), 100)
    most = step * max(1, -(-max(ends) // step))

    def across(percent: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(max(percent / most, 0.0), 1.0), 1)

    marks = tuple(
        Mark(
            line.channel,
            TOP + ROW * at + ROW / 2,
            across(line.share),
            line.share,
            (across(line.interval[0]), across(line.interval[1])) if line.interval else None,
            tuple((across(value), name, value) for name, value in line.others.items() if name != model),
            line.thin,
        )
        for at, line in enumerate(shown)
    )
    ticks = tuple((across(percent), percent) for percent in range(0, int(most) + 1, step))
    return Beside(marks, ticks, TOP + ROW * len(shown))


def flows(found: Sequence[Flow]) -> Flows | None:
    """None when there is nothing to draw. Small channels at the end of the order are left out."""
    weight: dict[str, float] = defaultdict(float)
    for one in found:
        weight[one.first] += one.conversions
        weight[one.last] += one.conversions
    named = set(sorted(weight, key=lambda name: (-weight[name], name))[:NAMED])
    kept = [one for one in found if one.first in named and one.last in named]
    if not kept:
        return None
    whole = sum(one.conversions for one in kept)
    scale = HIGH / whole
    left = _nodes({name: sum(one.conversions for one in kept if one.first == name) for name in named}, scale)
    right = _nodes({name: sum(one.conversions for one in kept if one.last == name) for name in named}, scale)
    height = max((node.y + node.height for node in (*left.values(), *right.values())), default=0.0)
    bands = _bands(kept, left, right, scale)
    return Flows(tuple(left.values()), tuple(right.values()), bands, round(height + TOP, 1))


def _nodes(sums: Mapping[str, float], scale: float) -> dict[str, Node]:
    found, y = {}, float(TOP)
    for name, count in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        if count:
            tall = max(count * scale, 16.0)  # a name beside it needs a line
            found[name] = Node(name, round(y, 1), round(tall, 1), count)
            y += tall + GAP
    return found


def _bands(kept: Sequence[Flow], left: Mapping[str, Node], right: Mapping[str, Node], scale: float) -> tuple[Band, ...]:
    from_, to = {name: node.y for name, node in left.items()}, {name: node.y for name, node in right.items()}
    order = list(right)
    made = []
    for one in sorted(kept, key=lambda flow: (list(left).index(flow.first), order.index(flow.last))):
        tall = one.conversions * scale
        a, b = from_[one.first] + tall / 2, to[one.last] + tall / 2
        from_[one.first] += tall
        to[one.last] += tall
        x, y, mid = LEFT + BAR, RIGHT - LEFT - BAR + 24, 320
        made.append(Band(_ribbon(x, a, y, b, mid, tall / 2), one.first, one.last, one.conversions))
    return tuple(made)


def _ribbon(x: float, a: float, y: float, b: float, mid: float, half: float) -> str:
    up = f"M{x} {a - half:.1f} C{mid} {a - half:.1f} {mid} {b - half:.1f} {y} {b - half:.1f}"
    return f"{up} V{b + half:.1f} C{mid} {b + half:.1f} {mid} {a + half:.1f} {x} {a + half:.1f} Z"

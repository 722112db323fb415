"""The curves as lines of a drawing: how many have won (up) by which day (right). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skills.adoption.ramp import Curve

LEFT, TOP, WIDTH, HEIGHT = 60, 16, 564, 220  # of the plot, in the drawing's units
STEPS = (30, 60, 90, 180, 365)  # days between the marks of the axis, whichever gives no more than MOST
MOST = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One group."""

    name: str
    path: str  # SVG path
    n: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws. `days`, `shares`: (place, what stands there)."""

    lines: tuple[Line, ...]
    days: tuple[tuple[float, int], ...]
    shares: tuple[tuple[float, int], ...]


def draw(groups: Sequence[tuple[str, Curve]]) -> Chart | None:
    """Groups in which somebody has won; None when there is none."""
    shown = [(name, one) for name, one in groups if one.steps]
    longest = max((one.steps[-1][0] for _, one in shown), default=0)
    if not longest:
        return None
    every = next((step for step in STEPS if longest / step <= MOST), longest)
    marks = tuple((_across(day, longest), day) for day in range(0, longest + 1, every))
    shares = tuple((_up(percent / 100), percent) for percent in (0, 25, 50, 75, 100))
    return Chart(tuple(Line(name, _path(one, longest), one.n) for name, one in shown), marks, shares)


def _path(curve: Curve, longest: int) -> str:
    """Level until the next day on which somebody wins."""
    moves = "".join(f" H{_across(day, longest):.1f} V{_up(share):.1f}" for day, share in curve.steps)
    return f"M{LEFT} {_up(0):.1f}{moves}"


def _across(day: int, longest: int) -> float:
    return LEFT + WIDTH * day / longest


def _up(share: float) -> float:
    return TOP + HEIGHT * (1 - share)

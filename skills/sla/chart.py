"""The trend of the board as a drawing: one point a week. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skills.sla.board import Week

WIDTH, HEIGHT = 640, 190  # in its own units
LEFT, RIGHT, TOP, FOOT = 76, 44, 16, 34
RULES = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """One week."""

    x: float
    y: float
    text: str  # for the pointer and for screen readers


@dataclass(frozen=True, slots=True)
class Trend:
    """What the template draws; `path` is broken where nothing was due."""

    path: str
    dots: tuple[Dot, ...]
    rules: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def trend(weeks: Sequence[Week], named: Callable[[Week], str], told: Callable[[Week], str]) -> Trend | None:
    """None where fewer than two weeks had anything due."""
    if sum(week.rate is not None for week in weeks) < 2:
        return None
    step = (WIDTH - LEFT - RIGHT) / max(len(weeks) - 1, 1)
    dots, path, pen = [], [], "M"
    for at, week in enumerate(weeks):
        if week.rate is None:
            pen = "M"
            continue
        x, y = round(LEFT + at * step, 1), _up(week.rate)
        path.append(f"{pen}{x} {y}")
        pen = "L"
        dots.append(Dot(x, y, told(week)))
    labels = tuple((round(LEFT + at * step, 1), named(week)) for at, week in enumerate(weeks) if at % 3 == 2)
    return Trend(" ".join(path), tuple(dots), tuple((_up(one), f"{one:.0%}") for one in RULES), labels)


def _up(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - FOOT) * (1 - share), 1)

"""A line of shares as a small drawing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 96, 24, 2
LEAST_DAYS = 2


@dataclass(frozen=True, slots=True)
class Spark:
    """SVG path of the shares, and how high the gate lies. `first`, `last`: in percent."""

    path: str
    gate: float
    first: str
    last: str


def spark(shares: Sequence[float], gate: float) -> Spark | None:
    """None: too few days to see anything."""
    if len(shares) < LEAST_DAYS:
        return None
    low = min(*shares, gate) - 0.01
    step = (WIDTH - 2 * EDGE) / (len(shares) - 1)
    points = (f"{EDGE + at * step:.1f} {_up(share, low):.1f}" for at, share in enumerate(shares))
    return Spark("M" + " L".join(points), round(_up(gate, low), 1), f"{shares[0]:.1%}", f"{shares[-1]:.1%}")


def _up(share: float, low: float) -> float:
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (share - low) / (1 - low)

"""The month's figures: which kinds people called wrong, how often, and how sure that is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from knowledge.risk.figures import share

if TYPE_CHECKING:
    from storage.repositories.prompts import Judged


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind. The rate is of those that somebody looked at: of the others nobody knows."""

    kind: str
    sent: int
    looked_at: int
    wrong: int
    low: float | None = None  # of the rate, Wilson's 95 % interval; None when nobody looked at any
    high: float | None = None

    @property
    def rate(self) -> float | None:
        """Share of false positives, 0..1."""
        return self.wrong / self.looked_at if self.looked_at else None


def figures_of(judged: Iterable[Judged]) -> list[Figure]:
    """One for each kind that was sent, those that are surely the worst first."""
    found = [_figure(one) for one in judged]
    return sorted(found, key=lambda figure: (-(figure.low or 0.0), -figure.wrong, figure.kind))


def as_stored(figures: Iterable[Figure]) -> tuple[dict[str, Any], ...]:
    """For the agenda's row."""
    return tuple(asdict(figure) for figure in figures)


def read_stored(figures: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """From the agenda's row."""
    return [Figure(**figure) for figure in figures]


def _figure(judged: Judged) -> Figure:
    rate = share(judged.wrong, judged.looked_at)
    low, high = (rate.low, rate.high) if rate else (None, None)
    return Figure(judged.kind, judged.sent, judged.looked_at, judged.wrong, low, high)

"""What changed since the estimate before: which channel, by how much, and which new journeys made it so (B6). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skills.attribution.answer import Answer
    from storage.repositories.attribution import Run

WORTH = 0.1  # points of a share, below which a change isn't told
TOLD = 3  # channels that are explained


@dataclass(frozen=True, slots=True)
class Change:
    """One channel: percent before and after; of the new conversions so many met it, of the old so large a share."""

    channel: str
    before: float
    after: float
    new_met: int  # of the new conversions, those whose journeys it was in
    old_share: float  # percent of the earlier conversions whose journeys it was in
    apart: bool  # the new share lies outside the earlier interval

    @property
    def points(self) -> float:
        """Percentage points."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Changes:
    """Between two estimates. `same` False: settings differ, so numbers can't be held against each other."""

    since: datetime
    until: datetime
    same: bool
    conversions: int  # more than before
    journeys: int
    of: tuple[Change, ...] = ()


def figures(answer: Answer) -> dict[str, Any]:
    """What is kept of an estimate."""
    reach, channels = answer.counts.reach, answer.counts.channels
    return {
        "journeys": reach.journeys,
        "conversions": reach.conversions,
        "value": reach.value,
        "met": {name: float(count) for name, count in zip(channels, reach.converting, strict=True)},
        "shares": {model: answer.shares(model) for model in answer.results},
        "intervals": {model: {name: answer.interval(model, name) for name in channels} for model in answer.results},
    }


def changes(runs: Sequence[Run], model: str) -> Changes | None:
    """Between the newest two; None when there is nothing to compare."""
    if len(runs) < 2:
        return None
    new, old = runs[0], runs[1]
    same = dict(new.settings) == dict(old.settings)
    more = [int(new.figures[name] - old.figures[name]) for name in ("conversions", "journeys")]
    return Changes(old.at, new.at, same, more[0], more[1], _of(new.figures, old.figures, model) if same else ())


def _of(new: Mapping[str, Any], old: Mapping[str, Any], model: str) -> tuple[Change, ...]:
    after, before = new["shares"].get(model, {}), old["shares"].get(model, {})
    spans, whole = old["intervals"].get(model, {}), old["conversions"]
    found = [
        Change(
            name,
            before.get(name, 0.0),
            after.get(name, 0.0),
            round(new["met"].get(name, 0) - old["met"].get(name, 0)),
            100 * old["met"].get(name, 0) / whole if whole else 0.0,
            _is_apart(after.get(name, 0.0), spans.get(name)),
        )
        for name in sorted(set(after) | set(before))
    ]
    return tuple(sorted((one for one in found if abs(one.points) >= WORTH), key=lambda one: -abs(one.points)))


def _is_apart(share: float, span: Sequence[float] | None) -> bool:
    return span is not None and not span[0] <= share <= span[1]

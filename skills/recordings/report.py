"""What was understood of a recording, as it is kept with its dialogue. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from bot.contracts.listening import Dialogue, Side, Signal
from knowledge.listening.promises import Promise
from knowledge.listening.summary import Point


@dataclass(frozen=True, slots=True)
class Report:
    """Everything but the signals, which have a table of their own."""

    points: Sequence[Point] = ()
    promises: Sequence[Promise] = ()
    next_step: Point | None = None
    no_next_step: bool = False  # surely none was agreed; False also when nobody can tell
    sides: Mapping[str, Side] = field(default_factory=dict)  # by speaker
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by speaker, as VoiceMeasures

    @property
    def ours(self) -> list[Promise]:
        """What we promised."""
        return [promise for promise in self.promises if promise.side is Side.OURS]

    @property
    def unknown_speakers(self) -> list[str]:
        """Those of whom nobody can tell on which side they stand."""
        return [speaker for speaker, side in self.sides.items() if side is Side.UNKNOWN]

    @property
    def our_share(self) -> float | None:
        """How much of the talk is ours, 0..1; None while sides are unknown."""
        speakers = [name for name, side in self.sides.items() if side is Side.OURS and name in self.measures]
        ours = [self.measures[name]["share"] for name in speakers]
        return None if self.unknown_speakers or not ours else float(sum(ours))

    def to_json(self) -> dict[str, Any]:
        """For the dialogue's `summary`."""
        return {
            "points": [asdict(point) for point in self.points],
            "promises": [asdict(one) | {"due": one.due.isoformat() if one.due else None} for one in self.promises],
            "next_step": asdict(self.next_step) if self.next_step else None,
            "no_next_step": self.no_next_step,
            "sides": dict(self.sides),
            "measures": {speaker: dict(values) for speaker, values in self.measures.items()},
        }


def report_of(summary: Mapping[str, Any] | None) -> Report:
    """What `to_json` made; an empty one of a dialogue that has none."""
    kept = summary or {}
    step = kept.get("next_step")
    return Report(
        [Point(**point) for point in kept.get("points", ())],
        [_promise(one) for one in kept.get("promises", ())],
        Point(**step) if step else None,
        bool(kept.get("no_next_step")),
        {speaker: Side(side) for speaker, side in kept.get("sides", {}).items()},
        kept.get("measures", {}),
    )


def _promise(kept: Mapping[str, Any]) -> Promise:
    due = kept["due"]
    return Promise(kept["utterance_id"], kept["text"], Side(kept["side"]), date.fromisoformat(due) if due else None)


@dataclass(frozen=True, slots=True)
class Understood:
    """A dialogue with its sides, what was noticed in it, and its report."""

    dialogue: Dialogue
    signals: Sequence[Signal]
    report: Report

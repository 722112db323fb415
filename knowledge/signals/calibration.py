"""What three parties agreed on (A12): higher thresholds, and labelled false positives that the detector learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from knowledge.signals.kind import Kind

if TYPE_CHECKING:
    from storage.repositories.proposals import Proposal
    from storage.store import Store

LABELS, THRESHOLD = "labels", "threshold"
BY_COURSE = "negative_emotion"
"""Of this kind one sentence must be strong to be told alone; weaker ones are told by their course."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the detector differs from what `config/signals/` says."""

    thresholds: Mapping[str, float] = field(default_factory=dict)  # by kind
    labels: tuple[tuple[str, str], ...] = ()  # (kind, text) of false positives

    def of(self, kinds: Mapping[str, Kind]) -> Mapping[str, Kind]:
        """The kinds with their thresholds; names of kinds that are gone are passed over."""
        to = self.thresholds
        return {key: raised(kind, to[key]) if key in to else kind for key, kind in kinds.items()}

    def plus(self, change: Mapping[str, Any], texts: tuple[tuple[str, str], ...] = ()) -> Calibration:
        """With one more change (see `labels_change`, `threshold_change`); `texts` are the labels that it names."""
        if change["what"] == THRESHOLD:
            return replace(self, thresholds={**self.thresholds, change["kind"]: float(change["to"])})
        return replace(self, labels=tuple(dict.fromkeys((*self.labels, *texts))))


def labels_change(kind: str, ids: tuple[str, ...]) -> dict[str, Any]:
    """As it is stored: by the labels' ids, so that words which are purged go from here, too."""
    return {"what": LABELS, "kind": kind, "labels": list(ids)}


def threshold_change(kind: str, old: float, new: float) -> dict[str, Any]:
    """As it is stored."""
    return {"what": THRESHOLD, "kind": kind, "from": old, "to": new}


def told_from(kind: Kind) -> float:
    """The score from which one sentence of this kind is told."""
    return kind.strong if kind.key == BY_COURSE else kind.report


def raised(kind: Kind, to: float) -> Kind:
    """The kind, told from another score on."""
    if kind.key == BY_COURSE:
        return replace(kind, strong=to)
    return replace(kind, report=to, strong=max(to, kind.strong))


def in_force(store: Store) -> Calibration:
    """What holds now, in every process that asks."""
    found = Calibration()
    for proposal in store.proposals.applied():
        found = found.plus(proposal.change, texts_of(store, proposal))
    return found


def texts_of(store: Store, proposal: Proposal) -> tuple[tuple[str, str], ...]:
    """(kind, text) of the labels that a proposal names and that are still there."""
    labels = store.labels.these(proposal.change.get("labels", ()))
    return tuple((label.kind, label.text) for label in labels)

"""One search on one generation: score, fuse, order, and say whether anything fits."""

from dataclasses import dataclass

import numpy as np

from knowledge.retrieval.calibration import Calibration
from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.evidence import Evidence
from knowledge.retrieval.fusion import fuse
from knowledge.retrieval.passage import Hit, Ranking
from knowledge.retrieval.snapshot import Allow, Mask, Scores, Snapshot

LONGEST_QUERY = 1000
"""Characters; what comes after them is not searched for (embedding time grows with length)."""


@dataclass(frozen=True, slots=True)
class Index:
    """What readers use, swapped as one: a snapshot and what was learnt from it."""

    snapshot: Snapshot
    full: Calibration
    keywords_only: Calibration
    """For the time without vectors: before they are made, or while the model can't be reached."""

    def calibration_for(self, vector: Matrix | None) -> Calibration:
        """The one to use for a query with this vector."""
        return self.keywords_only if vector is None or self.snapshot.vectors is None else self.full


def no_hits(reason: str) -> Ranking:
    """Nothing fits, for a reason that needs no search."""
    return Ranking(hits=(), fits=False, reason=reason)


def rank(index: Index, query: str, vector: Matrix | None, limit: int, allow: Allow | None) -> Ranking:
    """Hits best first. `vector` is the query's; None ranks by keywords alone. Blocking, milliseconds."""
    snapshot = index.snapshot
    if not snapshot.passages:
        return no_hits("empty_collection")
    mask = snapshot.allowed(allow)
    if not mask.any():
        return no_hits("nothing_allowed")
    scores = snapshot.scores(query, vector)
    evidence = snapshot.evidence(query, vector, scores, mask)
    judge = _Judge(snapshot, index.calibration_for(vector), scores, mask)
    hits = judge.hits(evidence, limit)
    fits = bool(hits) and hits[0].score >= 0.5
    return Ranking(hits=hits, fits=fits, reason="fits" if fits else "below_threshold")


def best_first(scores: Matrix, limit: int) -> list[int]:
    """Positions of the highest finite scores, at most `limit`."""
    count = min(max(limit, 0), len(scores))
    if count == 0:
        return []
    candidates = np.argpartition(-scores, count - 1)[:count]
    ordered = candidates[np.argsort(-scores[candidates], kind="stable")]
    return [int(place) for place in ordered if np.isfinite(scores[place])]


def compare(index: Index, query: str, vector: Matrix | None, limit: int) -> dict[str, tuple[str, ...]]:
    """The groups that `keyword`, `dense` and `fused` ranking find, for measuring them against each other."""
    snapshot = index.snapshot
    if not snapshot.passages:
        return {"keyword": (), "dense": (), "fused": ()}
    scores = snapshot.scores(query, vector)
    evidence = snapshot.evidence(query, vector, scores, snapshot.everything())
    # A group without a single common token is not found by keywords, wherever a tie would put it.
    keyword = np.where(evidence.keyword > 0, evidence.keyword, -np.inf)
    fused = index.calibration_for(vector).fused(evidence)
    found = {"keyword": keyword, "dense": evidence.dense, "fused": fused}
    return {method: snapshot.names(best_first(values, limit)) for method, values in found.items()}


@dataclass(frozen=True, slots=True)
class _Judge:
    """Makes hits of one query's scores."""

    snapshot: Snapshot
    calibration: Calibration
    scores: Scores
    mask: Mask

    def hits(self, evidence: Evidence, limit: int) -> tuple[Hit, ...]:
        fused = _open_only(evidence, self.calibration)
        off_topic = float(evidence.off_topic)
        return tuple(
            self._hit(group, self.calibration.likelihood(float(fused[group]), off_topic), evidence)
            for group in best_first(fused, limit)
        )

    def _hit(self, group: int, score: float, evidence: Evidence) -> Hit:
        best = self.snapshot.passages[self._best_member(group, evidence)]
        keyword, dense = float(evidence.keyword[group]), float(evidence.dense[group])
        return Hit(group=best.group, score=score, passage=best, keyword=keyword, dense=dense)

    def _best_member(self, group: int, evidence: Evidence) -> int:
        members = [member for member in self.snapshot.members(group) if self.mask[member]]
        single = Evidence(
            keyword=self.scores.keyword[members],
            dense=self.scores.dense[members],
            silent=np.repeat(evidence.silent[group], len(members)),
            off_topic=evidence.off_topic,
        )
        return members[int(self.calibration.fused(single).argmax())]


def _open_only(evidence: Evidence, calibration: Calibration) -> Matrix:
    """Fused values; -inf for groups of which `allow` left nothing."""
    shut = ~np.isfinite(evidence.dense)
    # Infinities would become NaN in the sum of a calibration that gives one side no weight.
    finite = Evidence(
        keyword=np.where(shut, 0.0, evidence.keyword),
        dense=np.where(shut, 0.0, evidence.dense),
        silent=evidence.silent,
        off_topic=evidence.off_topic,
    )
    return np.where(shut, -np.inf, fuse(finite, calibration.scale, calibration.weight))

"""Orders what retrieval found by how well it suits the occasion. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.occasion import Occasion
from knowledge.retrieval.passage import Hit

# Factors on retrieval's score (0..1). A card for another stage may still help; one for another trade seldom does,
# and one about a competitor whom nobody mentioned hardly ever.
DEMOTION = {"stage": 0.75, "product": 0.75, "industry": 0.4}
UNNAMED_RIVAL = 0.6
# Added for the competitor who was named: "Hengli Da is cheaper" is about him first, then about cheaper offers.
NAMED_RIVAL = 0.9
# Alternatives for another moment of the sale than the best card's are seldom what somebody wants next.
OTHER_STAGE = 0.6
WORTH_SHOWING = 0.2  # score from which a card is an alternative to an answer
WORTH_GUESSING = 0.05  # score from which a title may be offered as "did you mean"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One card with its score for this occasion."""

    card: PlaybookCard
    hit: Hit
    score: float
    misses: tuple[str, ...]


def weigh(hits: Iterable[Hit], cards: Mapping[str, PlaybookCard], occasion: Occasion) -> list[Candidate]:
    """Candidates, best first. `cards` holds for each group the version to show; other groups are skipped."""
    candidates = [_candidate(hit, cards[hit.group], occasion) for hit in hits if hit.group in cards]
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.card.id))


def alternatives(
    best: Candidate, others: Iterable[Candidate], near: Mapping[str, float] | None = None
) -> list[PlaybookCard]:
    """What else may be shown after the best: what suits the question and is near to the best card's own subject.

    `near`: for each card how much it resembles the best one, 0..1.
    """

    def worth(other: Candidate) -> float:
        suits = other.score + (near or {}).get(other.card.id, 0.0)
        return suits if _share_stage(best.card, other.card) else suits * OTHER_STAGE

    kept = [other for other in others if other.score >= WORTH_SHOWING]
    return [other.card for other in sorted(kept, key=lambda other: (-worth(other), other.card.id))]


def guesses(candidates: Iterable[Candidate]) -> list[PlaybookCard]:
    """What might have been meant, when nothing fits."""
    return [candidate.card for candidate in candidates if candidate.score >= WORTH_GUESSING]


def version_for(versions: Iterable[PlaybookCard], language: str, today: date) -> PlaybookCard | None:
    """The version to show: still valid, in this language if there is one."""
    valid = [card for card in versions if not card.expired(today)]
    return min(valid, key=lambda card: (card.language != language, card.language), default=None)


def _candidate(hit: Hit, card: PlaybookCard, occasion: Occasion) -> Candidate:
    misses = occasion.misses(card)
    score = hit.score
    for facet in misses:
        score *= DEMOTION[facet]
    if card.id in occasion.rivals:
        score += NAMED_RIVAL
    elif card.kind == "competitor":
        score *= UNNAMED_RIVAL
    return Candidate(card, hit, score, misses)


def _share_stage(one: PlaybookCard, other: PlaybookCard) -> bool:
    return not one.stage or not other.stage or not set(one.stage).isdisjoint(other.stage)

"""From a question to the card that answers it."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.choose import Candidate, alternatives, guesses, weigh
from knowledge.playbook.confidence import SURE, WORTH_ANSWERING, confidence, covered
from knowledge.playbook.framing import core
from knowledge.playbook.occasion import Occasion, named_rivals, only_compares, read_occasion, told
from knowledge.playbook.passages import is_valid
from knowledge.playbook.shelf import Shelf
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.passage import Hit, Passage

if TYPE_CHECKING:
    from knowledge.retrieval.collection import Collection

LONGEST_QUESTION = 300  # characters that are searched; more is a document, not a question
CANDIDATES = 12
ALTERNATIVES = 2  # as many as an answer shows


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question. When `fits` is False, `best` is None and `alternatives` are only guesses."""

    best: PlaybookCard | None
    alternatives: tuple[PlaybookCard, ...]
    fits: bool
    reason: str  # retrieval's reason, or "named_competitor"
    hit: Hit | None = None
    misses: tuple[str, ...] = ()  # facets of the occasion that `best` was not written for
    occasion: Occasion = field(default_factory=Occasion)
    doubt: bool = False  # `best` is the nearest there is, and may not be what was meant
    unknown: str = ""  # a maker who was named and whom no card is about, as he is called in the asker's language


class Finder:
    """Looks through the cards of one shelf, with the index."""

    def __init__(self, shelf: Shelf, collection: Collection, vocabulary: Vocabulary) -> None:
        self._shelf = shelf
        self._collection = collection
        self._vocabulary = vocabulary
        self._near: dict[str, Mapping[str, float]] = {}

    async def find(
        self,
        question: str,
        *,
        language: str,
        today: date,
        stage: str | None = None,
        industry: str | None = None,
        product: str | None = None,
        without: Group[str] = (),
    ) -> Found:
        """The card that answers a question, as it should be shown today. `without`: ids seen already."""
        question = question[:LONGEST_QUESTION]
        versions = self._shelf.offered(language, today, without)
        rivals = named_rivals(question, self._shelf.versions(versions))
        occasion = told(
            replace(read_occasion(question, self._vocabulary), rivals=rivals),
            stage=stage,
            industry=industry,
            product=product,
        )
        maker = "" if rivals else self._vocabulary.mentioned("makers", question)
        if maker:  # the other words decide, and no other maker's card
            question = self._vocabulary.without("makers", question)
            versions = {id_: card for id_, card in versions.items() if card.kind != "competitor"}
        found = await self._chosen(question, versions, occasion, today)
        return self._about_unknown(found, maker, question, language) if maker else found

    async def _chosen(
        self, question: str, versions: Mapping[str, PlaybookCard], occasion: Occasion, today: date
    ) -> Found:
        """The best of these cards, if it is good enough, and what else there is."""
        day, inner = today.isoformat(), core(question)

        def allow(passage: Passage) -> bool:
            return passage.group in versions and is_valid(passage, day)

        ranking = await self._collection.search(inner, limit=CANDIDATES, allow=allow)
        hits = [*ranking.hits, *await self._rivals_unseen(question, occasion.rivals, ranking.hits)]
        shares = self._shelf.coverage.shares(inner, [hit.group for hit in hits])
        candidates = weigh(covered(hits, shares), versions, occasion)
        if not candidates:
            return Found(None, (), False, ranking.reason, occasion=occasion)
        best = candidates[0]
        matched = next(hit for hit in hits if hit.group == best.card.id)
        sure = confidence(matched.score, [one.score for one in candidates], shares[best.card.id])
        answers = sure >= WORTH_ANSWERING or bool(occasion.rivals)
        near = await self._neighbours(best.card) if answers else {}
        found = _found(candidates, near, min(sure, matched.score), occasion)
        return replace(found, alternatives=_filled(found, near, versions))

    def _about_unknown(self, found: Found, maker: str, rest: str, language: str) -> Found:
        """The same answer where a maker was named whom no card is about: never without a doubt."""
        name = self._vocabulary.label("makers", maker, language)
        if only_compares(rest):
            named = tuple(self._shelf.rivals(language))
            return replace(found, best=None, fits=False, reason="unknown_maker", alternatives=named, unknown=name)
        return replace(found, doubt=found.best is not None, unknown=name)

    async def _neighbours(self, card: PlaybookCard) -> Mapping[str, float]:
        """How much other cards resemble this one, 0..1, the most first. Found once for this shelf."""
        if (near := self._near.get(card.id)) is None:
            subject = "。".join((card.title, card.situation, *card.triggers[:4]))
            ranking = await self._collection.search(subject, limit=CANDIDATES)
            near = {hit.group: hit.score for hit in ranking.hits if hit.group != card.id}
            self._near[card.id] = near
        return near

    async def _rivals_unseen(self, question: str, rivals: frozenset[str], hits: Sequence[Hit]) -> list[Hit]:
        """Hits for competitors who were named, but whose cards the search left out."""
        missing = rivals - {hit.group for hit in hits}
        if not missing:
            return []
        ranking = await self._collection.search(
            question, limit=len(missing), allow=lambda passage: passage.group in missing
        )
        return list(ranking.hits)


def _found(candidates: Sequence[Candidate], near: Mapping[str, float], sure: float, occasion: Occasion) -> Found:
    best = candidates[0]
    named = best.card.id in occasion.rivals
    if not named and sure < WORTH_ANSWERING:
        return Found(None, tuple(guesses(candidates)), False, "below_threshold", best.hit, occasion=occasion)
    why, others = "named_competitor" if named else "fits", tuple(alternatives(best, candidates[1:], near))
    return Found(best.card, others, True, why, best.hit, best.misses, occasion, doubt=not named and sure < SURE)


def _filled(found: Found, near: Iterable[str], versions: Mapping[str, PlaybookCard]) -> tuple[PlaybookCard, ...]:
    """The alternatives, filled up with cards for situations like the best card's own. What its owner names comes
    first, unless the question leaves a doubt: then its own words say what else may be meant."""
    if found.best is None:
        return found.alternatives
    named = [] if found.doubt else [versions[id_] for id_ in found.best.related if id_ in versions]
    chosen = dict.fromkeys([*named, *found.alternatives])
    if len(chosen) < ALTERNATIVES:
        chosen |= dict.fromkeys(versions[id_] for id_ in near if id_ in versions)
    return tuple(card for card in chosen if card.id != found.best.id)

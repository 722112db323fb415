"""The playbook as the rest of the project uses it: import, refresh, find, edit."""

from __future__ import annotations

import asyncio
from collections.abc import Collection as Group
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts.clock import Clock, SystemClock
from config.locales import t
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.choose import Candidate, alternatives, guesses, version_for, weigh
from knowledge.playbook.confidence import SURE, WORTH_ANSWERING, confidence, covered
from knowledge.playbook.coverage import Coverage
from knowledge.playbook.fault import BadCard, Fault
from knowledge.playbook.files import Progress, read_folder
from knowledge.playbook.framing import core
from knowledge.playbook.occasion import Occasion, named_rivals, only_compares, read_occasion, told
from knowledge.playbook.parse import parse_card
from knowledge.playbook.passages import all_passages, is_valid
from knowledge.playbook.saving import Saved, bring_in, save
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.passage import Hit, Passage

if TYPE_CHECKING:
    from knowledge.retrieval.collection import Collection
    from storage.database import Database
    from storage.repositories.playbook import PlaybookText

LONGEST_QUESTION = 300  # characters that are searched; more is a document, not a question
CANDIDATES = 12
ALTERNATIVES = 2  # as many as an answer shows
SKILL = "talktracks"


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


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, as (id, language) pairs. `kept`: edited since in the console, so the file is older."""

    added: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]
    unchanged: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]

    def sentence(self, language: str = "zh") -> str:
        """What happened, in one line."""
        counts = {name: len(getattr(self, name)) for name in ("added", "changed", "unchanged", "kept", "faults")}
        return t("playbook.imported", language, **counts)


class Playbook:
    """SQL is the truth; cards in memory and the index are made from it by `refresh` (cards alone: `load`)."""

    def __init__(
        self,
        database: Database,
        collection: Collection,
        vocabulary: Vocabulary | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.vocabulary = vocabulary or Vocabulary.load()
        self._database = database
        self._collection = collection
        self._clock = clock or SystemClock()
        self._cards: Mapping[tuple[str, str], PlaybookCard] = {}
        self._by_id: Mapping[str, Sequence[PlaybookCard]] = {}
        self._coverage = Coverage(())
        self._near: dict[str, Mapping[str, float]] = {}
        self._offered: dict[tuple[str, date], Mapping[str, PlaybookCard]] = {}
        self._refreshing = asyncio.Lock()
        self._indexed = False  # whether this process has the index, and so must keep it

    async def import_folder(self, path: Path, by: str, on_progress: Progress | None = None) -> ImportReport:
        """Store a folder of files. Files with faults are named in the report and left out.

        The index is left alone: a command may import while the server, which alone may touch the index,
        is running. Whoever answers questions calls `refresh` when `revision` has changed.
        """
        found, faults = await asyncio.to_thread(read_folder, path, self.vocabulary, on_progress)
        now = self._clock.now()
        done = await self._database.write(lambda store: bring_in(store, found, by, now))
        return _report(done, faults)

    async def revision(self) -> tuple[int, int]:
        """Changes whenever any text does, whoever changed it."""
        return await self._database.read(lambda store: store.playbook.state())

    async def triggers(self) -> Sequence[Passage]:
        """Every sentence that leads to a card, as examples of the skill that shows them."""
        return [replace(passage, group=SKILL) for passage in all_passages(self._cards.values())]

    async def refresh(self) -> tuple[Fault, ...]:
        """Load all cards from storage and bring the index up to date. Returns what could not be read."""
        self._indexed = True
        return await self.load()

    async def load(self) -> tuple[Fault, ...]:
        """The same, without making an index where there is none: who only shows cards needs no model."""
        async with self._refreshing:
            rows = await self._database.read(lambda store: store.playbook.all())
            cards, faults = await asyncio.to_thread(_read_rows, rows, self.vocabulary)
            if self._indexed:
                await self._collection.sync(all_passages(cards.values()))
            coverage = await asyncio.to_thread(Coverage, cards.values())
            self._cards, self._by_id, self._coverage = cards, _by_id(cards.values()), coverage
            self._near, self._offered = {}, {}
            return tuple(faults)

    async def edit(
        self, id_: str, language: str, text: str, by: str, *, seen_revision: int | None = None
    ) -> PlaybookCard:
        """Check and store a new text of a card, then take it up here. Raises BadCard or, when somebody saved a
        revision after `seen_revision`, EditConflict."""
        card = self.check(id_, language, text)
        now = self._clock.now()
        saved = await self._database.write(lambda store: save(store, card, text, by, now, seen_revision=seen_revision))
        await self.load()
        return self._cards.get((id_, language), replace(card, version=saved))

    def check(self, id_: str, language: str, text: str) -> PlaybookCard:
        """Read a text as the given card. Raises BadCard, also when it is another card's."""
        card = parse_card(text, self.vocabulary)
        if (card.id, card.language) != (id_, language):
            raise BadCard([Fault("", 2, "other_card", "id", {"id": id_, "language": language})])
        return card

    def card(self, id_: str, language: str, today: date | None = None) -> PlaybookCard | None:
        """A card in exactly this language; with `today` only while it is valid."""
        card = self._cards.get((id_, language))
        return None if card and today and card.expired(today) else card

    def version(self, id_: str, language: str, today: date) -> PlaybookCard | None:
        """The valid version of a card that is nearest to the wanted language."""
        return version_for(self._by_id.get(id_, ()), language, today)

    def cards(self) -> Sequence[PlaybookCard]:
        """All cards, also expired ones, by title."""
        return sorted(self._cards.values(), key=lambda card: (card.title, card.language))

    def valid(self, language: str, today: date) -> list[PlaybookCard]:
        """For each card that may be offered today the version nearest to the language, by title."""
        return sorted(self._versions(language, today, ()).values(), key=lambda card: card.title)

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
        versions = self._versions(language, today, without)
        rivals = named_rivals(question, self._in_every_language(versions))
        occasion = told(
            replace(read_occasion(question, self.vocabulary), rivals=rivals),
            stage=stage,
            industry=industry,
            product=product,
        )
        maker = "" if rivals else self.vocabulary.mentioned("makers", question)
        if maker:  # the other words decide, and no other maker's card
            question = self.vocabulary.without("makers", question)
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
        shares = self._coverage.shares(inner, [hit.group for hit in hits])
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
        name = self.vocabulary.label("makers", maker, language)
        if only_compares(rest):
            rivals = {card.id: self.version(card.id, language, date.min) for card in self._cards.values() if card.names}
            named = tuple(card for card in rivals.values() if card)
            return replace(found, best=None, fits=False, reason="unknown_maker", alternatives=named, unknown=name)
        return replace(found, doubt=found.best is not None, unknown=name)

    async def _neighbours(self, card: PlaybookCard) -> Mapping[str, float]:
        """How much other cards resemble this one, 0..1, the most first. Found once after each change."""
        if (near := self._near.get(card.id)) is None:
            subject = "。".join((card.title, card.situation, *card.triggers[:4]))
            ranking = await self._collection.search(subject, limit=CANDIDATES)
            near = {hit.group: hit.score for hit in ranking.hits if hit.group != card.id}
            self._near[card.id] = near
        return near

    def _in_every_language(self, chosen: Iterable[str]) -> list[PlaybookCard]:
        """All versions of the cards: a competitor is named in either language."""
        return [version for id_ in chosen for version in self._by_id.get(id_, ())]

    def _versions(self, language: str, today: date, without: Group[str]) -> dict[str, PlaybookCard]:
        """For each card that may be offered, the version to show. Chosen once a day, and after each change."""
        if (every := self._offered.get((language, today))) is None:
            chosen = {id_: self.version(id_, language, today) for id_ in self._by_id}
            every = {id_: card for id_, card in chosen.items() if card}
            self._offered = {key: kept for key, kept in self._offered.items() if key[1] == today}
            self._offered[language, today] = every
        return {id_: card for id_, card in every.items() if id_ not in without}

    async def _rivals_unseen(self, question: str, rivals: frozenset[str], hits: Sequence[Hit]) -> list[Hit]:
        """Hits for competitors who were named, but whose cards the search left out."""
        missing = rivals - {hit.group for hit in hits}
        if not missing:
            return []
        ranking = await self._collection.search(
            question, limit=len(missing), allow=lambda passage: passage.group in missing
        )
        return list(ranking.hits)


def _read_rows(
    rows: Iterable[PlaybookText], vocabulary: Vocabulary
) -> tuple[dict[tuple[str, str], PlaybookCard], list[Fault]]:
    """Stored texts as cards, and what could not be read. Blocking: 2 ms a card."""
    cards: dict[tuple[str, str], PlaybookCard] = {}
    faults: list[Fault] = []
    for row in rows:
        try:
            card = parse_card(row.text, vocabulary, f"{row.id}.{row.language}")
            cards[card.id, card.language] = card
        except BadCard as error:
            faults += error.faults
    return cards, faults


def _by_id(cards: Iterable[PlaybookCard]) -> dict[str, list[PlaybookCard]]:
    versions: dict[str, list[PlaybookCard]] = {}
    for card in cards:
        versions.setdefault(card.id, []).append(card)
    return versions


def _report(done: Sequence[tuple[tuple[str, str], Saved]], faults: Sequence[Fault]) -> ImportReport:
    def of(what: Saved) -> tuple[tuple[str, str], ...]:
        return tuple(key for key, did in done if did == what)

    return ImportReport(of("added"), of("changed"), of("unchanged"), of("kept"), tuple(faults))


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

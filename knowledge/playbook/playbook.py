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
from knowledge.playbook.fault import BadCard, Fault
from knowledge.playbook.files import Progress, read_folder
from knowledge.playbook.framing import core
from knowledge.playbook.occasion import Occasion, named_rivals, read_occasion, told
from knowledge.playbook.parse import parse_card
from knowledge.playbook.passages import all_passages, is_valid
from knowledge.playbook.saving import Saved, bring_in, save
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.passage import Hit, Passage

if TYPE_CHECKING:
    from knowledge.retrieval.collection import Collection
    from knowledge.retrieval.snapshot import Allow
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
    """SQL is the truth; cards in memory and the index are made from it by `refresh`, which starts everything."""

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
        self._refreshing = asyncio.Lock()

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
        async with self._refreshing:
            rows = await self._database.read(lambda store: store.playbook.all())
            cards, faults = await asyncio.to_thread(_read_rows, rows, self.vocabulary)
            await self._collection.sync(all_passages(cards.values()))
            self._cards, self._by_id = cards, _by_id(cards.values())
            return tuple(faults)

    async def edit(
        self, id_: str, language: str, text: str, by: str, *, seen_revision: int | None = None
    ) -> PlaybookCard:
        """Check and store a new text of a card, then refresh. Raises BadCard or, when somebody saved a
        revision after `seen_revision`, EditConflict."""
        card = self.check(id_, language, text)
        now = self._clock.now()
        saved = await self._database.write(lambda store: save(store, card, text, by, now, seen_revision=seen_revision))
        await self.refresh()
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
        rivals = named_rivals(question, versions.values())
        occasion = told(
            replace(read_occasion(question, self.vocabulary), rivals=rivals),
            stage=stage,
            industry=industry,
            product=product,
        )

        day = today.isoformat()

        def allow(passage: Passage) -> bool:
            return passage.group in versions and is_valid(passage, day)

        ranking = await self._collection.search(core(question), limit=CANDIDATES, allow=allow)
        hits = [*ranking.hits, *await self._rivals_unseen(question, rivals, ranking.hits)]
        found = _found(weigh(hits, versions, occasion), ranking.fits, ranking.reason, occasion)
        return replace(found, alternatives=await self._with_neighbours(found, versions, allow))

    async def _with_neighbours(
        self, found: Found, versions: Mapping[str, PlaybookCard], allow: Allow
    ) -> tuple[PlaybookCard, ...]:
        """The alternatives, filled up with cards for situations like the best card's own."""
        if found.best is None or len(found.alternatives) >= ALTERNATIVES:
            return found.alternatives
        ranking = await self._collection.search(f"{found.best.title} {found.best.situation}", limit=5, allow=allow)
        near = (versions[hit.group] for hit in ranking.hits if hit.group != found.best.id)
        return tuple(dict.fromkeys([*found.alternatives, *near]))

    def _versions(self, language: str, today: date, without: Group[str]) -> dict[str, PlaybookCard]:
        """For each card that may be offered, the version to show."""
        chosen = {id_: self.version(id_, language, today) for id_ in self._by_id.keys() - set(without)}
        return {id_: card for id_, card in chosen.items() if card}

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


def _found(candidates: Sequence[Candidate], fits: bool, reason: str, occasion: Occasion) -> Found:
    if not candidates:
        return Found(None, (), False, reason, occasion=occasion)
    best = candidates[0]
    named = best.card.id in occasion.rivals
    if not (fits or named):
        return Found(None, tuple(guesses(candidates)), False, reason, best.hit, occasion=occasion)
    why = reason if fits else "named_competitor"
    others = tuple(alternatives(best, candidates[1:]))
    return Found(best.card, others, True, why, best.hit, best.misses, occasion)

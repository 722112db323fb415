"""The playbook as the rest of the project uses it: import, refresh, find, edit."""

from __future__ import annotations

import asyncio
from collections.abc import Collection as Group
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts.clock import Clock, SystemClock
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.fault import BadCard, Fault
from knowledge.playbook.files import Progress, read_folder
from knowledge.playbook.finding import Finder, Found
from knowledge.playbook.parse import parse_card
from knowledge.playbook.passages import all_passages
from knowledge.playbook.saving import ImportReport, bring_in, report, save
from knowledge.playbook.shelf import Shelf
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.passage import Passage

if TYPE_CHECKING:
    from knowledge.retrieval.collection import Collection
    from storage.database import Database
    from storage.repositories.playbook import PlaybookText

SKILL = "talktracks"


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
        self._shelf = Shelf()
        self._finder = Finder(self._shelf, collection, self.vocabulary)
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
        return report(done, faults)

    async def revision(self) -> tuple[int, int]:
        """Changes whenever any text does, whoever changed it."""
        return await self._database.read(lambda store: store.playbook.state())

    async def triggers(self) -> Sequence[Passage]:
        """Every sentence that leads to a card, as examples of the skill that shows them."""
        return [replace(passage, group=SKILL) for passage in all_passages(self._shelf.cards)]

    async def refresh(self) -> tuple[Fault, ...]:
        """Load all cards from storage and bring the index up to date. Returns what could not be read."""
        self._indexed = True
        return await self.load()

    async def load(self) -> tuple[Fault, ...]:
        """The same, without making an index where there is none: who only shows cards needs no model."""
        async with self._refreshing:
            rows = await self._database.read(lambda store: store.playbook.all())
            shelf, faults = await asyncio.to_thread(_read_rows, rows, self.vocabulary)
            if self._indexed:
                await self._collection.sync(all_passages(shelf.cards))
            self._shelf, self._finder = shelf, Finder(shelf, self._collection, self.vocabulary)
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
        return self.card(id_, language) or replace(card, version=saved)

    def check(self, id_: str, language: str, text: str) -> PlaybookCard:
        """Read a text as the given card. Raises BadCard, also when it is another card's."""
        card = parse_card(text, self.vocabulary)
        if (card.id, card.language) != (id_, language):
            raise BadCard([Fault("", 2, "other_card", "id", {"id": id_, "language": language})])
        return card

    def card(self, id_: str, language: str, today: date | None = None) -> PlaybookCard | None:
        """A card in exactly this language; with `today` only while it is valid."""
        return self._shelf.card(id_, language, today)

    def version(self, id_: str, language: str, today: date) -> PlaybookCard | None:
        """The valid version of a card that is nearest to the wanted language."""
        return self._shelf.version(id_, language, today)

    def cards(self) -> Sequence[PlaybookCard]:
        """All cards, also expired ones, by title."""
        return sorted(self._shelf.cards, key=lambda card: (card.title, card.language))

    def valid(self, language: str, today: date) -> list[PlaybookCard]:
        """For each card that may be offered today the version nearest to the language, by title."""
        return sorted(self._shelf.offered(language, today).values(), key=lambda card: card.title)

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
        """See `Finder.find`."""
        known = {"stage": stage, "industry": industry, "product": product}
        return await self._finder.find(question, language=language, today=today, without=without, **known)


def _read_rows(rows: Iterable[PlaybookText], vocabulary: Vocabulary) -> tuple[Shelf, list[Fault]]:
    """Stored texts as cards, and what could not be read. Blocking: 2 ms a card."""
    cards: list[PlaybookCard] = []
    faults: list[Fault] = []
    for row in rows:
        try:
            cards.append(parse_card(row.text, vocabulary, f"{row.id}.{row.language}"))
        except BadCard as error:
            faults += error.faults
    return Shelf(cards), faults

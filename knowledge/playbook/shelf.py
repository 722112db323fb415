"""All cards as they are between two changes, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.choose import version_for
from knowledge.playbook.coverage import Coverage


class Shelf:
    """Never changes: after an edit there is another one, and whoever is looking still has the whole of this one."""

    def __init__(self, cards: Iterable[PlaybookCard] = ()) -> None:
        """Blocking: the words of all cards are counted."""
        self._cards = {(card.id, card.language): card for card in cards}
        self._versions: dict[str, list[PlaybookCard]] = {}
        for card in self._cards.values():
            self._versions.setdefault(card.id, []).append(card)
        self.coverage = Coverage(self._cards.values())
        self._offered: dict[tuple[str, date], dict[str, PlaybookCard]] = {}

    @property
    def cards(self) -> Collection[PlaybookCard]:
        """All of them, in no order."""
        return self._cards.values()

    def card(self, id_: str, language: str, today: date | None = None) -> PlaybookCard | None:
        """A card in exactly this language; with `today` only while it is valid."""
        card = self._cards.get((id_, language))
        return None if card and today and card.expired(today) else card

    def version(self, id_: str, language: str, today: date) -> PlaybookCard | None:
        """The valid version of a card that is nearest to the wanted language."""
        return version_for(self._versions.get(id_, ()), language, today)

    def versions(self, ids: Iterable[str]) -> list[PlaybookCard]:
        """These cards in every language."""
        return [version for id_ in ids for version in self._versions.get(id_, ())]

    def offered(self, language: str, today: date, without: Collection[str] = ()) -> dict[str, PlaybookCard]:
        """For each card that may be offered, the version to show. Chosen once a day."""
        if (every := self._offered.get((language, today))) is None:
            chosen = {id_: self.version(id_, language, today) for id_ in self._versions}
            every = {id_: card for id_, card in chosen.items() if card}
            self._offered = {key: kept for key, kept in self._offered.items() if key[1] == today}
            self._offered[language, today] = every
        return {id_: card for id_, card in every.items() if id_ not in without}

    def rivals(self, language: str) -> Sequence[PlaybookCard]:
        """A version of each competitor's card, also of expired ones."""
        found = {card.id: self.version(card.id, language, date.min) for card in self._cards.values() if card.names}
        return tuple(card for card in found.values() if card)

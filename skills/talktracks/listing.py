"""The playbook as the console lists it: filters and validity lights. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.contracts import Person, Role
from knowledge.playbook.card import PlaybookCard
from knowledge.retrieval.folding import fold
from skills.talktracks.cards import EXPIRES_SOON

EDITORS = frozenset({Role.SALES_OPS, Role.ADMIN})
LIGHTS = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader filters by; "" means any."""

    words: str = ""
    stage: str = ""
    kind: str = ""
    language: str = ""
    light: str = ""

    @property
    def filters(self) -> bool:
        """Whether anything but words is asked for."""
        return any((self.stage, self.kind, self.language, self.light))

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wanted:
        """From the address line."""
        return cls(
            words=query.get("q", "").strip()[:100],
            stage=query.get("stage", ""),
            kind=query.get("kind", ""),
            language=query.get("language", ""),
            light=query.get("light", ""),
        )

    def fits(self, card: PlaybookCard, today: date) -> bool:
        """Whether a card is among those wanted. A card without stages is for every stage."""
        return (
            (not self.stage or not card.stage or self.stage in card.stage)
            and self.kind in {"", card.kind}
            and self.language in {"", card.language}
            and self.light in {"", light(card, today)}
            and _mentions(card, self.words)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    card: PlaybookCard
    light: str
    stages: str


def light(card: PlaybookCard, today: date) -> str:
    """Green, yellow in the last days, red when it is no longer offered."""
    if card.expired(today):
        return "red"
    return "yellow" if (card.valid_until - today).days <= EXPIRES_SOON else "green"


def may_edit(viewer: Person, card: PlaybookCard | None) -> bool:
    """Sales ops and administrators edit every card, owners their own."""
    owns = card is not None and card.owner in {viewer.name, viewer.id}
    return viewer.role in EDITORS or owns


def select(cards: Iterable[PlaybookCard], wanted: Wanted, today: date, language: str) -> list[PlaybookCard]:
    """The cards wanted: those that are offered first, among them those in the reader's language."""
    found = (card for card in cards if wanted.fits(card, today))
    return sorted(found, key=lambda card: (card.expired(today), card.language != language))


def _mentions(card: PlaybookCard, words: str) -> bool:
    text = fold("\n".join((card.id, card.title, card.situation, card.point, *card.triggers, *card.names))).lower()
    return all(word in text for word in fold(words).lower().split())

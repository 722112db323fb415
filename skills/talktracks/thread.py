"""What the conversation keeps about the cards that were shown, for follow-ups and presses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge.playbook.occasion import Occasion

KEPT_CARDS = 8  # older ones are found again through the stored card


@dataclass(frozen=True, slots=True)
class Shown:
    """One card that was shown: which talk-track, for which question, and what comes next."""

    card: str  # the talk-track's id; "" when nothing fitted
    language: str
    question: str
    queue: tuple[str, ...] = ()  # ids of the alternatives, best first
    stage: str = ""
    industry: str = ""
    product: str = ""
    customer: str = ""  # name, as the viewer may see it
    subject: str = ""  # what a follow-up goes on from, where that is no longer the question: the title picked
    listed: tuple[str, ...] = ()  # ids of the numbered titles on the screen; a number means one of these

    @property
    def occasion(self) -> Occasion:
        """The moment that was asked about."""
        return Occasion(self.stage, self.industry, self.product)

    @property
    def about(self) -> str:
        """What a follow-up goes on from."""
        return self.subject or self.question


@dataclass(frozen=True, slots=True)
class Thread:
    """Shown cards by the id of the chat card, oldest first."""

    cards: Mapping[str, Shown] = field(default_factory=dict)

    @classmethod
    def read(cls, memory: Mapping[str, Any]) -> Thread:
        """From what `Remember` kept."""
        entries = memory.get("cards", [])
        return cls({str(entry["id"]): _shown(entry["shown"]) for entry in entries})

    def memory(self) -> dict[str, Any]:
        """For `Remember`; plain JSON. A list, because objects may lose their order in a database."""
        return {"cards": [{"id": key, "shown": asdict(shown)} for key, shown in self.cards.items()]}

    @property
    def last(self) -> Shown | None:
        """What the newest card showed."""
        return list(self.cards.values())[-1] if self.cards else None

    def plus(self, id_: str, shown: Shown) -> Thread:
        """With one more card, or a changed one, as the newest."""
        others = {key: value for key, value in self.cards.items() if key != id_}
        kept = list(others.items())[-(KEPT_CARDS - 1) :]
        return Thread({**dict(kept), id_: shown})


def _shown(values: Mapping[str, Any]) -> Shown:
    several = {name: tuple(values.get(name, ())) for name in ("queue", "listed")}
    return Shown(**{**values, **several})

"""What mining works on: closed deals, what was said in them, and what of it were moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.contracts.listening import Dialogue


@dataclass(frozen=True, slots=True)
class Talk:
    """A closed deal with its dialogues in order of time, as far as they were held before it closed."""

    deal_id: str
    won: bool
    dialogues: tuple[Dialogue, ...]
    about: Mapping[str, str] = field(default_factory=dict)  # what else may explain the outcome


@dataclass(frozen=True, slots=True)
class Quote:
    """One utterance word for word, and where it stands."""

    dialogue_id: str
    utterance_id: str
    text: str
    speaker: str  # as the dialogue shows them
    person_id: str  # our salesperson of that dialogue
    at: datetime | None
    start: float | None = None  # seconds, in recordings
    source: str = "chat"


@dataclass(frozen=True, slots=True)
class Step:
    """A move of ours. `after`: kinds of signals in what the customer had said just before it, with the words."""

    move: str
    sureness: float  # 0..1
    quote: Quote
    after: Mapping[str, Quote] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A closed deal as mining sees it."""

    deal_id: str
    won: bool
    steps: tuple[Step, ...]  # in order of time
    heard: frozenset[str] = frozenset()  # kinds of signals that the customer gave at any time
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def moves(self) -> tuple[str, ...]:
        """The moves in their order."""
        return tuple(step.move for step in self.steps)

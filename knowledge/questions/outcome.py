"""What a sentence is read in, and what comes of it: a plan, a question back, or what wasn't understood. Types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.contracts.person import Person
from knowledge.metrics.plan import Plan
from knowledge.metrics.registry import Registry
from knowledge.playbook.vocabulary import Vocabulary

KnownValues = Mapping[str, Mapping[str, str]]
"""Dimension → value as stored → how people call it: a rep's name, a customer's; else the value itself."""
UNITS = "units"
"""Beside the dimensions: what several regions are called together → these, joined by |."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that words are read with. `last`: the plan that was answered before in this conversation."""

    registry: Registry
    values: KnownValues
    vocabulary: Vocabulary
    today: date
    asker: Person
    language: str = "zh"
    last: Plan | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the sentence and what they were taken for: 展会 → channel 展会扫码.

    `kind`: metric, dimension, value, span, number, rows or cue; `name`: of the metric, dimension, table or cue;
    `value`: of a dimension, as stored. `guessed`: mistyped words that were read as others.
    """

    said: str
    kind: str
    name: str
    value: str = ""
    guessed: bool = False

    @property
    def is_proposed(self) -> bool:
        """Whether a language model named it: there are no words of the sentence for it."""
        return self.guessed and not self.said


PROPOSED = Piece("", "cue", "model", guessed=True)
"""Stands for all that a model named, where only that it did is still known: behind a link, in a follow-up."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One plan, and how the words were taken. `changed`: only a part of the plan before was changed."""

    plan: Plan
    pieces: tuple[Piece, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may have been meant. `label`: the name of what differs, in the asker's language."""

    label: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several things may be meant: at most three choices. `said`: the words that leave it open.

    `alike`: the words only resemble what is offered, so that the question back is "did you mean …?"
    """

    said: str
    choices: tuple[Choice, ...]
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No plan. `unmatched`: words that bear a meaning nobody gave them; `nearest`: questions that can be asked instead.

    `reason`: last part of a locale key: words, nothing, long, city.
    """

    reason: str = "words"
    unmatched: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is asked can't be, whatever the figures: a day that doesn't exist, a change that nobody can compute.

    `reason`: last part of a locale key, `values` fill it.
    """

    reason: str
    values: Mapping[str, str] = field(default_factory=dict)


Outcome = Understood | Ambiguous | Unknown | Fault

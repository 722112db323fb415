"""What one kind of signal is: the checked form of an entry in `config/signals/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.contracts.listening import Side, Source

Level = Literal["utterance", "dialogue", "deal"]
Method = Literal["text", "structure", "deal", "rule", "model"]
Question = Literal["any", "only", "never"]
Frame = Literal["denied", "quoted", "supposed", "joking", "over"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom to tell, how often, and with which card. `tell` is empty for what is only measured; then `because` says why.

    `card` is the stem of the locale keys `.headline` and `.why`; `ask` is the question to the talk-tracks, by language.
    """

    tell: tuple[str, ...]  # "rep" | "manager" | "channel_owner"
    cool_down_hours: float = 0.0
    card: str = ""
    ask: Mapping[str, str] | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of signal."""

    key: str
    title: Mapping[str, str]  # by language
    family: str
    method: Method
    level: Level
    sources: frozenset[Source]
    policy: Policy
    priority: int = 0  # 0..100; the most urgent is told first
    speaker: Side | None = None  # None: either side
    question: Question = "any"
    rule: str = ""  # of structure and deal kinds
    limits: Mapping[str, float] | None = None
    stages: frozenset[str] = frozenset()  # of deal kinds; empty: every stage
    names: bool = False  # competitors' names count
    beside: frozenset[str] = frozenset()  # kinds that often go together: never each other's counter-examples
    heedless: frozenset[Frame] = frozenset()  # frames that change nothing here
    patterns: tuple[re.Pattern[str], ...] = ()
    unless: tuple[re.Pattern[str], ...] = ()
    sounds: tuple[str, ...] = ()
    exemplars: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    report: float = 0.5  # score from which it is a signal
    strong: float = 0.8

    def limit(self, name: str) -> float:
        """A number of its `limits`. The configuration check makes sure that a rule's limits are there."""
        return (self.limits or {})[name]

    def hears(self, side: Side | None, source: Source | None, *, asks: bool) -> bool:
        """Whether somebody of this side can give this signal here. An unknown side or source may."""
        if self.question != "any" and asks != (self.question == "only"):
            return False
        if source is not None and source not in self.sources:
            return False
        return self.speaker is None or side in {None, Side.UNKNOWN, self.speaker}

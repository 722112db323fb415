"""One answered question with all that its card, picture, page and file are made from. Types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Person
from knowledge.metrics.plan import Plan
from knowledge.metrics.result import Group, Result
from knowledge.questions.outcome import Piece
from skills.questions.naming import Names

if TYPE_CHECKING:
    from storage.repositories.lights import Flag


@dataclass(frozen=True, slots=True)
class Answer:
    """`plan`: as understood; `result.plan` may have been given a comparison that wasn't asked for.

    `words`: the question and the follow-ups that changed it. `flags`: late data behind the figures (B12). `trust`: how
    far each channel's data is trusted, in percent (B5).
    """

    plan: Plan
    result: Result
    names: Names
    viewer: Person
    now: datetime
    zone: ZoneInfo
    words: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    flags: tuple[Flag, ...] = ()
    trust: Mapping[str, int] = field(default_factory=dict)

    @property
    def metric(self) -> str:
        """The metric that the sentence is about: the first. "" in a list of rows alone."""
        return self.plan.metrics[0] if self.plan.metrics else ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to count: the answer says so instead of a number."""
        return not self.result.rows and not self.result.listed

    @property
    def is_proposed(self) -> bool:
        """Whether a language model, not the grammar, said what was asked (D1)."""
        return any(one.is_proposed for one in self.pieces)

    def before(self, key: tuple[str, ...]) -> Group | None:
        """The group that one is compared with."""
        return next((one for one in self.result.before if one.key == key), None)

    def trust_of(self, group: Group) -> int | None:
        """Of the channel that a group is about."""
        if "channel" not in self.plan.by:
            return None
        return self.trust.get(group.key[self.plan.by.index("channel")])

"""A sentence being read, and the plan that grows from it: rules take pieces from the one and note them in the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.metrics.plan import Against, Change, Filter, Grain, Kind, Order, Plan, Span, Threshold
from knowledge.questions.tokens import Meaning, Token

# Small words that mean something only to the rule that looks for them: unused, they say nothing.
SOFT = frozenset(
    [
        "outcome",
        "moved",
        "ask",
        "average",
        "now",
        "to",
        "only",
        "also_word",
        "and",
        "and_what",
        "drop",
        "then in_case",
        "improved",
        "ordinal",
        "top_word",
        "list_weak",
        "recent",
        "hand",
        "attribution",
        "by",
        "split",
        "compare",
        "which",
        "which_many",
        "switch",
        "raise",
        "cut",
        "often",
        "unit.day",
        "unit.week",
        "unit.month",
        "unit.quarter",
        "unit.year",
        "me",
        "trend",
        "changed",
        "between_behind",
        "exclude_behind",
        "overdue_by",
    ]
)


@dataclass(slots=True)
class Draft:
    """A plan being made."""

    kind: Kind = "value"
    metrics: list[str] = field(default_factory=list)
    rows: str = ""
    by: list[str] = field(default_factory=list)
    where: list[Filter] = field(default_factory=list)
    having: list[Threshold] = field(default_factory=list)
    span: Span | None = None
    grain: Grain = ""
    against: Against = ""
    order: Order | None = None
    limit: int | None = None
    share: bool = False
    model: str = ""
    change: Change | None = None

    def filtered(self, dimension: str, value: str, *, out: bool = False) -> None:
        """Add a value to the filter of its dimension."""
        operator = "not_in" if out else "in"
        for place, one in enumerate(self.where):
            if one.dimension == dimension and one.operator == operator:
                if value not in one.values:
                    self.where[place] = Filter(dimension, (*one.values, value), one.operator)
                return
        self.where.append(Filter(dimension, (value,), "not_in" if out else "in"))

    def plan(self) -> Plan:
        """What it is now."""
        return Plan(
            self.kind,
            tuple(self.metrics),
            self.rows,
            tuple(dict.fromkeys(self.by)),
            tuple(self.where),
            tuple(self.having),
            self.span,
            self.grain,
            self.against,
            self.order,
            self.limit,
            self.share,
            self.model,
            self.change,
        )


@dataclass(slots=True)
class Sentence:
    """Pieces without fillers, in order. `spent`: places of those that a rule has used."""

    text: str
    tokens: Sequence[Token]
    spent: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, tokens: Sequence[Token]) -> Sentence:
        """From all pieces of a text."""
        kept: list[Token] = []
        for one in tokens:
            if not all(meaning.kind == "filler" for meaning in one.meanings) and not _merely_said(one, kept):
                kept.append(one)
        return cls(text, kept)

    def cue(self, *names: str) -> int | None:
        """The first unused piece that is one of these cues."""
        return next(self.cues(*names), None)

    def cues(self, *names: str) -> Iterator[int]:
        """Places of unused pieces that are one of these cues."""
        return (place for place, one in enumerate(self.tokens) if place not in self.spent and one.cue(*names))

    def has(self, *names: str) -> bool:
        """Whether one of these cues is in it, used or not."""
        return any(one.cue(*names) for one in self.tokens)

    def take(self, *names: str) -> bool:
        """Use all cues of these names; whether there was one."""
        places = list(self.cues(*names))
        self.spent.update(places)
        return bool(places)

    def open(self, kind: str) -> list[int]:
        """Places of unused pieces that may mean something of this kind."""
        return [
            place
            for place, one in enumerate(self.tokens)
            if place not in self.spent and any(meaning.kind == kind for meaning in one.meanings)
        ]

    def before(self, place: int, *names: str) -> bool:
        """Whether the piece before is one of these cues."""
        return place > 0 and self.tokens[place - 1].cue(*names)

    def behind(self, place: int, *names: str) -> bool:
        """Whether the piece behind is one of these cues."""
        return place + 1 < len(self.tokens) and self.tokens[place + 1].cue(*names)

    def touching(self, place: int, other: int) -> bool:
        """Whether nothing but fillers is between two pieces."""
        return abs(place - other) == 1

    def left(self) -> tuple[str, ...]:
        """Words that bear a meaning and that no rule used."""
        return tuple(
            one.said
            for place, one in enumerate(self.tokens)
            if place not in self.spent and not any(_is_soft(meaning) for meaning in one.meanings)
        )


def _is_soft(meaning: Meaning) -> bool:
    return meaning.kind in ("filler", "hint") or (meaning.kind == "cue" and meaning.name in SOFT)


def _merely_said(token: Token, before: Sequence[Token]) -> bool:
    """公司 is a customer where each is asked for (各公司), else the asker's own."""
    nouns = token.has("filler") and (token.has("rows") or token.has("dimension"))
    return nouns and not (before and before[-1].cue("each", "by", "which", "which_many", "list"))

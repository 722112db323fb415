"""The types that callers of retrieval see. Nothing here imports anything of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence or paragraph that can be found; many passages may lead to one group."""

    id: str
    """Unique within its collection."""
    text: str
    """What is indexed: a trigger sentence, a title, a paragraph."""
    group: str
    """What a hit leads to, for instance a card's id."""
    facets: Mapping[str, str] = field(default_factory=dict)
    """What an `allow` filter decides on (owner, expiry, stage); not searched."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One group that answers the query."""

    group: str
    score: float
    """Fused, 0..1; comparable between queries of one collection."""
    passage: Passage
    """The passage of the group that matched best."""
    keyword: float
    """Share of the query's informative words that the group covers, 0..1."""
    dense: float
    """Cosine of the group's nearest passage; 0 when no vectors are ready."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to one query: hits best first, at most one for each group."""

    hits: tuple[Hit, ...]
    fits: bool
    """False means "nothing fits": show the hits, if at all, only as a guess."""
    reason: str
    """`fits`, `below_threshold`, `empty_query`, `empty_collection` or `nothing_allowed`."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync changed, in passages. A passage whose text changed counts as added."""

    added: int
    removed: int
    unchanged: int
    embedded: int
    """Texts that went through the embedding model; less than `added` after a resumed sync."""

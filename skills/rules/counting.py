"""When a rule fires: so many hits within its span, with one customer; then the count begins anew. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from skills.rules.definition import Definition
from skills.rules.matching import Hit


@dataclass(frozen=True, slots=True)
class Firing:
    """The hits that made a rule fire; the last one is what it fires at."""

    hits: tuple[Hit, ...]

    @property
    def last(self) -> Hit:
        """What it fires at."""
        return self.hits[-1]


def firings(hits: Iterable[Hit], definition: Definition, after: datetime | None = None) -> list[Firing]:
    """By customer, in order of time. `after`: hits up to that moment were told already."""
    fired: list[Firing] = []
    counting: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: hit.at):
        if after is not None and hit.at <= after:
            continue
        here = [one for one in counting.get(hit.customer_id, ()) if _within(one, hit, definition.days)]
        counting[hit.customer_id] = [*here, hit]
        if len(here) + 1 >= definition.times:
            fired.append(Firing(tuple(counting.pop(hit.customer_id))))
    return fired


def span_of(hits: Sequence[Hit], definition: Definition) -> datetime:
    """From when on earlier hits may count together with the first of these."""
    first = min(hit.at for hit in hits)
    return first - timedelta(days=max(definition.days, 1))


def _within(one: Hit, other: Hit, days: int) -> bool:
    """Days are spans of 24 hours; 0: the same conversation, of which a chat has one a day."""
    same = days > 0 or one.dialogue_id == other.dialogue_id
    return same and other.at - one.at <= timedelta(days=max(days, 1))

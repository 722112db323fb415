"""Leads that were marked invalid and became opportunities all the same: how many, why, and who is left (B7). Pure.

"Later converted" is strict: an opportunity of this very lead, opened on a day after the one on which it was marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING

from knowledge.metrics.noise import SURE, corrected, share_chance
from knowledge.risk.figures import Share, share

if TYPE_CHECKING:
    from storage.repositories.funnel import Rejected

FEW = 20
"""Rejected leads of a reason below which it isn't compared."""
LATE = 0.9  # by this share of those who came back, coming back is over


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for which leads were rejected, and how often it was wrong."""

    name: str
    later: Share
    chance: float | None  # that it differs from all others by chance, corrected

    @property
    def is_worse(self) -> bool:
        """Whether more of them came back than of the others, by more than chance."""
        return self.chance is not None and self.chance < SURE


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of all rejected leads."""

    leads: int  # all leads, whatever became of them
    rejected: int
    later: Share | None  # became an opportunity after; None when none was rejected
    won: int
    ripe: Share | None  # of those that were rejected long enough ago for most to have come back
    ripe_days: int
    days: int | None  # half of those who came back did so within so many days
    reasons: tuple[Reason, ...]  # the most often wrong first
    waiting: tuple[Rejected, ...]  # nobody opened anything for them; the likeliest reasons first, then the newest

    @property
    def share_rejected(self) -> float:
        """Of all leads."""
        return self.rejected / self.leads if self.leads else 0.0

    @property
    def fresh(self) -> tuple[Rejected, ...]:
        """Those who may still come back by themselves."""
        return self.waiting[: self._fresh]

    _fresh: int = 0


def rescue(leads: int, rejected: Sequence[Rejected], today: date) -> Rescue:
    """Sum up. `leads`: how many there are in all, of the same viewer."""
    came = [one for one in rejected if one.deal_id]
    waits = sorted(_days(one) for one in came)
    ripe_days = waits[min(len(waits) - 1, int(len(waits) * LATE))] if waits else 0
    old = [one for one in rejected if one.rejected_at.date() <= today - timedelta(days=ripe_days)]
    reasons = _reasons(rejected)
    rank = {one.name: place for place, one in enumerate(reasons)}
    young = today - timedelta(days=ripe_days)
    left = sorted(
        (one for one in rejected if not one.deal_id),
        key=lambda one: (one.rejected_at.date() < young, rank[one.reason], -one.rejected_at.timestamp(), one.id),
    )
    return Rescue(
        leads=leads,
        rejected=len(rejected),
        later=share(len(came), len(rejected)),
        won=sum(one.won for one in came),
        ripe=share(sum(bool(one.deal_id) for one in old), len(old)),
        ripe_days=ripe_days,
        days=round(median(waits)) if waits else None,
        reasons=reasons,
        waiting=tuple(left),
        _fresh=sum(one.rejected_at.date() >= young for one in left),
    )


def by_owner(waiting: Iterable[Rejected]) -> dict[tuple[str, str], list[Rejected]]:
    """Whose they are: of the customer's owner, else of nobody in a region: ("E1001", "") or ("", "华东")."""
    found: dict[tuple[str, str], list[Rejected]] = {}
    for one in waiting:
        found.setdefault((one.owner_id, "" if one.owner_id else one.region), []).append(one)
    return found


def _days(one: Rejected) -> int:
    return (one.deal_created - one.rejected_at.date()).days if one.deal_created else 0


def _reasons(rejected: Sequence[Rejected]) -> tuple[Reason, ...]:
    names = sorted({one.reason for one in rejected})
    counts = {name: [bool(one.deal_id) for one in rejected if one.reason == name] for name in names}
    n, hits = len(rejected), sum(sum(one) for one in counts.values())
    chances = corrected(
        [
            share_chance(sum(own), len(own), hits - sum(own), n - len(own)) if len(own) >= FEW else None
            for own in counts.values()
        ]
    )
    found = []
    for (name, own), chance in zip(counts.items(), chances, strict=True):
        later = share(sum(own), len(own))
        worse = later is not None and n > len(own) and later.value > (hits - sum(own)) / (n - len(own))
        if later is not None:
            found.append(Reason(name, later, chance if worse else None))
    return tuple(sorted(found, key=lambda one: (-one.later.value, one.name)))

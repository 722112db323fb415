"""One change of budget or incentive for each finding, with its arithmetic; none where there is too little (B15). Pure.

What a channel brought goes by the lead's own channel; `/attribution` shares it among all that took part. Averages are
not margins: the next yuan brings less than the last, so what is gained is counted at half, and no more is moved than a
fifth of what the receiving channel costs now. Late data may hide what a channel cost and brought: such a channel is
left out, and where nothing else can be proposed, the proposal comes last and says to wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Literal

from knowledge.funnel.benchmarks import Deviation
from knowledge.funnel.rescue import Rescue

if TYPE_CHECKING:
    from storage.repositories.funnel import Stages
    from storage.repositories.funnel_money import ChannelMoney
    from storage.repositories.lights import Flag

FEW = 10
"""Won deals of a channel below which its cost per won deal says nothing."""
MOVED = Decimal("0.1")  # of the dearer channel's cost
MOST = Decimal("0.2")  # of the receiving channel's cost: beyond, its average says nothing
MARGIN = Decimal("0.5")  # what the next yuan brings, of what the average one did
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What one channel's won deals cost and brought. Yuan; None: can't be told."""

    channel: str
    cost: Decimal
    books: tuple[str, ...]  # where the cost is from: spends, touches, budget
    leads: int
    won: int
    contracted: Decimal
    received: Decimal

    @property
    def per_won(self) -> Decimal | None:
        """Cost of one won deal."""
        return self.cost / self.won if self.won else None

    @property
    def roas(self) -> Decimal | None:
        """Contract value for each yuan spent."""
        return self.contracted / self.cost if self.cost else None

    @property
    def between(self) -> tuple[Decimal, Decimal] | None:
        """95 % interval of the cost of a won deal: Byar's of the count of won deals, cost taken as known."""
        if not self.won:
            return None
        low, high = byar(self.won)
        return self.cost / Decimal(high), self.cost / Decimal(low)


@dataclass(frozen=True, slots=True)
class Advice:
    """One proposal. `name` and `values` make its sentences; `values` are numbers and names, not yet words."""

    name: str  # funnel.advice.<name>
    kind: Literal["budget", "incentive"]
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advised:
    """All proposals, and why there is none about budgets, if so: few, alike, no_cost or nothing_gained; or ""."""

    advice: tuple[Advice, ...]
    costs: tuple[ChannelCost, ...]
    silent: str = ""


def costs(money: Sequence[ChannelMoney], brought: Mapping[str, Stages]) -> tuple[ChannelCost, ...]:
    """Channels whose cost is known, the cheapest won deal first."""
    found = []
    for one in money:
        stages = brought.get(one.channel)
        if stages and one.cost > 0:
            outcome = stages.leads, stages.won, stages.contracted, stages.received
            found.append(ChannelCost(one.channel, one.cost, one.books, *outcome))
    return tuple(sorted(found, key=lambda one: (one.per_won is None, one.per_won or one.cost, one.channel)))


def advise(
    known: Sequence[ChannelCost], marked: Sequence[Deviation], rescued: Rescue | None, stale: Sequence[Flag] = ()
) -> Advised:
    """At most one proposal of each finding. `stale`: the late data behind costs and won deals, of a channel or all."""
    budget, silent = _budget([one for one in known if not _late(one, stale)])
    doubtful = None
    if budget is None:
        doubtful, silent = _doubtful(known, stale)
    found = [budget, *(_industry(one) for one in marked if one.verdict == "below"), _rejected(rescued), doubtful]
    return Advised(tuple(one for one in found if one), tuple(known), silent)


def byar(count: int) -> tuple[float, float]:
    """Byar's approximation of the exact Poisson interval (Breslow and Day, 1987), 95 %; `count` at least 1."""
    more = count + 1
    low = count * (1 - 1 / (9 * count) - _Z / (3 * sqrt(count))) ** 3
    return max(low, 1e-9), more * (1 - 1 / (9 * more) + _Z / (3 * sqrt(more))) ** 3


def _budget(known: Sequence[ChannelCost]) -> tuple[Advice | None, str]:
    """From the dearest to the cheapest, if even the unlucky ends of their intervals leave something gained."""
    if len(known) < 2:
        return None, "no_cost"
    usual = max((one.books for one in known), key=[one.books for one in known].count)
    ample = [one for one in known if one.won >= FEW and one.books == usual]  # books of one kind can be compared
    if len(ample) < 2:
        return None, "few"
    best, worst = ample[0], ample[-1]
    cheap, dear = best.between, worst.between
    if cheap is None or dear is None or cheap[1] >= dear[0]:
        return None, "alike"
    moved = min(worst.cost * MOVED, best.cost * MOST)
    gained, lost = moved / cheap[1] * MARGIN, moved / dear[0]
    if gained <= lost:
        return None, "nothing_gained"
    values = {"best": best, "worst": worst, "moved": moved, "gained": gained, "lost": lost, "margin": MARGIN}
    return Advice("budget", "budget", values), ""


def _doubtful(known: Sequence[ChannelCost], stale: Sequence[Flag]) -> tuple[Advice | None, str]:
    """What the late data would propose: something to look at again, not to do."""
    budget, silent = _budget(known)
    if budget is None:
        return None, silent
    pair = [one for one in budget.values.values() if isinstance(one, ChannelCost)]
    late = tuple(dict.fromkeys(flag for one in pair for flag in _late(one, stale)))
    return replace(budget, name="budget_late", values={**budget.values, "late": late}), ""


def _late(one: ChannelCost, stale: Sequence[Flag]) -> list[Flag]:
    """What of a channel's data is late: its own, or that of a whole source."""
    return [flag for flag in stale if flag.part in {"", one.channel}]


def _industry(one: Deviation) -> Advice:
    """What it would be if the industry reached what it was held against."""
    more = round(one.found.n * one.expected) - one.found.hits
    return Advice("industry", "incentive", {"deviation": one, "more": more})


def _rejected(rescued: Rescue | None) -> Advice | None:
    if rescued is None or rescued.later is None or rescued.later.n < FEW * 2 or rescued.later.low < 0.1:
        return None
    return Advice("rejected", "incentive", {"rescue": rescued})

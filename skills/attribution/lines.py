"""One line for each channel: its number, how sure it is, and what belongs beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skills.attribution.confidence import Trust, may_set

if TYPE_CHECKING:
    from bot.contracts import Person
    from knowledge.journeys.compare import Disagreement
    from skills.attribution.desk import Found


@dataclass(frozen=True, slots=True)
class Line:
    """Shares and intervals in percent; `credit` in conversions, or in what was asked for."""

    channel: str
    credit: float
    share: float
    interval: tuple[float, float] | None
    ranks: tuple[int, int] | None
    trust: Trust
    others: Mapping[str, float]  # share by model, of all models
    thin: bool = False
    gap: Disagreement | None = None  # only where models disagree
    spent: float | None = None
    roas: float | None = None
    each: float | None = None
    settable: bool = False


def lines(found: Found, viewer: Person) -> list[Line]:
    """By credit, the largest first; channels that cost money and brought nothing come last."""
    answer, model, own = found.answer, found.question.model, found.seen.own
    if model not in answer.results:
        return []
    shares = {name: answer.shares(name) for name in answer.results}
    thin, gaps = answer.thin(model), answer.disagreement()
    made = [
        Line(
            channel,
            answer.credit(model, channel),
            shares[model].get(channel, 0.0),
            answer.interval(model, channel),
            answer.ranks(model, channel),
            trust_of(found, channel),
            {name: one.get(channel, 0.0) for name, one in shares.items()},
            channel in thin,
            gaps[channel] if channel in gaps and gaps[channel].flagged else None,
            *_money(found, channel),
            settable=may_set(viewer, channel, own),
        )
        for channel in (*answer.counts.channels, *_only_spent(found))
    ]
    return sorted(made, key=lambda line: (-line.credit, line.channel))


def trust_of(found: Found, channel: str) -> Trust:
    """As somebody set it, else the default."""
    return found.seen.trust.get(channel, Trust(found.otherwise))


def _money(found: Found, channel: str) -> tuple[float | None, float | None, float | None]:
    """Spent, return on it, cost of a conversion."""
    answer, model, spent = found.answer, found.question.model, found.spending
    if channel not in spent.of:
        return None, None, None
    result = answer.results[model]
    at = result.channels.index(channel) if channel in result.channels else -1
    value, conversions = (float(result.value[at]), float(result.conversions[at])) if at >= 0 else (0.0, 0.0)
    roas = spent.roas(channel, value) if found.question.money else None
    return spent.of[channel].yuan, roas, spent.each(channel, conversions)


def _only_spent(found: Found) -> list[str]:
    known = set(found.answer.counts.channels)
    return [channel for channel in found.spending.of if channel not in known]

"""Channels: data that is late, won deals that cost more than elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.history import prior
from knowledge.briefing.making import Case, make, wanted
from knowledge.briefing.types import Column, EvidenceRow, Factor, Finding, Note, Point, Series, Value
from knowledge.funnel.advice import ChannelCost

LATE = (
    Column("source", "text"),
    Column("hours", "count"),
    Column("newest", "day"),
    Column("spend", "yuan"),
    Column("owner", "text"),
)
COSTS = (
    Column("channel", "text"),
    Column("spend", "yuan"),
    Column("won", "count"),
    Column("per_won", "yuan"),
    Column("trust", "count"),
)
CERTAIN = Factor(1.0, "fixed", Note("basis.certain"))


def late_data(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Channels whose data is late, one finding for each. Money: what the channel costs in the days of the rule."""
    found = []
    for light, hours in facts.late:
        name = light.part or light.title
        if not light.part or (about and name != about):
            continue
        spend = facts.spend.get(name, Decimal())
        owner = facts.who(light.owner_id or facts.channel_owners.get(name, ""))
        day = light.newest_at.date() if light.newest_at else None
        row = EvidenceRow("source", light.subject, (name, hours, day, spend, owner.name))
        cases = wanted(facts, "late_data", [Case(row, owner.id, f"spend:{name}", spend)])
        if not cases:
            continue
        points = tuple(Point(one, float(money), one == name) for one, money in _largest(facts.spend))
        values: dict[str, Value] = {"channel": name, "hours": hours, "days": rules.finders["late_data"].days}
        series = Series("late_data", "bar", "yuan", points)
        found.append(make(facts, rules, "late_data", cases, LATE, series, CERTAIN, key=name, values=values, who=owner))
    return found


def channel_cost(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """The dearest beside the cheapest channel, where even the unlucky ends of both intervals leave something gained,
    and enough can be moved and was won for that to mean anything (`rules.budget`). Channels whose data is late are out.

    Money: the value of the won deals that the moved budget gains over what it loses. At most a fifth of what the
    receiving channel costs is moved, at half its effect, so never more than a tenth of what it really won is gained.
    Probability: how far the data of the less trusted of the two channels is trusted.
    """
    budget = next((one for one in facts.advised.advice if one.name == "budget"), None) if facts.advised else None
    if budget is None:
        return []
    best, worst = (cast(ChannelCost, budget.values[name]) for name in ("best", "worst"))
    moved, gained, given = (cast(Decimal, budget.values[name]) for name in ("moved", "gained", "lost"))
    if moved < rules.budget.moved or min(best.won, worst.won) < rules.budget.won:
        return []
    cases = wanted(facts, "channel_cost", [_cost(facts, one) for one in (worst, best)])
    if len(cases) < 2:
        return []
    value = best.contracted / best.won * (gained - given)
    percent = min(facts.trust.get(one.channel, 60) for one in (best, worst))
    trusted = Factor(percent / 100, "prior", Note("basis.trust", {"percent": percent}))
    known = facts.advised.costs if facts.advised else ()
    points = [Point(one.channel, float(one.per_won), one is worst) for one in known if one.per_won]
    owner = facts.who(facts.channel_owners.get(worst.channel, ""))
    values: dict[str, Value] = {
        "best": best.channel, "worst": worst.channel, "moved": moved, "gained": round(float(gained - given), 1),
        "best_cost": best.per_won, "worst_cost": worst.per_won, "days": rules.finders["channel_cost"].days,
    }  # fmt: skip
    share = prior(rules.finders["channel_cost"].share)
    return [
        make(
            facts, rules, "channel_cost", cases, COSTS, Series("channel_cost", "bar", "yuan", tuple(points)), trusted,
            share=Factor(share.value, "fixed", share.basis), key=worst.channel, values=values, who=owner, count=1,
            money={f"budget:{worst.channel}": value.quantize(Decimal(1))},
        )
    ]  # fmt: skip


def _cost(facts: Facts, one: ChannelCost) -> Case:
    cells = one.channel, one.cost, one.won, one.per_won, facts.trust.get(one.channel)
    return Case(EvidenceRow("channel", one.channel, cells), facts.channel_owners.get(one.channel, ""), "", one.cost)


def _largest(spend: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    return sorted(spend.items(), key=lambda one: (-one[1], one[0]))

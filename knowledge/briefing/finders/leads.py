"""Leads that were marked invalid and may still buy (B7). Pure."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.history import prior
from knowledge.briefing.making import Case, make, wanted
from knowledge.briefing.types import Column, EvidenceRow, Factor, Finding, Note, Point, Series, Value

COLUMNS = (
    Column("lead", "text"),
    Column("company", "text"),
    Column("channel", "text"),
    Column("reason", "text"),
    Column("rejected", "day"),
    Column("owner", "text"),
)


def rescue(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Rejected so recently that most of those who come back would still do so. Money: an average won deal for each;
    probability: how many of all rejected leads were won later."""
    found = facts.rescue
    if found is None or not found.rejected:
        return []
    won = [
        one.amount for one in facts.deals.values() if one.result == "won" and one.amount and facts.mine(one.owner_id)
    ]
    average = (sum(won, Decimal()) / len(won)).quantize(Decimal(1)) if won else Decimal()
    cases = []
    for one in found.fresh:
        cells = one.id, one.company, one.channel, one.reason, one.rejected_at.date(), facts.name(one.owner_id)
        cases.append(Case(EvidenceRow("lead", one.id, cells), one.owner_id, f"lead:{one.id}", average))
    cases = wanted(facts, "rescue", cases)
    if not cases:
        return []
    reasons = Counter(str(one.row.cells[3]) for one in cases)
    points = tuple(Point(name, count, at == 0) for at, (name, count) in enumerate(reasons.most_common(6)))
    enough = found.rejected >= rules.least_cases
    later = Note("basis.rescued", {"hits": found.won, "n": found.rejected})
    chance = Factor(round(found.won / found.rejected, 4), "measured", later, found.won, found.rejected)
    values: dict[str, Value] = {
        "came": found.later.hits if found.later else 0, "rejected": found.rejected, "days": found.ripe_days,
        "average": average, "reason": reasons.most_common(1)[0][0],
    }  # fmt: skip
    series, probability = Series("rescue", "bar", "count", points), chance if enough else prior(rules.win_rate)
    return [make(facts, rules, "rescue", cases, COLUMNS, series, probability, values=values)]

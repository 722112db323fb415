"""Deals that stand still: longer in their stage than three of four won deals were. Pure."""

from __future__ import annotations

from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.finders.contact import DEALS
from knowledge.briefing.history import percentile, win_rate, won_days
from knowledge.briefing.making import Case, make, wanted
from knowledge.briefing.types import Column, EvidenceRow, Finding, Point, Series, Value

PART = 0.75
COLUMNS = (*DEALS[:5], Column("usual", "days"), DEALS[5])


def stalled(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """By stage the limit is the 75th percentile of won deals; where few went through it, a number from the rules."""
    rule, known = rules.finders["stalled"], won_days(facts)
    limits = {stage: percentile(days, PART) for stage, days in known.items() if len(days) >= rules.least_cases}
    cases = []
    for deal in facts.open_deals():
        days = (facts.day - deal.stage_entered).days if deal.stage_entered else -1
        limit = limits.get(deal.stage, rule.days)
        if days > limit:
            amount, owner = deal.amount or Decimal(), facts.name(deal.owner_id)
            cells = deal.id, facts.customer(deal.customer_id), deal.stage, deal.amount, days, limit, owner
            cases.append(Case(EvidenceRow("deal", deal.id, cells), deal.owner_id, f"deal:{deal.id}", amount))
    cases = wanted(facts, "stalled", cases)
    if not cases:
        return []
    stages = [str(one.row.cells[2]) for one in cases]
    counts = {stage: stages.count(stage) for stage in dict.fromkeys(stages)}
    most = max(counts, key=lambda one: (counts[one], one))
    points = tuple(
        Point(stage, count, stage == most) for stage, count in sorted(counts.items(), key=lambda one: -one[1])
    )
    probability = win_rate(facts, rules, ((str(one.row.cells[2]), one.amount) for one in cases))
    values: dict[str, Value] = {"stage": most, "in_stage": counts[most], "limit": limits.get(most, rule.days)}
    series = Series("stalled", "bar", "count", points)
    return [make(facts, rules, "stalled", cases, COLUMNS, series, probability, values=values)]

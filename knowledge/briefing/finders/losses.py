"""Reasons for losing deals that have become more frequent than chance makes them. Pure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from math import comb

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.making import Case, last_week, make, wanted, weekly
from knowledge.briefing.types import Column, EvidenceRow, Factor, Finding, Note, Value
from storage.repositories.deals import Deal

COLUMNS = (
    Column("deal", "text"),
    Column("customer", "text"),
    Column("competitor", "text"),
    Column("amount", "yuan"),
    Column("closed", "day"),
    Column("owner", "text"),
)
BEFORE = 3  # spans before the last one that it is held against


def lost(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """The last days beside the three spans before them, reason by reason. Money: what was lost for the reason; of that
    the part beyond what was usual comes again if nothing changes. `about`: a reason, whether or not it still grows."""
    rule = rules.finders["lost"]
    begin = facts.day - timedelta(days=rule.days)
    first = begin - timedelta(days=rule.days * BEFORE)
    closed = [
        one for one in facts.deals.values() if one.result == "lost" and one.lost_reason and facts.mine(one.owner_id)
    ]
    known = [one for one in closed if one.closed and first < one.closed <= facts.day]
    names = [about] if about else sorted({one.lost_reason for one in known})
    found = []
    for name in names:
        same = [one for one in known if one.lost_reason == name]
        cases = wanted(facts, "lost", [_case(facts, one) for one in same if one.closed and one.closed > begin])
        before = sum(one.closed <= begin for one in same if one.closed)
        usual = before / BEFORE
        if not cases or (not about and (len(cases) <= usual or _rise(len(cases), before) >= rules.chance / len(names))):
            continue
        more = Factor(
            round(max(0.0, 1 - usual / len(cases)), 4), "measured",
            Note("basis.rise", {"count": len(cases), "usual": round(usual, 1), "days": rule.days}),
            len(cases), len(same),
        )  # fmt: skip
        values: dict[str, Value] = {"reason": name, "days": rule.days, "usual": round(usual, 1)}
        series = weekly("lost", (one.closed for one in same if one.closed), last_week(facts.day)[0] + timedelta(days=7))
        found.append(
            make(
                facts,
                rules,
                "lost",
                cases,
                COLUMNS,
                series,
                more,
                key=name,
                values=values,
                since=begin,
                until=facts.day,
            )
        )
    return found


def _case(facts: Facts, deal: Deal) -> Case:
    cells = (
        deal.id, facts.customer(deal.customer_id), deal.competitor, deal.amount, deal.closed, facts.name(deal.owner_id)
    )  # fmt: skip
    return Case(EvidenceRow("deal", deal.id, cells), deal.owner_id, f"deal:{deal.id}", deal.amount or Decimal())


def _rise(recent: int, before: int) -> float:
    """The chance of at least so many in the last of four equal spans: the exact binomial tail with one quarter."""
    n, part = recent + before, 1 / (BEFORE + 1)
    return sum(comb(n, hits) * part**hits * (1 - part) ** (n - hits) for hits in range(recent, n + 1))

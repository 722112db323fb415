"""Money that is overdue, and customers of whom too little is noted. Pure."""

from __future__ import annotations

from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.history import late_paid, win_rate
from knowledge.briefing.making import Case, banded, make, wanted
from knowledge.briefing.types import Column, EvidenceRow, Finding, Point, Series, Value
from storage.repositories.deals import Deal

OWED = (
    Column("payment", "text"),
    Column("customer", "text"),
    Column("amount", "yuan"),
    Column("due", "day"),
    Column("days", "days"),
    Column("owner", "text"),
)
EMPTY = (
    Column("customer", "text"),
    Column("deal", "text"),
    Column("stage", "text"),
    Column("amount", "yuan"),
    Column("owner", "text"),
)


def overdue(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Instalments that were due before the day and hadn't come by then."""
    cases, days = [], {}
    for one in facts.owed:
        if (
            not facts.mine(one.owner_id)
            or one.due is None
            or one.due >= facts.day
            or (one.paid and one.paid <= facts.day)
        ):
            continue
        days[one.id] = (facts.day - one.due).days
        cells = one.id, facts.customer(one.customer_id), one.amount, one.due, days[one.id], facts.name(one.owner_id)
        cases.append(Case(EvidenceRow("payment", one.id, cells), one.owner_id, f"payment:{one.id}", one.amount))
    cases = wanted(facts, "overdue", cases)
    if not cases:
        return []
    late = [days[one.row.id] for one in cases]
    probability = late_paid(facts, rules, facts.day)
    values: dict[str, Value] = {"longest": max(late)}
    series = banded("overdue", late, (1, 8, 31, 91))
    return [make(facts, rules, "overdue", cases, OWED, series, probability, values=values)]


def completeness(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Fields of customers that are filled in less often than the gate says (B13), one finding for each. Money: the open
    deals with these customers."""
    gate, found = rules.finders["completeness"].above, []
    for gap in facts.gaps:
        rate = gap.filled / gap.total if gap.total else 1.0
        if (about and gap.field != about) or (not about and rate >= gate) or not gap.ids:
            continue
        empty = frozenset(gap.ids)
        cases = [_case(facts, one) for one in facts.open_deals() if one.customer_id in empty]
        cases = wanted(facts, "completeness", cases)
        points = tuple(Point(one.field, one.filled / one.total, one is gap) for one in facts.gaps if one.total)
        series = Series("completeness", "bar", "rate", points)
        probability = win_rate(facts, rules, ((str(one.row.cells[2]), one.amount) for one in cases))
        values: dict[str, Value] = {
            "field": gap.field,
            "rate": rate,
            "gate": gate,
            "missing": len(gap.ids),
            "deals": len(cases),
        }
        found.append(
            make(
                facts, rules, "completeness", cases, EMPTY, series, probability,
                key=gap.field, values=values, count=len(gap.ids),
            )
        )  # fmt: skip
    return found


def _case(facts: Facts, deal: Deal) -> Case:
    amount = deal.amount or Decimal()
    cells = facts.customer(deal.customer_id), deal.id, deal.stage, deal.amount, facts.name(deal.owner_id)
    return Case(EvidenceRow("deal", deal.id, cells), deal.owner_id, f"deal:{deal.id}", amount)

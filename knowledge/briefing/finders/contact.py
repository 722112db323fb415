"""Customers who wait: open deals that nobody followed up, promises whose day has passed. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.history import win_rate
from knowledge.briefing.making import Case, banded, make, wanted
from knowledge.briefing.types import Column, EvidenceRow, Finding
from storage.repositories.deals import Deal
from storage.repositories.tasks import Task

DEALS = (
    Column("deal", "text"),
    Column("customer", "text"),
    Column("stage", "text"),
    Column("amount", "yuan"),
    Column("days", "days"),
    Column("owner", "text"),
)
TASKS = (
    Column("promise", "text"),
    Column("customer", "text"),
    Column("due", "day"),
    Column("amount", "yuan"),
    Column("owner", "text"),
)


def followups(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Open deals whose last contact, noted or heard, is longer ago than the limit."""
    limit = rules.finders["followups"].days
    gaps = [(one, gap) for one in facts.open_deals() if (gap := _gap(facts, one)) is not None and gap > limit]
    kept = wanted(facts, "followups", [_deal(facts, one, gap) for one, gap in gaps])
    if not kept:
        return []
    days = [int(str(one.row.cells[4])) for one in kept]
    series = banded("followups", days, (limit + 1, limit + 8, limit + 17, limit + 47))
    probability = win_rate(facts, rules, ((facts.deals[one.row.id].stage, one.amount) for one in kept))
    values = {"days": limit, "longest": max(days)}
    return [make(facts, rules, "followups", kept, DEALS, series, probability, values=values)]


def promises(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Tasks from conversations that were due before the day and aren't done."""
    late = [one for one in facts.tasks if facts.mine(one.person_id) and one.due and one.due < facts.day]
    cases = wanted(facts, "promises", [_task(facts, one) for one in late])
    if not cases:
        return []
    days = [(facts.day - one.due).days for one in late if one.due]
    series = banded("promises", days, (1, 4, 8, 15))
    stages = [(facts.deals[one.key[5:]].stage, one.amount) for one in cases if one.key]
    probability = win_rate(facts, rules, stages)
    return [make(facts, rules, "promises", cases, TASKS, series, probability, values={"longest": max(days)})]


def _gap(facts: Facts, deal: Deal) -> int | None:
    """Days since the last contact; since it was opened, if there was none; None when nothing is known."""
    known: list[date | None] = [deal.last_followed, facts.heard.get(deal.id)]
    last = max((one for one in known if one and one <= facts.day), default=deal.created)
    return (facts.day - last).days if last else None


def _deal(facts: Facts, deal: Deal, days: int) -> Case:
    amount = deal.amount or Decimal()
    cells = deal.id, facts.customer(deal.customer_id), deal.stage, deal.amount, days, facts.name(deal.owner_id)
    return Case(EvidenceRow("deal", deal.id, cells), deal.owner_id, f"deal:{deal.id}", amount)


def _task(facts: Facts, task: Task) -> Case:
    """Its money: the customer's largest open deal of the same person."""
    deals = [one for one in facts.open_deals() if task.customer_id and one.customer_id == task.customer_id]
    deals = [one for one in deals if one.owner_id == task.person_id] or deals
    deal = max(deals, key=lambda one: (one.amount or Decimal(), one.id), default=None)
    amount = (deal.amount or Decimal()) if deal else Decimal()
    cells = task.text, facts.customer(task.customer_id), task.due, amount or None, facts.name(task.person_id)
    return Case(EvidenceRow("task", task.id, cells), task.person_id, f"deal:{deal.id}" if deal else "", amount)

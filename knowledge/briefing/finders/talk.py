"""What conversations show about open deals: one person alone, a decider who is silent, prompts that nobody answered.

About deals, never about people: nothing here counts who of us did it (A13, D7). Pure.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.history import win_rate
from knowledge.briefing.making import Case, make, wanted
from knowledge.briefing.types import Column, EvidenceRow, Finding, Point, Series

KINDS = {"single_threaded": "single_threaded", "silent_deciders": "decision_maker_away"}
"""Finder → kind of signal (config/signals/people.yaml)."""
COLUMNS = (
    Column("deal", "text"),
    Column("customer", "text"),
    Column("stage", "text"),
    Column("amount", "yuan"),
    Column("noticed", "day"),
    Column("owner", "text"),
)


def single_threaded(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Open deals in whose conversations one person of the customer's alone takes part."""
    return _signalled(facts, rules, "single_threaded", KINDS["single_threaded"])


def silent_deciders(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Open deals whose decider hasn't been heard for long."""
    return _signalled(facts, rules, "silent_deciders", KINDS["silent_deciders"])


def ignored(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Open deals about which important prompts were sent and not answered."""
    return _signalled(facts, rules, "ignored", "ignored")


def _signalled(facts: Facts, rules: BriefRules, finder: str, kind: str) -> list[Finding]:
    since = facts.day - timedelta(days=rules.finders[finder].days)
    cases: dict[str, Case] = {}
    for hint in facts.hints:
        deal = facts.deals.get(hint.deal_id)
        if hint.kind != kind or not since <= hint.at.date() <= facts.day:
            continue
        if deal is None or deal.result != "open" or not facts.mine(deal.owner_id):
            continue
        day, owner = hint.at.date(), facts.name(deal.owner_id)
        cells = deal.id, facts.customer(deal.customer_id), deal.stage, deal.amount, day, owner
        row = EvidenceRow("deal", deal.id, cells)
        cases[deal.id] = Case(row, deal.owner_id, f"deal:{deal.id}", deal.amount or Decimal())
    kept = wanted(facts, finder, cases.values())
    if not kept:
        return []
    stages = [str(one.row.cells[2]) for one in kept]
    points = tuple(Point(stage, stages.count(stage)) for stage in sorted(set(stages)))
    probability = win_rate(facts, rules, ((str(one.row.cells[2]), one.amount) for one in kept))
    values = {"days": rules.finders[finder].days}
    return [
        make(facts, rules, finder, kept, COLUMNS, Series(finder, "bar", "count", points), probability, values=values)
    ]

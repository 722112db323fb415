"""Prices far above the competitor's whose difference in value nobody explained. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.history import dear, explained_rates, prior, win_rate
from knowledge.briefing.making import Case, last_week, make, wanted, weekly
from knowledge.briefing.types import Column, EvidenceRow, Factor, Finding, Note
from storage.repositories.quotes import Quote

COLUMNS = (
    Column("quote", "text"),
    Column("customer", "text"),
    Column("amount", "yuan"),
    Column("competitor_amount", "yuan"),
    Column("above", "rate"),
    Column("owner", "text"),
)


def quotes(facts: Facts, rules: BriefRules, about: str = "") -> list[Finding]:
    """Of last week (Monday to Sunday), or of the week that began on the day `about`.

    All such quotes are counted. Money is at stake where the deal is still open, once for each deal. Probability: how
    often deals with dear quotes are won when these were explained; share: what of that is lost when they weren't.
    """
    above = rules.finders["quotes"].above
    first, last = last_week(facts.day)
    if about:
        first = date.fromisoformat(about)
        last = first + timedelta(days=6)
    found = [one for one in facts.quotes if facts.mine(one.owner_id) and one.explained is False and dear(one, above)]
    here = [one for one in found if one.quoted_on and first <= one.quoted_on <= last]
    cases = wanted(facts, "quotes", [_case(facts, one) for one in here])
    if not cases:
        return []
    probability, share = _factors(facts, rules, cases)
    still = sum(bool(one.key) for one in cases)
    return [
        make(
            facts, rules, "quotes", cases, COLUMNS,
            weekly("quotes", (one.quoted_on for one in found if one.quoted_on), first),
            probability, share=share, key=first.isoformat(), since=first, until=last,
            values={"above": above, "open": still},
        )
    ]  # fmt: skip


def _case(facts: Facts, quote: Quote) -> Case:
    deal = facts.deals.get(quote.deal_id)
    price, other = quote.amount or Decimal(), quote.competitor_amount or Decimal()
    cells = (
        quote.id, facts.customer(quote.customer_id), price, other, float(price / other - 1), facts.name(quote.owner_id)
    )  # fmt: skip
    still = deal is not None and deal.result == "open"
    key = f"deal:{quote.deal_id}" if still else f"quote:{quote.id}" if not quote.deal_id else ""
    return Case(EvidenceRow("quote", quote.id, cells), quote.owner_id, key, price)


def _factors(facts: Facts, rules: BriefRules, cases: list[Case]) -> tuple[Factor, Factor]:
    """From the data where both kinds have enough cases and explaining went with winning more often; else priors."""
    (won, n), (other_won, other_n) = explained_rates(facts, rules.finders["quotes"].above)
    enough = min(n, other_n) >= rules.least_cases
    if not enough or won * other_n <= other_won * n:
        stages = [(facts.deals[one.key[5:]].stage, one.amount) for one in cases if one.key[5:] in facts.deals]
        return win_rate(facts, rules, stages), prior(rules.finders["quotes"].share)
    with_, without = won / n, other_won / other_n
    probability = Factor(round(with_, 4), "measured", Note("basis.explained", {"hits": won, "n": n}), won, n)
    values = {"with": with_, "without": without, "hits": other_won, "n": other_n}
    share = round(1 - without / with_, 4)
    return probability, Factor(share, "measured", Note("basis.unexplained", values), won, n, other_won, other_n)

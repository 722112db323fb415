"""What happened in the viewer's own rows so far, as factors of an expected value; a prior where cases are few. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from config.briefing import BriefRules, Prior
from knowledge.briefing.facts import Facts
from knowledge.briefing.types import Factor, Note
from storage.repositories.quotes import Quote


def prior(found: Prior) -> Factor:
    """What nobody could count yet, marked as such."""
    return Factor(found.value, "prior", Note("basis.prior", {"zh": found.basis.zh, "en": found.basis.en}))


def counted(hits: int, n: int, basis: str, least: int, otherwise: Prior) -> Factor:
    """`hits` of `n`; with fewer cases than `least` the prior."""
    if n < least:
        return prior(otherwise)
    return Factor(round(hits / n, 4), "measured", Note(f"basis.{basis}", {"hits": hits, "n": n}), hits, n)


def win_rate(facts: Facts, rules: BriefRules, weights: Iterable[tuple[str, Decimal]]) -> Factor:
    """Won, of closed deals that had come to the same stages; `weights`: (stage, money) of the deals at stake.

    Each stage counts by its money. `hits` and `n` are of all closed deals; a stage with few cases gives way to these,
    and these, if few, to the prior.
    """
    reached = _reached(facts)
    whole = _sum(reached.get("", ()))
    if whole[1] < rules.least_cases:
        return prior(rules.win_rate)
    total, rate = Decimal(), Decimal()
    for stage, money in weights:
        own = _sum(reached.get(stage, ()))
        won, n = own if own[1] >= rules.least_cases else whole
        total, rate = total + money, rate + money * won / n
    value = round(float(rate / total) if total else whole[0] / whole[1], 4)
    return Factor(value, "measured", Note("basis.win_rate", {"hits": whole[0], "n": whole[1]}), *whole)


def dear(quote: Quote, above: float) -> bool:
    """Whether a price is that part above the competitor's, or more; False where one of the two isn't known."""
    if not quote.amount or not quote.competitor_amount:
        return False
    return quote.amount >= quote.competitor_amount * (1 + Decimal(str(above)))


def explained_rates(facts: Facts, above: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """(won, closed) of deals whose dear quotes were explained, and of those with one that wasn't."""
    said: dict[str, bool] = {}
    for quote in facts.quotes:
        if quote.deal_id and quote.explained is not None and dear(quote, above):
            said[quote.deal_id] = said.get(quote.deal_id, True) and quote.explained
    closed = {id_: one for id_, one in facts.deals.items() if one.result != "open"}
    parts = [
        [closed[id_].result == "won" for id_, yes in said.items() if yes is kind and id_ in closed]
        for kind in (True, False)
    ]
    return _sum(parts[0]), _sum(parts[1])


def won_days(facts: Facts) -> dict[str, list[int]]:
    """Stage → how many days won deals were in it, sorted."""
    found: dict[str, list[int]] = {}
    for id_, deal in facts.deals.items():
        entries = facts.stages.get(id_, ())
        if deal.result != "won":
            continue
        ends = [one.entered for one in entries[1:]] + ([deal.closed] if deal.closed else [])
        for entry, end in zip(entries, ends, strict=False):
            found.setdefault(entry.stage, []).append((end - entry.entered).days)
    return {stage: sorted(days) for stage, days in found.items()}


def percentile(values: Sequence[int], part: float) -> int:
    """The smallest value that at least this part doesn't exceed."""
    return values[min(len(values) - 1, max(0, -(-len(values) * int(part * 100) // 100) - 1))]


def late_paid(facts: Facts, rules: BriefRules, day: date) -> Factor:
    """Of instalments that were late, how many came in the end; those late for less than a quarter may still come."""
    late = [one for one in facts.owed if one.due and (one.paid > one.due if one.paid else (day - one.due).days > 90)]
    return counted(
        sum(one.paid is not None for one in late), len(late), "late_paid", rules.least_cases, rules.late_paid
    )


def _reached(facts: Facts) -> dict[str, list[bool]]:
    """Stage → of each closed deal that came to it, whether it was won; "" all closed deals."""
    found: dict[str, list[bool]] = {}
    for id_, deal in facts.deals.items():
        if deal.result != "open":
            for stage in {"", *(one.stage for one in facts.stages.get(id_, ()))}:
                found.setdefault(stage, []).append(deal.result == "won")
    return found


def _sum(outcomes: Sequence[bool]) -> tuple[int, int]:
    return sum(outcomes), len(outcomes)

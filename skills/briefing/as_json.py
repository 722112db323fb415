"""A brief as plain data, for other programs: numbers as they are, and the sentences made of them. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.briefing.types import Brief, Factor, Finding, Value
from skills.briefing.words import Words


def as_dict(brief: Brief, words: Words) -> dict[str, Any]:
    """docs/briefing.md describes it."""
    return {
        "day": brief.day.isoformat(),
        "scope": {"kind": brief.scope.kind, "name": brief.scope.name},
        "sent": brief.working_day,
        "sentence": words.sentence(brief),
        "total": _number(brief.total),
        "findings": [_finding(one, words) for one in brief.findings],
        "below": [_short(one, words) for one in brief.below],
        "held": [_short(one, words) for one in brief.held],
        "outcomes": [
            {
                "key": one.key,
                "told": one.told.isoformat(),
                "count": [one.count_then, one.count_now],
                "money": [_number(one.money_then), _number(one.money_now)],
                "planned": one.planned,
                "helped": one.helped,
            }
            for one in brief.outcomes
        ],
        "missing": list(brief.missing),
        "notes": words.notes(brief),
        "as_of": brief.as_of.isoformat() if brief.as_of else None,
    }


def _finding(one: Finding, words: Words) -> dict[str, Any]:
    evidence = one.evidence
    names = [column.name for column in evidence.columns]
    return {
        **_short(one, words),
        "detail": words.detail(one),
        "probability": _factor(one.worth.probability, words),
        "share": _factor(one.worth.share, words),
        "arithmetic": words.arithmetic(one),
        "action": {"what": words.what_to_do(one), "who": one.action.who.name, "by": one.action.by.isoformat()},
        "owner": one.owner.name,
        "proposal": words.proposal(one),
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "worse": one.worse,
        "evidence": {
            "ids": list(evidence.ids),
            "rows": [dict(zip(names, map(_plain, row.cells), strict=True)) for row in evidence.rows],
        },
        "series": {point.label: point.value for point in one.series.points},
    }


def _short(one: Finding, words: Words) -> dict[str, Any]:
    return {
        "finder": one.finder,
        "key": one.key,
        "headline": words.headline(one),
        "count": one.count,
        "money": _number(one.money),
        "expected": _number(one.worth.expected),
    }


def _factor(factor: Factor, words: Words) -> dict[str, Any]:
    return {"value": factor.value, "source": factor.source, "basis": words.basis(factor)}


def _plain(value: Value) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    return value.isoformat() if isinstance(value, date) else value


def _number(amount: Decimal) -> int | float:
    """Yuan, with 分 where there are any."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)

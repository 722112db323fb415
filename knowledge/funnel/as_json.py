"""What was counted of two files, as JSON with names that stay (docs/funnel.md). Amounts are exact numbers. Pure."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from knowledge.funnel.columns import Dates
from knowledge.funnel.result import Count, Flag, Funnel, Group

UNKNOWN = "未知"
_EXACT = re.compile(r'"\\u0000(-?[\d.]+)"')
_RULES = {
    "lead": "one per key: its first row gives the group, its earliest day the first contact; rows without a key count",
    "won": "a lead is won once, however many won rows it has; a won row equal to another in every cell is left out",
    "value": "sum over won rows of known leads, negative amounts included; what is no number counts as nothing",
    "won_without_lead": "in no group and in no rate; named under unknown",
    "unknown": "cells that are empty or say null, nan, none, n/a; 'stated' are groups that call themselves unknown",
    "interval": "Wilson score interval of the rate, 95 %",
}


def dumps(funnel: Funnel) -> str:
    """As text; an amount stands there with all its digits, as a number."""
    text = json.dumps(as_json(funnel), ensure_ascii=False, indent=2, default=_plain)
    return _EXACT.sub(r"\1", text)


def as_json(funnel: Funnel) -> dict[str, Any]:
    """The document; amounts are Decimals, times datetimes."""
    total = funnel.total
    extra = {"interval": _interval(total), "lead_rows": funnel.lead_rows, "won_rows": funnel.won_rows}
    return {
        "total": _count(total) | extra,
        "groups": [_group(one, funnel) for one in funnel.groups],
        "unknown": _unknown(funnel),
        "flags": [_flag(one, funnel) for one in funnel.flags],
        "rules": _rules(funnel),
    }


def label(group: Group, taken: frozenset[str]) -> str:
    """Its name; 未知 where the file says nothing, told apart from a group that the file calls so."""
    silent = UNKNOWN if UNKNOWN not in taken else f"{UNKNOWN}（空）"
    return " / ".join(name or silent for name in group.names)


def names_of(funnel: Funnel) -> frozenset[str]:
    """All names that stand in the file."""
    return frozenset(name for one in funnel.groups for name in one.names)


def _count(count: Count) -> dict[str, Any]:
    return {"leads": count.leads, "won": count.won, "rate": count.rate, "value": count.value}


def _group(group: Group, funnel: Funnel) -> dict[str, Any]:
    by = {column: name or None for column, name in zip(funnel.question.group_by, group.names, strict=True)}
    found: dict[str, Any] = {"group": label(group, names_of(funnel))} | _count(group.count)
    found |= _shares(group.count, funnel.total) | {"interval": _interval(group.count)}
    return found | {"by": by, "missing": group.is_missing, "unknown": group.is_unknown}


def _unknown(funnel: Funnel) -> dict[str, Any]:
    missing, orphans = funnel.missing, funnel.orphans
    stated = [label(one, names_of(funnel)) for one in funnel.groups if one.is_unknown and not one.is_missing]
    silent = next((one.count for one in funnel.flags if one.kind == "value_missing"), 0)
    all_won = funnel.total.won + orphans.won
    return _count(funnel.unknown) | _shares(funnel.unknown, funnel.total) | {
        "missing": _count(missing) | _shares(missing, funnel.total),
        "stated": stated,
        "won_without_lead": {
            "won": orphans.won,
            "value": orphans.value,
            "share_of_won": orphans.won / all_won if all_won else 0.0,
        },
        "won_without_value": {"count": silent, "share": silent / funnel.won_rows if funnel.won_rows else 0.0},
    }  # fmt: skip


def _shares(part: Count, whole: Count) -> dict[str, float]:
    return {
        "share_of_leads": part.leads / whole.leads if whole.leads else 0.0,
        "share_of_won": part.won / whole.won if whole.won else 0.0,
    }


def _interval(count: Count) -> list[float] | None:
    found = count.interval
    return [found.low, found.high] if found else None


def _flag(flag: Flag, funnel: Funnel) -> dict[str, Any]:
    days = {
        name
        for name, dates in (("lead_date", funnel.lead_dates), ("won_date", funnel.won_dates))
        if not dates.has_times
    }
    return {
        "kind": flag.kind,
        "file": flag.file,
        "count": flag.count,
        "impossible": flag.impossible,
        "counted": flag.counted,
        "value": flag.value,
        "rows": [{name: _day(value) if name in days else value for name, value in row.items()} for row in flag.rows],
    }


def _day(value: object) -> object:
    """Of a column that has days alone."""
    return value.date().isoformat() if isinstance(value, datetime) else value


def _rules(funnel: Funnel) -> dict[str, Any]:
    question = funnel.question
    return dict(_RULES) | {
        "key": question.key,
        "won_key": question.won_key or question.key,
        "keys_compared": "without case and a trailing .0" if funnel.loose_keys else "as they stand, trimmed",
        "group_by": list(question.group_by),
        "value_column": question.value,
        "currencies": list(funnel.currencies),
        "lead_date": _dates(funnel.lead_dates),
        "won_date": _dates(funnel.won_dates),
    }


def _dates(dates: Dates) -> dict[str, Any] | None:
    if not dates.column:
        return None
    return {"column": dates.column, "found_by_itself": dates.found, "order": dates.order, "has_times": dates.has_times}


def _plain(value: object) -> object:
    """Decimals are marked, so that `dumps` can write them as numbers of any length."""
    if isinstance(value, Decimal):
        plain = f"{value.normalize():f}" if value else "0"
        return f"\0{plain}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    raise TypeError(type(value).__name__)

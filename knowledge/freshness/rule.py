"""When data counts as late: the `fresh` of a source's definition, over the company's defaults. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from knowledge.mapping.rule import Definition, Fresh


@dataclass(frozen=True, slots=True)
class FreshRule:
    """How one source is judged."""

    yellow: timedelta  # later than this is yellow
    red: timedelta  # later than this is red
    by: str = ""  # the source's field that tells how new a row is; "": the time of the last load counts
    per: str = ""  # the source's field whose values get a light each; "": one light for all
    words: Mapping[str, str] = field(default_factory=dict)  # the source's word for a part -> ours
    working_days: bool = False  # whether hours of days off don't count


def rule_of(definition: Definition, defaults: FreshRule) -> FreshRule:
    """What holds for one source. `by` and `per` may name business fields: then what these are read from counts."""
    fresh = definition.fresh or Fresh()
    per = definition.fields.get(fresh.per)
    return FreshRule(
        _span(fresh.yellow_seconds, min(defaults.yellow, _span(fresh.red_seconds, defaults.yellow))),
        _span(fresh.red_seconds, max(defaults.red, _span(fresh.yellow_seconds, defaults.red))),
        _column(definition, fresh.by),
        _column(definition, fresh.per) if fresh.by else "",
        per.words if per else {},
        fresh.working_days,
    )


def _span(seconds: int | None, default: timedelta) -> timedelta:
    return default if seconds is None else timedelta(seconds=seconds)


def _column(definition: Definition, name: str) -> str:
    """The source's field behind a name; "" where a business field is the same for every row."""
    rule = definition.fields.get(name)
    if rule is None:
        return name
    return rule.sources[0] if rule.sources else ""

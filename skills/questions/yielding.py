"""Which sentences another skill answers better, though they can be understood as a question of figures. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.metrics.plan import Plan

_FUNNEL_SAYS = frozenset({"region", "industry"})  # conditions that the funnel reads in a sentence
_RATES = frozenset({"mql_to_sql"})
_IDLE = "idle_days"
_DEFINED = re.compile(r"怎么算|如何计?算|口径|定义|(?i:\bcalculated\b|\bdefin(ed|ition)\b)")


@dataclass(frozen=True, slots=True)
class Others:
    """What other skills said is theirs. `told`: whether a text tells what a customer says or does."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    examples: frozenset[str]
    told: Callable[[str], bool]

    def keep(self, text: str, plan: Plan) -> bool:
        """Whether the sentence is one of theirs, and the plan not beyond what they say. `Plan()`: nothing was read."""
        if plan.model or _plain(text) in self.examples or self.told(text) or is_about_customers(plan):
            return True
        theirs = {name for name, pattern in self.patterns if pattern.search(text)}
        return any(not beyond(name, plan, text) for name in theirs)


def others(skills: Iterable[Any], told: Callable[[str], bool]) -> Others:
    """From all other skills, or their classes."""
    found = list(skills)
    patterns = tuple((one.name, re.compile(each, re.IGNORECASE)) for one in found for each in one.patterns)
    return Others(patterns, frozenset(_plain(each.text) for one in found for each in one.examples), told)


def beyond(skill: str, plan: Plan, text: str = "") -> bool:
    """Whether a plan asks for more than the skill can answer: it would leave out what it doesn't read."""
    asks_more = _BEYOND.get(skill)
    return asks_more is not None and plan != Plan() and asks_more(plan, text)  # nothing was understood: let them


def is_about_customers(plan: Plan) -> bool:
    """How many, or which: the list of customers knows more of them. Trends and breakdowns are figures, and days
    without contact are a bound that the list doesn't read."""
    alone = not (plan.by or plan.grain or plan.against or plan.share or plan.span)
    alone = alone and not any(one.of == _IDLE for one in plan.having)
    return alone and (plan.metrics == ("customers",) or (plan.kind == "list" and plan.rows == "customer"))


def _beyond_funnel(plan: Plan, _text: str) -> bool:
    read = all(one.dimension in _FUNNEL_SAYS and one.operator == "in" and len(one.values) == 1 for one in plan.where)
    if not set(plan.metrics) <= _RATES or not read:
        return True
    if plan.kind == "why":
        return plan.against == "year_ago"
    return bool(plan.limit) or _is_detailed(plan)


def _beyond_attribution(plan: Plan, _text: str) -> bool:
    where = all(one.dimension == "channel" for one in plan.where)
    return plan.kind == "value" and (_is_detailed(plan) or plan.span is not None or not where)


def _beyond_lineage(plan: Plan, text: str) -> bool:
    return bool(plan.where) or plan.span is not None or bool(_DEFINED.search(text))


def _beyond_the_whole(plan: Plan, _text: str) -> bool:
    """Of skills that read neither days nor conditions."""
    return bool(plan.where or plan.span or plan.by or plan.grain or plan.order)


def _beyond_the_list(plan: Plan, _text: str) -> bool:
    return not is_about_customers(plan)


_BEYOND: Mapping[str, Callable[[Plan, str], bool]] = {
    "customers": _beyond_the_list,
    "funnel": _beyond_funnel,
    "attribution": _beyond_attribution,
    "lineage": _beyond_lineage,
    "data_quality": _beyond_the_whole,
    "freshness": _beyond_the_whole,
    "behaviour": _beyond_the_whole,
    "coaching": _beyond_the_whole,
}


def _is_detailed(plan: Plan) -> bool:
    """A comparison, steps, thresholds, another breakdown than by channel."""
    elsewise = plan.by not in {(), ("channel",)}
    return bool(elsewise or plan.grain or plan.against or plan.having or plan.share)


def _plain(text: str) -> str:
    return re.sub(r"[\s?？。.!！]", "", text).casefold()

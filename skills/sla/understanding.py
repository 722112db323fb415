"""What people mean when they ask about deadlines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge.slas.rule import Rule
from skills.sla.board import Asked

Kind = Literal["board", "late", "people", "case"]
SHORTEST = 2  # letters of a rule's name that must be said

_CASE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,6}[-_]?\d{3,}(?![A-Za-z0-9])")
_PEOPLE = re.compile(r"谁|哪(个|位)?(人|同事|销售|负责人)|排行|排名|\bwho\b", re.IGNORECASE)
_LATE = re.compile(r"卡(住|着|在)|超时|超期|逾时|拖(着|了)|没按时|stuck|\blate\b|overdue|breach", re.IGNORECASE)
_EMPTY = re.compile(r"[\s→>\-的了]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """What to answer."""

    kind: Kind
    asked: Asked


def meant(text: str, rules: Mapping[str, Rule], regions: Iterable[str]) -> Meant:
    """The board where nothing else is said."""
    region = next((one for one in sorted(regions, key=len, reverse=True) if one and one in text), "")
    found = _CASE.search(text)
    if found:
        return Meant("case", Asked(case=found[0].upper()))
    asked = Asked(rule=_rule(text, rules), region=region)
    if _LATE.search(text):
        return Meant("people" if _PEOPLE.search(text) else "late", asked)
    return Meant("board", asked)


def _rule(text: str, rules: Mapping[str, Rule]) -> str:
    """The rule of which the most is said: what is waited for, or an end of its title. "": of none, or of several."""
    said = _EMPTY.sub("", text).casefold()
    scores: dict[str, int] = {}
    for name, rule in rules.items():
        words = {part for lang in ("zh", "en") for part in _parts(rule, lang)}
        scores[name] = max((len(word) for word in words if len(word) >= SHORTEST and word in said), default=0)
    best = max(scores.values(), default=0)
    named = [name for name, score in scores.items() if score == best and best]
    return named[0] if len(named) == 1 else ""


def _parts(rule: Rule, lang: str) -> list[str]:
    title = rule.named(lang)
    ends = [_EMPTY.sub("", part).casefold() for part in re.split(r"→|->", title)[1:]]
    return [*ends, _EMPTY.sub("", rule.waits_for(lang)).casefold(), _EMPTY.sub("", title).casefold()]

"""Which numbers an answer may say: those of its result, their differences and shares; however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations

from bot.contracts import Card
from knowledge.metrics.result import Group, Result
from skills.questions.answer import Answer

DATE = re.compile(r"(?:\d{4}-)?\d{2}-\d{2}(?: \d{2}:\d{2})?|\d{4}-\d{2}|\d{4} Q\d")
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(亿元|万元|%|个百分点|percentage points|M\b|K\b)?")
SCALE = {"亿元": 1e8, "万元": 1e4, "%": 0.01, "个百分点": 0.01, "percentage points": 0.01, "M": 1e6, "K": 1e3}


def unexplained(answer: Answer, card: Card) -> list[str]:
    """Numbers and days of a card that its result doesn't hold."""
    text = "\n".join(
        (card.headline, card.summary, *(one.value for one in card.facts), *(s.body for s in card.sections))
    )
    for name in sorted(_names(answer), key=len, reverse=True):
        text = text.replace(name, " ")
    text = re.sub(r"^\d\. ", "", text, flags=re.MULTILINE)  # the number of a row
    days = _days(answer)
    wrong = [one for one in DATE.findall(text) if one not in days]
    numbers = list(_numbers(answer))
    for digits, unit in NUMBER.findall(DATE.sub(" ", text)):
        value, scale = float(digits.replace(",", "")), SCALE.get(unit, 1.0)
        half = scale * 0.5 * 10 ** -len(digits.partition(".")[2])
        if not any(abs(abs(one) - value * scale) <= half * 1.000001 + 1e-9 for one in numbers):
            wrong.append(f"{digits}{unit}")
    return wrong


def _numbers(answer: Answer) -> Iterator[float]:
    result, plan = answer.result, answer.plan
    yield from _of_groups(result)
    pairs = [(now.values, then.values) for now, then in _pairs(result)]
    for metric in plan.metrics:
        values = [now[metric] for one in result.groups if (now := one.values)[metric] is not None]
        yield from (abs(one - other) for one, other in combinations([v for v in values if v is not None], 2))
        known = [v for v in values if v is not None]
        for whole_steps in (known, known[1:], known[:-1], known[1:-1]) if plan.grain else ():
            yield from (len(whole_steps), sum(whole_steps) / (len(whole_steps) or 1))
        for now, then in pairs:
            new, old = now.get(metric), then.get(metric)
            if new is not None and old is not None:
                yield new - old
                yield (new - old) / abs(old) if old else 0.0
                yield (new - old) * 100  # points of a rate, in a column
        whole = result.whole.values.get(metric)
        yield from (one / whole for one in values if one is not None and whole)
    yield from (result.rows, result.more, len(result.groups), len(result.listed), len(result.listed) + result.more)
    yield from (left for left in (len(result.groups) - 10, len(result.listed) + result.more - 10))
    yield from (one / 100 for one in answer.trust.values())
    yield from (one.number for one in plan.having)
    yield plan.limit or 0
    yield sum(float(row.get("amount") or 0.0) for row in result.listed)
    yield from (float(value) for row in result.listed for value in row.values() if isinstance(value, (int, float)))


def _of_groups(result: Result) -> Iterator[float]:
    befores = [*result.before, *([result.before_whole] if result.before_whole else [])]
    for group in (*result.groups, result.whole, *befores):
        yield from (one for one in group.values.values() if one is not None)
        yield from (number for pair in group.cells.values() for number in pair)
        yield group.share or 0.0


def _pairs(result: Result) -> Iterable[tuple[Group, Group]]:
    then = {one.key: one for one in result.before}
    yield from ((one, then[one.key]) for one in result.groups if one.key in then)
    yield from zip(result.groups, result.before, strict=False)
    if result.before_whole:
        yield result.whole, result.before_whole


def _names(answer: Answer) -> set[str]:
    names, found = answer.names, {"0（", "÷ 0"}
    found |= {names.registry.metrics[one].definition.of(names.language) for one in answer.plan.metrics}
    found |= {names.value(name, key) for name, values in names.values.items() for key in values}
    found |= {str(value) for row in answer.result.listed for value in row.values() if isinstance(value, str)}
    return {one for one in found if any(character.isdigit() for character in one)}


def _days(answer: Answer) -> set[str]:
    spans = [one for one in (answer.result.span, answer.result.before_span) if one]
    found = {day for span in spans for one in (span.first, span.last) for day in (f"{one:%m-%d}", f"{one:%Y-%m-%d}")}
    for group in (*answer.result.groups, *answer.result.before):
        for part in group.key[len(answer.plan.by) :]:
            first = date.fromisoformat(part[:10])
            found |= {f"{first:%m-%d}", f"{first:%Y-%m-%d}", f"{first:%Y-%m}"}
    as_of = answer.result.as_of
    if as_of:
        near = [as_of.astimezone(answer.zone) + timedelta(minutes=0)]
        found |= {f"{one:%Y-%m-%d %H:%M}" for one in near}
    return found

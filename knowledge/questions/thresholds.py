"""Bounds of numbers: 超过100万, 100万以上, 介于…之间, at least 3. Rules over the pieces of a sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.metrics.plan import Operator
from knowledge.metrics.registry import Unit
from knowledge.questions.numerals import Number
from knowledge.questions.sentence import Sentence

_BEFORE: dict[str, Operator] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}
LONG = 30.0  # days without a contact that are 好久
_BEHIND: dict[str, Operator] = {"gte_behind": ">=", "lte_behind": "<="}


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound, and where in the sentence it and its number stand."""

    place: int
    operator: Operator
    number: Number
    said: int = -1

    @property
    def places(self) -> set[int]:
        """What nobody has used where the bound fits nothing."""
        return {self.place, self.said} - {-1}


def read_bounds(sentence: Sentence) -> list[Bound]:
    """All of them; numbers and operators are used up."""
    found = [*_ranges(sentence)]
    for cue, operator in _BEFORE.items():
        for place in list(sentence.cues(cue)):
            number = _number(sentence, place + 1) or _number(sentence, place + 2)
            if number is not None:
                found.append(_use(sentence, place, number, operator))
    for cue, operator in _BEHIND.items():
        for place in list(sentence.cues(cue)):
            number = _number(sentence, place - 1)
            if number is not None:
                found.append(_use(sentence, place, number, operator))
    for place in list(sentence.cues("idle")):
        number = _number(sentence, place + 1) or _number(sentence, place - 1)
        if number is not None and number[1].unit == "days":  # 30天没跟进的
            found.append(_use(sentence, place, number, ">"))
    for place in list(sentence.cues("long_idle")):
        sentence.spent.add(place)
        found.append(Bound(place, ">", Number(0, 0, LONG, "days")))
    return sorted(found, key=lambda one: one.place)


def _ranges(sentence: Sentence) -> list[Bound]:
    """100万到200万, between 1M and 2M: from one to the other."""
    found: list[Bound] = []
    for place in range(1, len(sentence.tokens) - 1):
        said = sentence.has("between", "between_behind") or sentence.tokens[place].cue("to")
        if said and sentence.tokens[place].cue("to", "and"):
            low, high = _number(sentence, place - 1), _number(sentence, place + 1)
            if low is not None and high is not None:
                sentence.spent |= {place, low[0], high[0]}
                sentence.take("between", "between_behind")
                found += [Bound(low[0], ">=", _like(low[1], high[1])), Bound(low[0], "<=", high[1])]
    return found


def _like(low: Number, high: Number) -> Number:
    """10到20万: the unit is said once."""
    scale = 1e4 if low.value < 1e4 <= high.value and high.value % 1e4 == 0 and low.unit == "" else 1
    value = low.value * scale if scale > 1 else low.value
    return Number(low.start, low.end, value, low.unit or high.unit)


def _number(sentence: Sentence, place: int) -> tuple[int, Number] | None:
    if not 0 <= place < len(sentence.tokens) or place in sentence.spent:
        return None
    for one in sentence.tokens[place].of("number"):
        if one.number is not None:
            return place, one.number
    return None


def _use(sentence: Sentence, place: int, number: tuple[int, Number], operator: Operator) -> Bound:
    sentence.spent |= {place, number[0]}
    return Bound(place, operator, number[1], number[0])


def measured(number: Number, unit: Unit) -> float:
    """The number in a metric's own unit: 30 of a rate is 30 %, one day of an hours' metric 24."""
    if unit == "rate" and number.unit != "rate" and abs(number.value) > 1:
        return number.value / 100
    if unit == "hours" and number.unit == "days":
        return number.value * 24
    if unit == "days" and number.unit == "hours":
        return number.value / 24
    return number.value


def fits_unit(number: Number, unit: Unit) -> bool:
    """Whether such a number can bound such a metric: 30 % of a count can't."""
    allowed: dict[str, tuple[str, ...]] = {
        "": ("count", "yuan", "rate", "days", "hours", "points", "number", "seconds"),
        "rate": ("rate", "number"),
        "yuan": ("yuan",),
        "days": ("days", "hours"),
        "hours": ("days", "hours"),
        "points": ("points", "number", "rate"),
        "number": ("number", "rate"),
        "count": ("count",),
    }
    return unit in allowed[number.unit]

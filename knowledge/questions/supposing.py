"""What a what-if supposes: 去掉抖音, 线索翻一倍, 花费减少20%. Rules over the pieces of a sentence. Pure."""

from __future__ import annotations

from knowledge.metrics.plan import Change
from knowledge.questions.filters import Fits, chosen
from knowledge.questions.measured import Measured
from knowledge.questions.sentence import Draft, Sentence

_NEAR = 4  # pieces between a word of change and what changes


def supposes(sentence: Sentence) -> bool:
    """Whether something is supposed: 如果 and what changes, or 去掉 and what would happen."""
    changes = sentence.has("without", "raise", "cut", "double", "halve", "moved", "exclude")
    if sentence.has("what_if", "in_case"):
        return changes
    scaled = sentence.has("raise", "cut", "double", "halve") and any(one.has("number") for one in sentence.tokens)
    doubled = sentence.has("double", "halve")
    return (scaled or doubled or sentence.has("without")) and sentence.has("then")


def read_change(sentence: Sentence, draft: Draft, measured: Measured, fits: Fits) -> bool:
    """The change, and the metrics that are asked for. False when what changes isn't something that can be computed."""
    sentence.take("what_if", "outcome", "then")
    change = _removed(sentence, fits) or _scaled(sentence, measured, fits)
    if change is not None and change.metric in measured.names and len(measured.names) > 1:
        at = measured.names.index(change.metric)
        del measured.names[at], measured.places[at]
    draft.change = change
    return change is not None


def _removed(sentence: Sentence, fits: Fits) -> Change | None:
    scaled = any(one.number and one.number.unit == "rate" for token in sentence.tokens for one in token.of("number"))
    cuts = () if scaled else ("cut",)
    for place in list(sentence.cues("without", "exclude", "halve", "double", *cuts)):
        for other in _around(sentence, place):
            if sentence.tokens[other].has("value") and (found := chosen(sentence, other, fits)):
                percent = -50.0 if sentence.tokens[place].cue("halve") else -100.0
                percent = 100.0 if sentence.tokens[place].cue("double") else percent
                metric = "" if percent == -100.0 else _metric_near(sentence, place)
                sentence.spent |= {place, other}
                sentence.take("without")
                return Change(percent, found[0].name, found[0].value, metric)
    return None


def _metric_near(sentence: Sentence, place: int) -> str:
    found = next((other for other in _around(sentence, place) if sentence.tokens[other].has("metric")), None)
    return "" if found is None else sentence.tokens[found].of("metric")[0].name


def _scaled(sentence: Sentence, measured: Measured, fits: Fits) -> Change | None:
    percent = _percent(sentence)
    if percent is None:
        return None
    amount, place = percent
    near = sorted(zip(measured.places, measured.names, strict=True), key=lambda one: abs(one[0] - place))
    before = [one for one in near if one[0] < place] or near
    if not before:
        return None
    at, metric = before[0]
    values = [other for other in _around(sentence, at) if sentence.tokens[other].has("value")]
    if values and (found := chosen(sentence, values[0], fits)):
        sentence.spent.add(values[0])
        return Change(amount, found[0].name, found[0].value, metric)
    return Change(amount, metric=metric)


def _percent(sentence: Sentence) -> tuple[float, int] | None:
    for cue, amount in (("double", 100.0), ("halve", -50.0)):
        if (place := sentence.cue(cue)) is not None:
            sentence.spent.add(place)
            return amount, place
    for place in sentence.cues("raise", "cut", "changed", "moved"):
        for other in _around(sentence, place):
            for one in sentence.tokens[other].of("number"):
                if one.number is not None and one.number.unit == "rate" and other not in sentence.spent:
                    sign = -1 if sentence.tokens[place].cue("cut") else 1
                    sentence.spent |= {place, other}
                    return round(sign * one.number.value * 100, 6), place
    return None


def _around(sentence: Sentence, place: int) -> list[int]:
    """Places near one, the nearest first, those behind before those in front."""
    steps = [place + step * side for step in range(1, _NEAR + 1) for side in (1, -1)]
    return [other for other in steps if 0 <= other < len(sentence.tokens)]

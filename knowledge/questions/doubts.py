"""Words that make another question of a figure, which must not be answered without them. Rules over pieces. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from knowledge.metrics.registry import Metric, Registry
from knowledge.questions.measured import Measured
from knowledge.questions.outcome import Fault, Scope
from knowledge.questions.sentence import Draft, Sentence

_HOW_LONG = ("多久", "多长时间", "多少天", "几天", "多少小时", "how long")
_LENGTHS = frozenset({"days", "hours", "seconds"})


def other_questions(sentence: Sentence, draft: Draft, found: Measured, scope: Scope) -> tuple[str, ...]:
    """Words that ask for a length, for money, for an average, or name a thing that the figure isn't of."""
    return (
        *_unfitting(sentence, found, scope.registry),
        *_averages(sentence, draft, found, scope),
        *_foreign(sentence, draft, found, scope.registry),
        *_unjoined(sentence, draft, found),
    )


def impossible(sentence: Sentence) -> Fault | None:
    """What nobody can compute: a day that doesn't exist, a figure per head, one's place among others."""
    for one in sentence.tokens:
        if any(meaning.period is None for meaning in one.of("span")):
            return Fault("day", {"said": one.said})
        if one.cue("per_head"):
            return Fault("per_head", {"said": one.said})
        if one.cue("standing"):
            return Fault("standing", {"said": one.said})
    return None


def targets_nothing(draft: Draft, found: Measured) -> bool:
    """如果线索翻倍: and then? What is supposed of a metric is no answer for that metric itself."""
    change = draft.change
    return not found.all or (change is not None and not change.dimension and found.names == [change.metric])


def _unfitting(sentence: Sentence, found: Measured, registry: Registry) -> tuple[str, ...]:
    """线索转商机要多久: a rate is no answer to how long."""
    said = tuple(one.said for one in sentence.tokens if one.cue("ask") and any(word in one.said for word in _HOW_LONG))
    said += tuple(one.said for one in sentence.tokens if one.cue("fast", "slow"))
    if any(one.cue("why") for one in sentence.tokens):
        said = ()
    units = {registry.metrics[name].unit for name in found.all}
    money = tuple(one.said for one in sentence.tokens if one.cue("ask") and "钱" in one.said)
    if money and units and "yuan" not in units:
        return money  # 赢了多少钱: a number of deals is no money
    return said if said and units and units.isdisjoint(_LENGTHS) else ()


def _foreign(sentence: Sentence, draft: Draft, found: Measured, registry: Registry) -> tuple[str, ...]:
    """上周工单花了多少钱: a thing that the figure isn't counted from, and can't be led back to."""
    if draft.kind != "value" or not found.names:
        return ()
    near = {table for name in found.names for table in _reached(registry, registry.tables_of(name))}
    named = [one for at, one in enumerate(sentence.tokens) if one.has("rows") and at not in found.places]
    named = [one for one in named if not one.has("dimension") and not one.has("filler")]
    return tuple(one.said for one in named if near and near.isdisjoint(mean.name for mean in one.of("rows")))


def _reached(registry: Registry, tables: Iterable[str]) -> set[str]:
    """These, and those that their rows belong to."""
    found: set[str] = set()
    waiting = list(tables)
    while waiting:
        table = waiting.pop()
        if table not in found:
            found.add(table)
            waiting += [there for _, there in registry.tables[table].joins.values()]
    return found


def _unjoined(sentence: Sentence, draft: Draft, found: Measured) -> tuple[str, ...]:
    """新客户的赢单额, 回款占合同额的比例: one figure of another is neither of the two."""
    if draft.kind != "value":
        return ()
    places = sorted(found.places)
    shares = [one.said for one in sentence.tokens if one.cue("share")] if places[1:] and not draft.share else []
    pairs = [(sentence.tokens[one], sentence.tokens[other]) for one, other in pairwise(places) if other == one + 1]
    return (*shares, *(one.said for one, other in pairs if not sentence.text[one.end : other.start].isspace()))


def _averages(sentence: Sentence, draft: Draft, found: Measured, scope: Scope) -> tuple[str, ...]:
    """平均回款多少: of what? The whole sum is no answer."""
    said = tuple(one.said for one in sentence.tokens if one.cue("average"))
    split = draft.by or draft.grain or (scope.last is not None and (scope.last.by or scope.last.grain))
    if not said or split or draft.kind != "value" or not found.names:
        return ()
    return said if all(_adds_up(scope.registry.metrics[name]) for name in found.names) else ()


def _adds_up(metric: Metric) -> bool:
    return not (metric.ratio or metric.parts) and metric.aggregate.lower().lstrip("-").startswith(("count", "sum"))

"""Which metrics are asked for: named, hinted at, or a thing's count. Rules over the pieces of a sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.metrics.registry import Registry
from knowledge.questions.beside import as_rate, settle_beside, with_money
from knowledge.questions.cues import narrowed
from knowledge.questions.lexicon import Lexicon
from knowledge.questions.measured import BOUNDS, Measured, is_amount, is_counted, metrics_of
from knowledge.questions.sentence import Sentence
from knowledge.questions.tokens import Token

_GROUPING = ("split", "share", "rank", "by", "ask", "each", "first_n", "top", "which")
_HOW_LARGE = ("多大", "多少钱", "how big", "how large")


def measure(sentence: Sentence, registry: Registry, lexicon: Lexicon) -> Measured:
    """Metrics of a sentence. Things that are named beside a metric (商机的赢单率) are not counted."""
    found = Measured()
    places = [place for place, one in enumerate(sentence.tokens) if one.has("metric")]
    for place in _without_things(sentence, places):
        token = sentence.tokens[place]
        several = tuple(one.name for one in token.of("metric"))
        sentence.spent.add(place)
        if len(several) == 1:
            found.places.append(place)
            found.names.append(_narrowed(sentence, token, several[0], registry, lexicon))
        else:
            found.open[place] = several
    _drop_counted(sentence, found, registry)
    with_money(sentence, found, registry)
    as_rate(sentence, found, registry, lexicon)
    settle_beside(sentence, found)
    found.doubts = [
        sentence.tokens[place].said
        for place in places
        if place not in found.open and is_amount(sentence.tokens[place]) and place - 1 in found.places
    ]
    if not found.all or all(sentence.tokens[place].has("rows") for place in found.places):
        _hinted(sentence, found, registry, lexicon)
    if not found.all:
        _from_dimension(sentence, found, lexicon)
    _averaged(sentence, found, registry)
    found.doubts += [sentence.tokens[place].said for place in found.open if place - 1 in found.places]  # 回款周期
    return found


def _from_dimension(sentence: Sentence, found: Measured, lexicon: Lexicon) -> None:
    """丢单原因分布, 客户行业占比: the dimension's own name begins with what is counted."""
    for place, token in enumerate(sentence.tokens):
        if token.has("dimension") and sentence.has(*_GROUPING):
            for end in range(len(token.said) - 2, 1, -1):
                names = metrics_of(token.said[:end], lexicon)
                if len(names) == 1:
                    found.places.append(place)
                    found.names.append(names[0])
                    return


def _averaged(sentence: Sentence, found: Measured, registry: Registry) -> None:
    """合同平均多大: the average of the thing that is counted, where there is one."""
    if not sentence.has("average") or not any(one.cue("ask") and one.said in _HOW_LARGE for one in sentence.tokens):
        return
    for at, name in enumerate(found.names):
        table = registry.metrics[name].table
        averages = [
            other
            for other, one in registry.metrics.items()
            if one.table == table and one.unit == "yuan" and one.title.zh.startswith("平均")
        ]
        if registry.metrics[name].unit == "count" and len(averages) == 1:
            found.names[at] = averages[0]


def _drop_counted(sentence: Sentence, found: Measured, registry: Registry) -> None:
    """录音里说话占比: of two figures of one table, not joined by 和, the count only says of what."""
    if sentence.has("what_if"):
        return
    tables = {registry.metrics[name].table for name in found.names if registry.metrics[name].unit != "count"}
    for place, name in list(zip(found.places, found.names, strict=True)):
        one = registry.metrics[name]
        said_apart = _in_list(sentence, place, found.places) or sentence.behind(place, *BOUNDS)
        if one.unit == "count" and one.table in tables and not said_apart:
            at = found.places.index(place)
            del found.places[at], found.names[at]


def _without_things(sentence: Sentence, places: Sequence[int]) -> list[int]:
    if sentence.has("what_if") and sentence.has("raise", "cut", "double", "halve"):
        return list(places)
    others = [place for place in places if not _is_thing(sentence.tokens[place])]
    if not others:
        return _counted(sentence, places)
    listed = {place for place in places if _in_list(sentence, place, places) or is_counted(sentence, place)}
    return [place for place in places if place in others or place in listed]


def _is_thing(token: Token) -> bool:
    """线索 is a thing and its count; 线索量 only the count; 金额 may be many figures."""
    return token.has("rows") or token.has("dimension") or is_amount(token)


def _counted(sentence: Sentence, places: Sequence[int]) -> list[int]:
    """Of several things the one that is asked for: what is grouped by is not."""
    free = [place for place in places if not _groups(sentence, place)]
    chosen = free or list(places)
    if len(chosen) < 2:
        return chosen
    listed = [place for place in chosen if _in_list(sentence, place, chosen)]
    return listed or [next((place for place in chosen if not sentence.tokens[place].has("dimension")), chosen[-1])]


def _groups(sentence: Sentence, place: int) -> bool:
    return sentence.tokens[place].has("dimension") and sentence.before(place, "each", "by", "which", "which_many")


def _counts_things(sentence: Sentence) -> bool:
    return any(one.has("rows") and is_counted(sentence, place) for place, one in enumerate(sentence.tokens))


def _in_list(sentence: Sentence, place: int, places: Sequence[int]) -> bool:
    """Joined with another metric: 线索和商机."""
    before = sentence.before(place, "and") and place - 2 in places
    behind = sentence.behind(place, "and") and place + 2 in places
    return before or behind


def _narrowed(sentence: Sentence, token: Token, name: str, registry: Registry, lexicon: Lexicon) -> str:
    """手上的商机 are those in progress, not those created."""
    if not token.has("rows"):
        return name
    for of, beside, means in narrowed():
        if token.has("metric") and name in metrics_of(of, lexicon) and _is_beside(sentence, beside):
            meant = metrics_of(means, lexicon)
            if len(meant) == 1 and meant[0] in registry.metrics:
                return meant[0]
    return name


def _is_beside(sentence: Sentence, name: str) -> bool:
    by = any(one.cue("by", "each") for one in sentence.tokens)
    return sentence.has(name) or (not by and any(one.has("value", name) for one in sentence.tokens))


def _hinted(sentence: Sentence, found: Measured, registry: Registry, lexicon: Lexicon) -> None:
    """输给 names no metric, but which one is meant is clear; 报价比竞品高 is not the count of quotes."""
    tables = {registry.metrics[name].table for name in found.all}
    for place, token in enumerate(sentence.tokens):
        names = [one.name for one in token.meanings if one.kind == "hint"]
        meant = [metric for name in names for metric in metrics_of(name, lexicon)]
        if meant and registry.metrics[meant[0]].unit != "count" and _counts_things(sentence):
            continue  # 几个单子没跟: how many, not how long
        if len(meant) == 1 and place not in sentence.spent and tables <= {registry.metrics[meant[0]].table}:
            sentence.spent.add(place)
            found.places[:], found.names[:] = [place], [meant[0]]
            found.open.clear()
            return

"""What a word beside a count makes of it: its money (赢了几单，多少钱), its rate (成单比例). Rules. Pure."""

from __future__ import annotations

from knowledge.metrics.registry import Registry
from knowledge.questions.lexicon import Lexicon
from knowledge.questions.measured import BOUNDS, HOW_MANY, Measured, is_amount, is_counted, metrics_of
from knowledge.questions.reading import folded
from knowledge.questions.sentence import Sentence
from knowledge.questions.tokens import Token

_ORDERING = ("top", "bottom", "first_n", "last_n", "rank", "rank.up", "list", "which_many", "which", "share", "what_if")


def with_money(sentence: Sentence, found: Measured, registry: Registry) -> None:
    """赢了几单，多少钱: the money of what is counted, where rows have one; the count stays where it is asked for."""
    if len(found.names) != 1 or sentence.has(*BOUNDS, *_ORDERING) or registry.metrics[found.names[0]].unit != "count":
        return
    place = next((at for at, one in enumerate(sentence.tokens) if _is_money(one)), None)
    money = _money_of(registry, found.names[0])
    if place is None or not money:
        return
    counted = found.places[0]
    found.open.pop(place, None)
    sentence.spent.add(place)
    if not _asks_count(sentence, counted, place):
        found.places.clear()
        found.names.clear()
    found.places.append(place)
    found.names.append(money)


def _is_money(token: Token) -> bool:
    return (is_amount(token) or (token.has("metric") and token.said == "钱")) or (
        token.cue("ask") and token.said.endswith(("多少钱", "how much money"))
    )


def _asks_count(sentence: Sentence, place: int, money: int) -> bool:
    said = sentence.tokens[place].said
    return (
        any(word in said for word in HOW_MANY)
        or sentence.before(money, "and")
        or (money != place + 1 and is_counted(sentence, place))
    )


def _money_of(registry: Registry, name: str) -> str:
    """The one sum of money of the same rows; "" where there is none."""
    count = registry.metrics[name]
    of = (count.table, count.time, count.where)
    sums = [
        other
        for other, one in registry.metrics.items()
        if one.unit == "yuan" and (one.table, one.time, one.where) == of and str(one.aggregate).startswith("sum(")
    ]
    return sums[0] if len(sums) == 1 else ""


def as_rate(sentence: Sentence, found: Measured, registry: Registry, lexicon: Lexicon) -> None:
    """成单的比例: where rows of a kind have a rate of their own it is meant, unless what is named can't split it."""
    if not sentence.has("ratio") or len(found.names) != 1:
        return
    title = registry.metrics[found.names[0]].title
    words = [folded(one + end) for one in (title.zh, *title.synonyms) for end in ("率", "占比")]
    named = (name for word in words for name in metrics_of(word, lexicon))
    rates = list(dict.fromkeys(name for name in named if registry.metrics[name].unit == "rate"))
    values = [one for at, one in enumerate(sentence.tokens) if at not in found.places and one.has("value")]
    if len(rates) == 1 and all(_splits(registry, rates[0], one) for one in values):
        found.names[:] = rates
        sentence.take("ratio")


def _splits(registry: Registry, metric: str, token: Token) -> bool:
    named = [one.name for one in token.of("value")]
    return any(registry.can_break(metric, name) and not registry.dimensions[name].outcome for name in named)


def settle_beside(sentence: Sentence, found: Measured) -> None:
    """线索到商机的转化: of what the second word may mean it is what the first one named."""
    for place, several in list(found.open.items()):
        beside = [name for at, name in zip(found.places, found.names, strict=True) if abs(at - place) == 1]
        if any(name in several for name in beside):
            del found.open[place]
            sentence.spent.add(place)

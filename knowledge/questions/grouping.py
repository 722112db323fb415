"""By what figures are split, and whose share is wanted: 各渠道, 按产品, 谁, A和B对比, 占比. Pure."""

from __future__ import annotations

from knowledge.questions.filters import Fits, chosen
from knowledge.questions.sentence import Draft, Sentence

_ASKING = ("each", "by", "which", "which_many", "who")
_RANKING = (
    "rank",
    "rank.up",
    "top",
    "bottom",
    "fast",
    "slow",
    "best",
    "worst",
    "first_n",
    "last_n",
    "often",
    "top_word",
)
_MERELY = frozenset({"rep", "customer", "competitor"})  # nouns that stand in sentences without splitting anything


def read_groups(sentence: Sentence, draft: Draft, fits: Fits, *, bounded: bool) -> None:
    """Dimensions of the breakdown, in the order said."""
    for place in sentence.open("dimension"):
        token = sentence.tokens[place]
        names = [one.name for one in token.of("dimension") if not fits or one.name in fits]
        if not names and len(token.of("dimension")) == 1:  # whoever answers says why it can't be split so
            names = [token.of("dimension")[0].name]
        if names and place and _counts_values(sentence, place, names[0]):
            sentence.spent |= {place, place - 1}
        elif sentence.before(place, "drop"):
            sentence.spent.add(place)
        elif names and _splits(sentence, place, names[0], bounded):
            sentence.spent.add(place)
            draft.by.append(names[0])
    if sentence.take("everyone") or ((bounded or sentence.has(*_RANKING)) and sentence.take("person")):
        draft.by.append("rep")
    sentence.take("split")
    if draft.by:
        sentence.take("list", "which_many", "each")


def _counts_values(sentence: Sentence, place: int, name: str) -> bool:
    """华东、华南两个大区: as many as were named."""
    values = sum(one.has("value", name) for one in sentence.tokens)
    numbers = [one.number for one in sentence.tokens[place - 1].of("number") if one.number]
    return values > 1 and any(one.value == values for one in numbers)


def _splits(sentence: Sentence, place: int, name: str, bounded: bool) -> bool:
    if _asked(sentence, place):
        return True
    if any(_names_value(sentence, place, other, name) for other in (place - 1, place + 1)):
        return False
    if _before_and(sentence, place):
        return True
    return bounded or sentence.has(*_RANKING, "split") or name not in _MERELY


def _asked(sentence: Sentence, place: int) -> bool:
    """A word before it that asks for each, or one behind: 渠道分布."""
    return sentence.before(place, *_ASKING) or sentence.behind(place, "split")


def _before_and(sentence: Sentence, place: int) -> bool:
    """各渠道和产品: the second of a list."""
    return place > 1 and sentence.before(place, "and") and sentence.tokens[place - 2].has("dimension")


def _names_value(sentence: Sentence, place: int, other: int, name: str) -> bool:
    """抖音渠道: the word says what the value is."""
    return 0 <= other < len(sentence.tokens) and sentence.tokens[other].has("value", name)


def read_share(sentence: Sentence, draft: Draft, fits: Fits, is_rate: bool) -> bool:
    """Each group's part of the whole; the part of a named value, which then filters nothing. False: of what?"""
    places = list(sentence.cues("share", "ratio"))
    if not places:
        return True
    if draft.by:
        sentence.take("share", "ratio")
        draft.share = True
        return True
    values = [place for place in sentence.open("value") if chosen(sentence, place, fits)]
    if values or is_rate:
        sentence.take("share", "ratio", "each")
    if not values:
        return is_rate
    last = max((place for place in values if place < places[0]), default=values[0])
    dimension = chosen(sentence, last, fits)[0].name
    for place in values:
        if chosen(sentence, place, fits)[0].name == dimension:
            sentence.spent.add(place)
    draft.by.append(dimension)
    draft.share = True
    return True


def read_comparison(sentence: Sentence, draft: Draft, fits: Fits) -> None:
    """A和B对比, 谁更高, 各多少: several values of one dimension, by it; 谁 alone is every rep."""
    _by_values(sentence, draft)
    if sentence.take("who") and not compares(draft) and (not fits or "rep" in fits) and "rep" not in draft.by:
        draft.by.append("rep")


def _by_values(sentence: Sentence, draft: Draft) -> None:
    several = [one for one in draft.where if one.operator == "in" and len(one.values) > 1]
    if len(several) != 1 or sentence.has("drop"):
        return
    dimension = several[0].dimension
    asked = sentence.has("compare", "each", "who", "which", "split", *_RANKING)
    if asked and dimension not in draft.by and not draft.share:
        draft.by.append(dimension)
        sentence.take("compare", "each", "which")


def compares(draft: Draft) -> bool:
    """Whether the groups are the named values themselves."""
    return any(len(one.values) > 1 and one.operator == "in" and one.dimension in draft.by for one in draft.where)

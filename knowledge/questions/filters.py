"""Values that rows must have or must not have: 华东除上海, 不含抖音, 我的, 我们组. Pure."""

from __future__ import annotations

from bot.contracts.person import Role
from knowledge.questions.outcome import Fault, Scope
from knowledge.questions.sentence import Draft, Sentence
from knowledge.questions.tokens import Meaning

Fits = set[str]
"""Dimensions by which what is asked can be filtered."""


def read_either(sentence: Sentence) -> Fault | None:
    """华东或华南: of one dimension, as with 和. Between two dimensions a plan has no "or"."""
    for place in list(sentence.cues("or")):
        before = next((one for one in reversed(sentence.tokens[:place]) if one.has("value")), None)
        behind = next((one for one in sentence.tokens[place + 1 :] if one.has("value")), None)
        if before is None or behind is None:
            continue
        if {one.name for one in before.of("value")}.isdisjoint(one.name for one in behind.of("value")):
            return Fault("either", {"said": sentence.tokens[place].said})
        sentence.spent.add(place)
    return None


def read_exclusions(sentence: Sentence, draft: Draft, fits: Fits) -> None:
    """除了X, X以外, excluding X: a list of values behind the one word or before the other."""
    for place in list(sentence.cues("exclude", "without")):
        values = _run(sentence, place + 1, 1)
        if values:
            sentence.spent |= {place, *values}
            _leave_out(sentence, draft, values, fits)
    for place in list(sentence.cues("exclude_behind")):
        if values := _run(sentence, place - 1, -1):
            _leave_out(sentence, draft, values, fits)
        sentence.spent |= {place, *values}


def _leave_out(sentence: Sentence, draft: Draft, places: list[int], fits: Fits) -> None:
    for place in sorted(places):
        for meaning in chosen(sentence, place, fits):
            draft.filtered(meaning.name, meaning.value, out=True)


def _run(sentence: Sentence, place: int, step: int) -> list[int]:
    """Neighbouring unused values, joined by 和 or commas, of one dimension."""
    found: list[int] = []
    dimension = ""
    while 0 <= place < len(sentence.tokens):
        token = sentence.tokens[place]
        if token.has("value") and place not in sentence.spent:
            names = {one.name for one in token.of("value")}
            if dimension and dimension not in names:
                break
            dimension = dimension if dimension in names else token.of("value")[0].name
            found.append(place)
        elif not token.cue("and", "or", "exclude", "without") or not found:
            break
        place += step
    return found


def read_people(sentence: Sentence, draft: Draft, scope: Scope, fits: Fits) -> None:
    """我, 我们组, 我们大区: the asker's own."""
    asker = scope.asker
    if sentence.cue("my_team") is not None and any(_joined(sentence, place) for place in sentence.cues("me")):
        return  # 我和我们组: one can't be set against the other
    if sentence.take("my_team") and asker.team:
        draft.filtered("team", asker.team)
    if sentence.take("my_region"):
        for region in asker.regions:
            draft.filtered("region", region)
    if sentence.take("me") and ("rep" in fits or asker.role in (Role.REP, Role.MANAGER)):
        draft.filtered("rep", asker.id)


def _joined(sentence: Sentence, place: int) -> bool:
    return sentence.before(place, "and", "compare") or sentence.behind(place, "and", "compare")


def read_values(sentence: Sentence, draft: Draft, fits: Fits) -> None:
    """All other values; several of one dimension are alternatives."""
    for place in sentence.open("value"):
        if _is_noun(sentence, place):
            sentence.spent.add(place)
            continue
        meanings = chosen(sentence, place, fits)
        if meanings:
            sentence.spent.add(place)
            for one in meanings:
                draft.filtered(one.name, one.value)


def _is_noun(sentence: Sentence, place: int) -> bool:
    """恒力达以外的竞品: where a value of the dimension is named, the word is its name and not another's value."""
    names = {one.name for one in sentence.tokens[place].of("dimension")}
    others = (one for at, one in enumerate(sentence.tokens) if at != place)
    return any(one.has("value", name) for one in others for name in names)


def chosen(sentence: Sentence, place: int, fits: Fits) -> tuple[Meaning, ...]:
    """What a value's words mean: of a dimension that fits, and of several the one that the next word names."""
    token = sentence.tokens[place]
    meanings = [one for one in token.of("value") if not fits or one.name in fits]
    if not meanings and len({one.name for one in token.of("value")}) == 1:
        meanings = list(token.of("value"))  # whoever answers says why it can't be filtered so
    if not meanings:
        return ()
    beside = [sentence.tokens[other] for other in (place + 1, place - 1) if 0 <= other < len(sentence.tokens)]
    named = [one for one in meanings if any(other.has("dimension", one.name) for other in beside)]
    dimension = (named or meanings)[0].name
    return tuple(one for one in meanings if one.name == dimension)

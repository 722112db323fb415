"""On whose side the speakers of a recording stand: by how they introduce themselves and each other. Never guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.contracts.listening import Side, Utterance

OTHER = {Side.OURS: Side.THEIRS, Side.THEIRS: Side.OURS}


@dataclass(frozen=True, slots=True)
class Known:
    """Names by which sides are told."""

    ours: Collection[str]  # our people, and our company
    theirs: Collection[str]  # the customer


def speakers_of(utterances: Sequence[Utterance]) -> list[str]:
    """The speakers that are told apart, in the order in which they begin."""
    return list(dict.fromkeys(said.speaker for said in utterances if said.speaker))


def sides_of(utterances: Sequence[Utterance], known: Known) -> Mapping[str, Side]:
    """By speaker. Of two speakers of whom one is known, the other is the other side; everything else stays unknown."""
    speakers = speakers_of(utterances)
    found = {speaker: _side([one.text for one in utterances if one.speaker == speaker], known) for speaker in speakers}
    return _completed(found)


def given(utterances: Sequence[Utterance], ours: str) -> Mapping[str, Side]:
    """By speaker, when somebody said who is ours: all others are theirs."""
    return {speaker: Side.OURS if speaker == ours else Side.THEIRS for speaker in speakers_of(utterances)}


def with_sides(utterances: Sequence[Utterance], sides: Mapping[str, Side]) -> tuple[Utterance, ...]:
    """The same utterances, each with its speaker's side."""
    return tuple(replace(one, side=sides.get(one.speaker, Side.UNKNOWN)) for one in utterances)


def is_internal(sides: Mapping[str, Side]) -> bool:
    """Whether several speak, and every one of them is ours."""
    return len(sides) > 1 and set(sides.values()) == {Side.OURS}


def _completed(found: dict[str, Side]) -> dict[str, Side]:
    if len(found) != 2 or Side.UNKNOWN not in found.values():
        return found
    [known] = set(found.values()) - {Side.UNKNOWN} or {Side.UNKNOWN}
    return {speaker: OTHER.get(known, side) if side is Side.UNKNOWN else side for speaker, side in found.items()}


def _side(texts: Sequence[str], known: Known) -> Side:
    ours, theirs = (any(introduces(text, names) for text in texts) for names in (known.ours, known.theirs))
    if ours == theirs:
        return Side.UNKNOWN
    return Side.OURS if ours else Side.THEIRS


def introduces(text: str, names: Collection[str]) -> bool:
    """Whether somebody says that they are one of these: 我是…, 这里是…, this is … ."""
    wanted = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1)
    if not wanted:
        return False
    zh = rf"(?:我是|我叫|这里是|我们是|我这边是|咱们?是)[^，,。！？!?]{{0,8}}?(?:{wanted})"
    en = rf"\b(?:this is|i'm|i am|my name is|we're|we are)\s+(?:\w+\s+){{0,4}}?(?:{wanted})(?!\w)"
    return bool(re.search(zh, text) or re.search(en, text, re.IGNORECASE))

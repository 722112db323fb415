"""On whose side the speakers of a recording stand: by their telephone line, or how they introduce themselves.

Never guessed: where line and words contradict each other, or where neither says anything, the side is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.contracts.listening import Side, Utterance
from knowledge.retrieval.folding import fold
from knowledge.signals.sounds import find_run, syllables

_BEGINS = "(?:我是|我叫|这里是|我们是|我这边是|咱们?是)"
_INTRODUCTION = re.compile(rf"{_BEGINS}([^，,。！？!?]{{2,20}})")
_NEAR = 8  # characters between 我是 and the name: 我是苏州锐泽的小张
OTHER = {Side.OURS: Side.THEIRS, Side.THEIRS: Side.OURS}


@dataclass(frozen=True, slots=True)
class Known:
    """Names by which sides are told."""

    ours: Collection[str]  # our people, and our company
    theirs: Collection[str]  # the customer
    heard: Collection[str] = ()  # of ours: whose recording it is, and our company; known by their sound too
    lines: Mapping[str, Side] = field(default_factory=dict)  # by speaker: whose telephone line they are on


def speakers_of(utterances: Sequence[Utterance]) -> list[str]:
    """The speakers that are told apart, in the order in which they begin."""
    return list(dict.fromkeys(said.speaker for said in utterances if said.speaker))


def sides_of(utterances: Sequence[Utterance], known: Known) -> Mapping[str, Side]:
    """By speaker. Of two speakers of whom one is known, the other is the other side; everything else stays unknown."""
    said: dict[str, list[str]] = {speaker: [] for speaker in speakers_of(utterances)}
    for one in utterances:
        if one.speaker:
            said[one.speaker].append(one.text)
    found = _completed({speaker: _side(texts, known) for speaker, texts in said.items()})
    if not known.lines:
        return found
    lines = {speaker: known.lines.get(speaker, Side.UNKNOWN) for speaker in said}
    contradicted = any(OTHER.get(lines[speaker]) is side for speaker, side in found.items())
    return dict.fromkeys(said, Side.UNKNOWN) if contradicted else lines


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
    if not ours and not theirs:
        ours, theirs = (any(sounds_like(text, names) for text in texts) for names in (known.heard, known.theirs))
    if ours == theirs:
        return Side.UNKNOWN
    return Side.OURS if ours else Side.THEIRS


def introduces(text: str, names: Collection[str]) -> bool:
    """Whether somebody says that they are one of these: 我是…, 这里是…, this is … ."""
    wanted = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1)
    if not wanted:
        return False
    zh = rf"{_BEGINS}[^，,。！？!?]{{0,8}}?(?:{wanted})"
    en = rf"\b(?:this is|i'm|i am|my name is|we're|we are)\s+(?:\w+\s+){{0,4}}?(?:{wanted})(?!\w)"
    return bool(re.search(zh, text) or re.search(en, text, re.IGNORECASE))


def sounds_like(text: str, names: Collection[str]) -> bool:
    """The same for a name that a transcriber wrote otherwise (我是张民 for 张敏): by its sound, without tones."""
    phrases = [syllables(fold(name)) for name in names if len(name) > 1]
    heard = [syllables(fold(hit[1])) for hit in _INTRODUCTION.finditer(text)]
    return any(0 <= find_run(part, phrase) <= _NEAR for part in heard for phrase in phrases)

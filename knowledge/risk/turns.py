"""Who speaks how long: turns and talking time, of recordings and of written messages alike. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.contracts.listening import Dialogue, Side, Utterance
from knowledge.risk.constants import CHARACTERS_A_MINUTE, MONOLOGUE_GAP_MINUTES, WORDS_A_MINUTE

_CHARACTER = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.,%-]*")
_MARK = re.compile(r"[?？]")
# Speech recognition often leaves the question mark out.
_CHINESE_END = re.compile(r"(?:吗|么|呢|对吧|好吧|行不行|是不是|可不可以|怎么样|多少|哪家|哪里|什么时候)[\s。.!！~]*$")
_ENGLISH_BEGINNING = re.compile(
    r"^\W*(?:(?:and|so|but|ok(?:ay)?|well)\W+)?(?:who|what|when|where|why|how|which|is|are|do|does|did|can|could|would"
    r"|will|shall|should|may|have|has)\s+(?:\w+\s+)?(?:you|your|we|i|it|they|the|that|this|there|much|many|long)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Utterances of one side without the other between them."""

    side: Side
    utterances: tuple[Utterance, ...]

    @property
    def minutes(self) -> float:
        """Talking time."""
        return sum(minutes(utterance) for utterance in self.utterances)

    @property
    def asks(self) -> bool:
        """Whether anything in it is a question."""
        return any(is_question(utterance.text) for utterance in self.utterances)


def turns(dialogue: Dialogue) -> list[Turn]:
    """The dialogue as turns. Of a side that isn't known each utterance is its own: it may be two people."""
    found: list[list[Utterance]] = []
    for utterance in dialogue.utterances:
        if found and _goes_on(found[-1][-1], utterance):
            found[-1].append(utterance)
        else:
            found.append([utterance])
    return [Turn(run[0].side, tuple(run)) for run in found]


def changes(dialogue: Dialogue, before: Side, after: Side) -> Iterator[tuple[Utterance, Utterance]]:
    """Each change from one side's last utterance to the other side's first."""
    for first, second in pairwise(dialogue.utterances):
        if (first.side, second.side) == (before, after):
            yield first, second


def minutes(utterance: Utterance) -> float:
    """How long it took to say; of written text, how long it would take."""
    if utterance.start is not None and utterance.end is not None:
        return max(utterance.end - utterance.start, 0.0) / 60
    characters, words = len(_CHARACTER.findall(utterance.text)), len(_WORD.findall(utterance.text))
    return characters / CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE


def is_question(text: str) -> bool:
    """Whether something is asked, also where the transcript has no question mark."""
    return bool(_MARK.search(text) or _CHINESE_END.search(text[-40:]) or _ENGLISH_BEGINNING.search(text[:120]))


def _goes_on(before: Utterance, utterance: Utterance) -> bool:
    if utterance.side is not before.side or utterance.side is Side.UNKNOWN:
        return False
    if before.at is None or utterance.at is None:
        return True
    return (utterance.at - before.at).total_seconds() <= MONOLOGUE_GAP_MINUTES * 60

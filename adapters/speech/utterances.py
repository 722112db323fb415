"""From words to things that somebody said. Pure, but for the folding to simplified characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Literal, Protocol

from bot.contracts.listening import Utterance, Word

PAUSE = 0.7  # seconds of silence that end an utterance
LONGEST = 20.0  # seconds after which the next comma ends it
ENDS = ("。", "？", "！", "?", "!", ".", "…")
COMMAS = ("，", ",", "、", "；", ";", "：", ":")


_OWN = re.compile(r"\d+(?P<ear>[ab])-")  # how ids begin where each channel is a person


class _Folder(Protocol):
    def convert(self, text: str) -> str: ...


def utterances(words: Sequence[Word], prefix: str, language: str, speaker: str = "") -> list[Utterance]:
    """Words in order, cut where somebody pauses or a sentence ends; ids begin with `prefix`."""
    groups = _groups(words)
    return [_utterance(f"{prefix}-{number}", group, language, speaker) for number, group in enumerate(groups)]


def line_of(utterance_id: str) -> Literal["", "left", "right"]:
    """The channel on which this was said; "" in a recording whose channels are no persons."""
    found = _OWN.match(utterance_id)
    return "" if found is None else "left" if found["ear"] == "a" else "right"


def _groups(words: Sequence[Word]) -> list[list[Word]]:
    groups = [[words[0]]] if words else []
    for word, following in pairwise(words):
        if _ends(groups[-1][0].start, word, following):
            groups.append([])
        groups[-1].append(following)
    return groups


def _ends(begun: float, word: Word, following: Word) -> bool:
    text = word.text.rstrip()
    long = word.end - begun > LONGEST and (text.endswith(COMMAS) or word.end - begun > 2 * LONGEST)
    return long or text.endswith(ENDS) or following.start - word.end >= PAUSE


def _utterance(name: str, words: Sequence[Word], language: str, speaker: str) -> Utterance:
    folded = fold(words) if language == "zh" else list(words)
    text = "".join(word.text for word in folded).strip()
    return Utterance(name, text, speaker=speaker, start=words[0].start, end=words[-1].end, words=tuple(folded))


def fold(words: Sequence[Word]) -> list[Word]:
    """The words in simplified characters, folded together where that keeps their lengths: 乾 alone is ambiguous."""
    texts = [word.text for word in words]
    whole = _simplify("".join(texts))
    if len(whole) != sum(map(len, texts)):
        return [replace(word, text=_simplify(word.text)) for word in words]
    folded, at = [], 0
    for word in words:
        folded.append(replace(word, text=whole[at : at + len(word.text)]))
        at += len(word.text)
    return folded


def _simplify(text: str) -> str:
    return _folder().convert(text)


@cache
def _folder() -> _Folder:
    import opencc

    folder: _Folder = opencc.OpenCC("t2s")
    return folder


def divide(utterance: Utterance, speakers: Sequence[str]) -> list[Utterance]:
    """One utterance for each run of words by one speaker (`speakers` has one for each word)."""
    runs = list(_runs(speakers))
    if len(runs) <= 1:
        return [replace(utterance, speaker=speakers[0] if speakers else "")]
    return [
        _piece(utterance, f"{utterance.id}-{number}", utterance.words[begin:end], speakers[begin])
        for number, (begin, end) in enumerate(runs)
    ]


def _runs(speakers: Sequence[str]) -> Iterable[tuple[int, int]]:
    edges = [0, *(n for n in range(1, len(speakers)) if speakers[n] != speakers[n - 1]), len(speakers)]
    return pairwise(edges) if speakers else ()


def _piece(utterance: Utterance, name: str, words: tuple[Word, ...], speaker: str) -> Utterance:
    text = "".join(word.text for word in words).strip()
    return replace(utterance, id=name, text=text, speaker=speaker, start=words[0].start, end=words[-1].end, words=words)

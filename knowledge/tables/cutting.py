"""Cuts a question into pieces: the fewest words that a vocabulary knows. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import pairwise

from knowledge.tables.lexicon import lexicon
from knowledge.tables.naming import HAN
from knowledge.tables.tokens import Cues, Piece
from knowledge.tables.verbs import verbs

_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z'’]*|\d+|\S")
_LONGEST = 12
# 员工人数 and 女演员 are two words, unless the schema has it as one
_COUNTS = ("人数", "数量", "数目", "个数", "次数", "总数", "数")
_KNOWN, _WORD, _UNKNOWN = 1.0, 1.25, 2.1  # prices of a known word, a word of the dictionary, a lonely character


def normal(text: str) -> str:
    """Full-width letters and figures as usual ones, one kind of quotation marks, single spaces."""
    folded = unicodedata.normalize("NFKC", text)
    for marks in ("“”", "「」", "『』", "《》", "‘’"):
        folded = folded.replace(marks[0], '"').replace(marks[1], '"')
    return re.sub(r"\s+", " ", folded).strip()


def language(text: str) -> str:
    """`zh` or `en`, by what most of it is: an English question may hold a Chinese value."""
    han, latin = len(HAN.findall(text)), len(re.findall(r"[A-Za-z]+", text))
    return "zh" if han > latin else "en"


def cut(text: str, offset: int, cues: Cues, vocabulary: Collection[str]) -> list[Piece]:
    """Pieces of a stretch of text, with the cues that they are. English cues may be several words."""
    runs = [(match.group(), offset + match.start()) for match in _RUN.finditer(text)]
    found: list[Piece] = []
    index = 0
    while index < len(runs):
        word, start = runs[index]
        if HAN.search(word):
            found.extend(_chinese(word, start, cues, vocabulary))
            index += 1
        else:
            piece, used = _phrase(runs, index, cues)
            found.append(piece)
            index += used
    return found


def _phrase(runs: list[tuple[str, int]], index: int, cues: Cues) -> tuple[Piece, int]:
    """The longest phrase of cues that begins here, or the word."""
    for length in range(min(cues.longest, len(runs) - index), 0, -1):
        words = [word.lower().replace("’", "'") for word, _ in runs[index : index + length]]
        cue = cues.words.get(" ".join(words))
        if cue is not None:
            return Piece(" ".join(words), runs[index][1], *cue), length
    return Piece(runs[index][0], runs[index][1]), 1


def _chinese(run: str, start: int, cues: Cues, vocabulary: Collection[str]) -> Iterator[Piece]:
    """The cheapest way to cut a run of characters."""
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * len(run)
    for end in range(1, len(run) + 1):
        for begin in range(max(0, end - _LONGEST), end):
            word = run[begin:end]
            price = best[begin][0] + _price(word, cues, vocabulary)
            if price < best[end][0]:
                best[end] = (price, begin)
    ends = [len(run)]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    ends.reverse()
    places = _verbs_whole(run, list(pairwise(ends)), cues)
    for begin, end in places:
        word = run[begin:end]
        yield Piece(word, start + begin, *cues.words.get(word, ("", "")))


def _verbs_whole(run: str, places: list[tuple[int, int]], cues: Cues) -> list[tuple[int, int]]:
    """Lonely characters that nobody knows, but are a verb together, as one piece."""
    found: list[tuple[int, int]] = []
    for begin, end in places:
        last = found[-1] if found else (0, 0)
        pair = run[slice(*last)], run[begin:end]
        both = last[1] == begin and any(_lonely(one, cues) for one in pair) and all(_half(one, cues) for one in pair)
        if both and run[last[0] : end] in verbs():
            found[-1] = (last[0], end)
        else:
            found.append((begin, end))
    return found


def _half(word: str, cues: Cues) -> bool:
    """开 is a verb, but 开展 is another."""
    return _lonely(word, cues) or (len(word) == 1 and cues.words.get(word, ("",))[0] in ("x", "J", "i"))


def _lonely(word: str, cues: Cues) -> bool:
    return len(word) == 1 and word not in cues.words and word not in lexicon().english


def _price(word: str, cues: Cues, vocabulary: Collection[str]) -> float:
    """A little less for what the schema says itself, so that ties go to it.

    A segmenter's table of words isn't asked: it grows with what it has met, so a cut would depend on earlier questions.
    """
    if word in vocabulary:
        return _KNOWN - 0.03 * len(word)
    if word in cues.words:
        return _KNOWN - 0.02 * len(word)
    if word in lexicon().english or word in lexicon().values:
        two = len(word) > 2 and (word.endswith(_COUNTS) or word[0] in "男女")
        return _WORD * 1.7 if two else _KNOWN - 0.01 * len(word)
    if len(word) == 1:
        return _UNKNOWN
    return float("inf")

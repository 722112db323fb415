"""Typing errors: words that sound alike (线所) or differ by a letter (pipline). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from knowledge.questions.cues import spelling
from knowledge.questions.lexicon import Lexicon

_LONGEST = 8
_LATIN_ALIKE = 84.0  # of 100, rapidfuzz's ratio
_SHORTEST_LATIN = 5


def corrections(text: str, unmatched: tuple[str, ...], words: Lexicon) -> Iterator[tuple[str, str, str]]:
    """(corrected text, what was said, what it became), for each word that the unmatched ones may be."""
    seen: set[str] = set()
    for said in unmatched:
        for part, meant in _latin(said, words) if said.isascii() else _han(text, said, words):
            corrected = text.replace(part, meant, 1)
            if corrected not in seen:
                seen.add(corrected)
                yield corrected, part, meant


def _latin(said: str, words: Lexicon) -> Iterator[tuple[str, str]]:
    if len(said) < _SHORTEST_LATIN:
        return
    from rapidfuzz import fuzz, process  # imported here: only mistyped words need it

    known = [word for word in words.words if word.isascii() and abs(len(word) - len(said)) <= 2]
    for word, _, _ in process.extract(said, known, scorer=fuzz.ratio, score_cutoff=_LATIN_ALIKE, limit=3):
        yield said, word


def _han(text: str, said: str, words: Lexicon) -> Iterator[tuple[str, str]]:
    """Stretches around the unmatched characters that sound like a known word and share a character with it."""
    at = text.find(said)
    sounds = _sounds(words)
    for start in range(max(0, at - 3), at + len(said)):
        for end in range(max(start + 2, at + 1), min(len(text), start + _LONGEST, at + len(said) + 3) + 1):
            part = text[start:end]
            for word in sounds.get(_sound(part), ()):
                if word != part and len(word) == len(part) and set(word) & set(part):
                    yield part, word


@lru_cache(maxsize=4)
def _known(words: frozenset[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(words):
        sound = _sound(word)
        found[sound] = (*found.get(sound, ()), word)
    return found


def _sounds(words: Lexicon) -> dict[str, tuple[str, ...]]:
    chosen = (word for word in words.words if 2 <= len(word) <= _LONGEST and not any(c.isascii() for c in word))
    return _known(frozenset(chosen) | frozenset(spelling()))


@lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    from pypinyin import lazy_pinyin  # imported here: a quarter of a second

    return " ".join(lazy_pinyin(word))

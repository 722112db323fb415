"""Chinese by its sound: a transcriber writes 恒利达 for 恒力达, and both sound the same."""

from __future__ import annotations

import functools
import importlib.util
import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.contracts.errors import ConfigurationError
from knowledge.retrieval.folding import fold

Syllables = tuple[str, ...]
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
"""Sounds that many speakers and transcribers don't keep apart."""


def syllables(text: str) -> Syllables:
    """One for each Chinese character, tone and southern differences removed; other characters stay as they are.

    A character of several readings has its commonest everywhere: both sides of a comparison are treated alike.
    """
    table = _readings()
    return tuple(table.get(character, character) for character in text.lower())


class Sound:
    """Phrases to find by how they sound."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = tuple(syllables(fold(phrase)) for phrase in phrases)

    def find(self, heard: Syllables) -> tuple[int, int] | None:
        """(begin, end) of the first phrase heard, in characters; None when none is."""
        for phrase in self._phrases:
            at = find_run(heard, phrase)
            if at >= 0:
                return at, at + len(phrase)
        return None


def find_run(heard: Syllables, phrase: Syllables) -> int:
    """Where a run of syllables begins, or -1."""
    size = len(phrase)
    if not size:
        return -1
    first = phrase[0]
    for at in range(len(heard) - size + 1):
        if heard[at] == first and heard[at : at + size] == phrase:
            return at
    return -1


@functools.cache
def _readings() -> dict[str, str]:
    return {chr(int(code)): plain(readings.split(",")[0]) for code, readings in _table().items()}


def _table() -> Mapping[str, str]:
    # Only pypinyin's table of characters, as a file: importing the package reads its 47,000 phrases too (0.6 s).
    found = importlib.util.find_spec("pypinyin")
    file = Path((found and found.origin) or "pypinyin").with_name("pinyin_dict.json")
    if not file.is_file():
        raise ConfigurationError("The package pypinyin is missing: install the requirements again (make install).")
    table: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return table


@functools.lru_cache(4096)
def plain(reading: str) -> str:
    """A reading, or a word spelled in pinyin, without its tones and southern differences."""
    letters = "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
    for heard, merged in _MERGED:
        letters = letters.replace(heard, merged)
    return letters

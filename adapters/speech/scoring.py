"""How wrong a transcript is: character error rate for Chinese, word error rate for English. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import regex

DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_CHINESE_UNIT = regex.compile(r"\p{Han}|[\p{L}\p{N}]")
_ENGLISH_UNIT = regex.compile(r"[\p{L}\p{N}]+(?:'[\p{L}]+)*")


@dataclass(frozen=True, slots=True)
class Score:
    """Errors (wrong, missing and superfluous units) against the units of the true transcript."""

    measure: str  # CER | WER
    errors: int
    units: int

    @property
    def rate(self) -> float:
        """0 is perfect; above 1 when more was made up than said."""
        return self.errors / self.units if self.units else float(bool(self.errors))


def score(truth: str, heard: str, language: str) -> Score:
    """Punctuation, case, width and traditional characters don't count; digits may be written either way."""
    wanted, found = (units(text, language) for text in (truth, heard))
    return Score("CER" if language == "zh" else "WER", distance(wanted, found), len(wanted))


def units(text: str, language: str) -> list[str]:
    """What is compared: characters of Chinese, words of English."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if language == "zh":
        return _CHINESE_UNIT.findall(_simplified(plain).translate(DIGITS))
    return [NUMBERS.get(word, word) for word in _ENGLISH_UNIT.findall(plain)]


def _simplified(text: str) -> str:
    import opencc

    folded: str = opencc.OpenCC("t2s").convert(text)
    return folded


def distance(left: Sequence[str], right: Sequence[str]) -> int:
    """Fewest changes of one unit that turn one into the other (Levenshtein)."""
    above = list(range(len(right) + 1))
    for row, unit in enumerate(left, 1):
        line = [row]
        for column, other in enumerate(right, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (unit != other)))
        above = line
    return above[-1]

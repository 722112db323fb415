"""Small numbers as people say them: 2, 两, 十二, three. Pure."""

from __future__ import annotations

HAN = "零一二两三四五六七八九十"
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ENGLISH = {word: value for value, word in enumerate(_WORDS)} | {"a": 1, "an": 1, "once": 1, "twice": 2, "thrice": 3}
NUMBER = rf"(?:\d{{1,3}}|[{HAN}]{{1,3}})"
NUMBER_EN = rf"(?:\d{{1,3}}|{'|'.join(_WORDS)})"


def number(written: str) -> int:
    """The value of what one of the patterns matched."""
    written = written.strip().lower()
    if written in ENGLISH:
        return ENGLISH[written]
    if written.isdecimal():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    return (_DIGITS.get(tens[-1:], 1) * 10 if ten else 0) + _DIGITS.get(ones[-1:], 0)

"""The largest five, more than 500 万: sizes in a question. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

USUAL = 5  # "我最大的客户" without a number
MOST = 500

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20,
}  # fmt: skip
_N = r"(\d{1,4}|[一二两三四五六七八九十]{1,3})"
_E = rf"(\d{{1,4}}|{'|'.join(_ENGLISH)})"
_SIZE = r"(?:年?采购额?|金额|规模|体量)?"
_LARGEST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SIZE}(?:排名)?最[大高多](?:的)?前?{_N}?[个家名位]?",
        rf"{_SIZE}(?:排名|排)?前{_N}[个家名位]?大?",
        rf"{_N}[个家]?大(?=客户)",
        rf"\b{_E}\s+(?:largest|biggest|top)\b",
        rf"\b(?:top|largest|biggest)\b(?:\s+{_E}\b)?",
    )
)
# "我最大的客户是谁" means one.
_ONE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SIZE}最[大高多]的?(?=[一那]?[个家]?客户[是为]?(谁|哪[一]?[个家]))",
        r"\b(?:largest|biggest|top)\b(?=\s+(?:customer|account|client)\b)",
    )
)
_SMALLEST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SIZE}最[小低少](?:的)?{_N}?[个家名位]?",
        rf"\b{_E}\s+smallest\b",
        rf"\bsmallest\b(?:\s+{_E}\b)?",
    )
)
_UNITS = {"万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "k": 10**3, "m": 10**6, "million": 10**6}
_SUM = r"(\d+(?:\.\d+)?)\s*(百万|千万|万|亿|million\b|m\b|k\b)(?:元|块|人民币)?"
_AT_LEAST = (
    re.compile(
        rf"{_SIZE}(?:在|有)?(?:超过|大于|高于|多于|不低于|至少|over|above|more than|at least)\s*{_SUM}", re.IGNORECASE
    ),
    re.compile(rf"{_SIZE}(?:在|有)?{_SUM}\s*(?:以上|及以上|\+)", re.IGNORECASE),
)
_AT_MOST = (
    re.compile(
        rf"{_SIZE}(?:在|有)?(?:低于|小于|少于|不到|不超过|under|below|less than|at most)\s*{_SUM}", re.IGNORECASE
    ),
    re.compile(rf"{_SIZE}(?:在|有)?{_SUM}\s*(?:以下|以内|及以下)", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Top:
    """Only so many of the largest, or of the smallest, by yearly purchases."""

    count: int
    smallest: bool = False


def read_top(text: str) -> tuple[Top | None, str]:
    """How many of the largest (or smallest) are asked for, and the text without that."""
    for pattern in _ONE:
        if pattern.search(text):
            return Top(1), pattern.sub(" ", text, count=1)
    for smallest, patterns in ((False, _LARGEST), (True, _SMALLEST)):
        for pattern in patterns:
            if found := pattern.search(text):
                count = min(max(_number(found[1]), 1), MOST) if found[1] else USUAL
                return Top(count, smallest), pattern.sub(" ", text, count=1)
    return None, text


def read_amounts(text: str) -> tuple[int, int, str]:
    """The least and the most of yearly purchases in yuan (0: not said), and the text without them."""
    least, text = _amount(_AT_LEAST, text)
    most, text = _amount(_AT_MOST, text)
    return least, most, text


def _amount(patterns: tuple[re.Pattern[str], ...], text: str) -> tuple[int, str]:
    for pattern in patterns:
        if found := pattern.search(text):
            return int(float(found[1]) * _UNITS[found[2].lower()]), pattern.sub(" ", text, count=1)
    return 0, text


def _number(word: str) -> int:
    """5, 五, 十五, 二十, five."""
    if word.isdecimal():
        return int(word)
    if word.lower() in _ENGLISH:
        return _ENGLISH[word.lower()]
    tens, ten, ones = word.rpartition("十")
    return (_DIGITS.get(tens[:1], 1) * 10 if ten else 0) + _DIGITS.get(ones[:1], 0)

"""Numbers as people write them: 1,280,000 · 128.5 · 一百二十八万 · 六万八 · 叁佰伍拾万 · forty-five."""

from __future__ import annotations

import re
from decimal import Decimal

# Looked at from its first character only and taken whole: a million digits cost as much as one.
_HAN = "[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億]"
DIGITS = r"(?<!\d)(?>\d{1,3}(?:,\d{3}){1,5}+(?:\.\d{1,6})?+|\d{1,15}+(?:\.\d{1,6})?+)(?!\d)"
HAN = f"(?<!{_HAN}){_HAN}{{1,24}}+(?!{_HAN})"
NUMBER = f"(?:{DIGITS}|{HAN})"

_HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
_HAN_DIGITS |= {"〇": 0, "两": 2}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}

_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
ENGLISH: dict[str, int] = {word: value for value, word in enumerate(f"{_UNITS} eighteen nineteen".split(), 1)}
_TENS = {
    word: value * 10
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
ENGLISH |= _TENS
ENGLISH |= {f"{tens}-{word}": value + ENGLISH[word] for tens, value in _TENS.items() for word in _UNITS.split()[:9]}
ENGLISH_WORD = "|".join(sorted(ENGLISH, key=len, reverse=True))


def number(written: str) -> Decimal:
    """The value of what `NUMBER` or `ENGLISH_WORD` matched."""
    written = written.strip().lower()
    if written in ENGLISH:
        return Decimal(ENGLISH[written])
    if written[0].isdecimal() and written[0].isascii():
        return Decimal(written.replace(",", ""))
    return Decimal(_han(written))


def spelt(words: str) -> Decimal | None:
    """ "two hundred and ten thousand": 210,000. None where it is no number."""
    total = section = 0
    for word in re.split(r"[\s-]+", words.strip().lower()):
        if word in ENGLISH:
            section += ENGLISH[word]
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in {"thousand", "million"}:
            total, section = total + (section or 1) * (1000 if word == "thousand" else 10**6), 0
    return Decimal(total + section) or None


def plain(value: Decimal) -> str:
    """Without exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _han(written: str) -> int:
    if not any(character in _SMALL or character in _LARGE for character in written):
        return int("".join(str(_HAN_DIGITS[character]) for character in written))  # 二〇二六
    total = section = digit = 0
    last = 1  # the unit before: 六万八 is 68,000, 三百五 is 350
    for character in written:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
            last = 1 if digit == 0 else last
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit, last = 0, _SMALL[character]
        else:
            unit = _LARGE[character]
            total = (total + section + digit) * unit if unit > 10**4 else total + (section + digit or 1) * unit
            section, digit, last = 0, 0, unit
    return total + section + digit * (last // 10 if last > 10 else 1)

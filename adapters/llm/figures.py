"""The figures in a text, in one form each: 1,200 and 一千二百 are the same, 3天 and 3个月 aren't. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal

from adapters.llm.dates import DATES, Reading
from adapters.llm.numerals import with_digits
from adapters.llm.units import Figure, decimal, is_measured, numbers

WIDE = {ord(w): n for w, n in zip("％．－＋＄￥＠／＿＃＆＝～", "%.-+$¥@/_#&=~", strict=True)} | {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_RATIOS = frozenset({"%", "pp", "‰", "折", "times", "ord", "model", "frac", "md", "mon", "wd", "time", "q", "vague"})
_MODEL = re.compile(r"[A-Za-z0-9]+(?:[-_/.+][A-Za-z0-9]+)*")
_MARKER = re.compile(r"(?m)^[ \t>*#-]*[(（]?(\d{1,2})[.)、）](?!\d)")


def figures(text: str) -> frozenset[Figure]:
    """All figures of a text."""
    return frozenset(_all(text))


def answer_figures(text: str) -> frozenset[Figure]:
    """The figures that an answer claims: without the 1. 2. 3. of its own lists and 第一、第二."""
    return frozenset(_all(_without_markers(text.translate(WIDE))))


def supported(figure: Figure, source: frozenset[Figure]) -> bool:
    """Whether the source says it: the same, or the bare number (a table's heading may hold the unit)."""
    kind, value = figure
    if figure in source:
        return True
    if not isinstance(value, Decimal) or kind in ("ord", "model"):
        return False
    if kind == "%":
        return ("", value / 100) in source
    if kind:
        return kind not in _RATIOS and ("", value) in source
    return ("%", value * 100) in source or any(other == value and k not in _RATIOS for k, other in source)


def _without_markers(text: str) -> str:
    expected = 1

    def drop(match: re.Match[str]) -> str:
        nonlocal expected
        value = int(match[1])
        if value not in (1, expected):
            return match[0]
        expected = value + 1
        return " "

    text = _MARKER.sub(drop, text)
    return re.sub(r"第[一二三四五六七八九\d](?=[步点条，,、：:是])", " ", text)


def _all(text: str) -> Iterable[Figure]:
    text = _plain_digits(with_digits(text.translate(WIDE)))
    text = re.sub(r"(?<![A-Za-z\d.,-])(\d[\d.,]{0,30})-(?=[a-z]{3,})", r"\1 ", text)  # 3-day
    for pattern, read in _READINGS:
        found: list[Figure] = []
        text = pattern.sub(lambda m, read=read, found=found: _take(m, read, found), text)  # type: ignore[misc]  # bound now
        yield from found
    yield from numbers(text)


def _take(match: re.Match[str], read: Callable[[re.Match[str]], list[Figure]], found: list[Figure]) -> str:
    """Keep what a pattern means and blank it; what isn't meant (13 月) stays for the next pattern."""
    meant = read(match)
    found += meant
    return " " * len(match[0]) if meant else match[0]


def _plain_digits(text: str) -> str:
    """Digits of other scripts, ½ and ⑫ as ASCII; ①–⑩ are list marks, ² and ³ belong to units."""
    return "".join(c if c.isascii() or not c.isnumeric() or c in "²³" or "①" <= c <= "⑩" else _ascii(c) for c in text)


def _ascii(character: str) -> str:
    if unicodedata.category(character) == "Lo":  # 一, 百: numerals that with_digits left on purpose
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return f" {Decimal(str(unicodedata.numeric(character))):f} "


def _discount(m: re.Match[str]) -> list[Figure]:
    value = decimal(m[1])
    return [("折", value * 10 if value < 10 else value)]  # 八折 is 80, 八五折 is 85


def _vague(m: re.Match[str]) -> list[Figure]:
    return [("vague", m[0][-1] if not m[0].isascii() else m[0].lower())]


def _model(m: re.Match[str]) -> list[Figure]:
    """HN-350, X3000, 5G: letters and digits together, unless it is a number with its unit."""
    word = m[0]
    if word.isalpha() or not any(c.isalpha() for c in word) or not any(c.isdigit() for c in word):
        return []
    if is_measured(word):
        return []
    return [("model", re.sub(r"[-_/.+]", "", word).lower())]


def _ordinal(m: re.Match[str]) -> list[Figure]:
    return [("ord", decimal(m[1] or m[2] or m[3]))]


_ANY = re.IGNORECASE
_NOT_A_TENTH = "为功本交立熟果长员品绩"  # 成为, 成功, 成本 …
# What isn't a plain number, in the order in which it is looked for.
_READINGS: tuple[Reading, ...] = (
    *DATES,
    (re.compile(r"百分之[ ]?(\d{1,18}(?:\.\d{1,9})?)"), lambda m: [("%", decimal(m[1]))]),
    (re.compile(r"千分之[ ]?(\d{1,18}(?:\.\d{1,9})?)"), lambda m: [("‰", decimal(m[1]))]),
    (re.compile(r"(\d{1,9})[ ]?分之[ ]?(\d{1,9})"), lambda m: [("frac", (int(m[2]), int(m[1])))]),
    (
        re.compile(r"(?<![\d/A-Za-z])(\d{1,6})/(\d{1,6})(?![\d/A-Za-z])"),
        lambda m: [("frac", (int(m[1]), int(m[2])))],
    ),
    (
        re.compile(rf"(?<!\d)(\d{{1,18}}(?:\.\d{{1,9}})?)[ ]?成(?![{_NOT_A_TENTH}])"),
        lambda m: [("%", decimal(m[1]) * 10)],
    ),
    (re.compile(r"(?<!\d)(\d{1,18}(?:\.\d{1,9})?)[ ]?折"), _discount),
    (re.compile(r"第[ ]?(\d{1,9})|\bNo\.[ ]?(\d{1,9})|\b(\d{1,9})(?:st|nd|rd|th)\b", _ANY), _ordinal),
    (
        re.compile(
            r"[数几上成近过](?:[十百千万亿]+)|成千上万|\b(?:dozens|hundreds|thousands|millions|billions)\b", _ANY
        ),
        _vague,
    ),
    (_MODEL, _model),
)

"""Numbers in a question with what they count: 一百二十万, 3.5亿, 两成, 百分之三十, 1.2M, 24小时. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.clauses.numerals import ENGLISH, ENGLISH_WORD, HAN, number

Counted = Literal["", "rate", "yuan", "days", "hours", "count", "points", "number"]

_ARABIC = r"(?:(?<![\d.a-z_-])|(?<=top))-?(?>\d{1,3}(?:,\d{3})++(?:\.\d+)?+|\d{1,12}+(?:\.\d{1,6})?+)(?![\d_])"
_SPOKEN = rf"{HAN}(?:点[零一二三四五六七八九]{{1,6}})?"
_SCALES = {"十万": 1e5, "百万": 1e6, "千万": 1e7, "万": 1e4, "w": 1e4, "千": 1e3, "百": 1e2, "亿": 1e8, "k": 1e3}
_SCALES |= {"thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
_UNITS: tuple[tuple[str, Counted, float], ...] = (
    (r"%|percent\b|per cent\b|个?百分点|个?点(?!半)", "rate", 0.01),
    (r"成(?![交本功为单立])", "rate", 0.1),
    (r"元钱?|块钱?|人民币|rmb\b|cny\b|yuan\b", "yuan", 1),
    (r"个?工作日|天|日|days?\b", "days", 1),
    (r"周|个?星期|个?礼拜|weeks?\b", "days", 7),
    (r"个月|months?\b", "days", 30),
    (r"年|years?\b", "days", 365),
    (r"个?小时|个?钟头|hours?\b|hrs?\b|h\b", "hours", 1),
    (r"分钟|minutes?\b|mins?\b", "hours", 1 / 60),
    (r"分(?!之)|points?\b|stars?\b|星", "points", 1),
    (r"倍|times\b|x\b", "number", 1),
    (r"大(?=客户|渠道|产品|行业|区域|销售)", "count", 1),
    (r"[个条单家笔次位名件份张台通场](?!月)", "count", 1),
)
_UNIT = re.compile("|".join(f"(?P<u{place}>{pattern})" for place, (pattern, _, _) in enumerate(_UNITS)))
_NUMBER = re.compile(
    rf"(?P<money>[¥$]\s?)?(?:(?P<digits>{_ARABIC})|(?P<han>{_SPOKEN})|\b(?P<word>{ENGLISH_WORD})\b)"
    rf"\s?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})?(?![a-z])"
)
_PARTS = (
    (re.compile(rf"百分之(?P<n>{_ARABIC}|{_SPOKEN})"), 0.01),
    (re.compile(r"(?P<n>[一二两三四五六七八九])成(?P<half>半|[一二三四五六七八九])(?![交本功])"), 0.1),
)
_FRACTION = re.compile(rf"(?P<low>{HAN})分之(?P<high>{HAN})")
_HALF = re.compile(r"一半|half\b")


@dataclass(frozen=True, slots=True)
class Number:
    """`value` in the unit's own measure: yuan, 0..1, days, hours; of a bare number as it stands."""

    start: int
    end: int
    value: float
    unit: Counted = ""


def numbers(text: str) -> Iterator[Number]:
    """All numbers of a folded, lower-case text. They may lie within each other: 百分之三十 and 三十."""
    for pattern, size in _PARTS:
        for found in pattern.finditer(text):
            value = _value(found["n"])
            if half := found.groupdict().get("half"):
                value += 0.5 if half == "半" else _value(half) / 10
            yield Number(*found.span(), round(value * size, 9), "rate")
    for found in _FRACTION.finditer(text):
        if low := _value(found["low"]):
            yield Number(*found.span(), _value(found["high"]) / low, "rate")
    for found in _HALF.finditer(text):
        yield Number(*found.span(), 0.5, "rate")
    for found in _NUMBER.finditer(text):
        yield _counted(found, text)


def _counted(found: re.Match[str], text: str) -> Number:
    value = _value(found["digits"] or found["han"] or found["word"]) * _SCALES.get(found["scale"] or "", 1)
    if found["money"]:
        return Number(*found.span(), value, "yuan")
    unit = _UNIT.match(text, found.end() + (text[found.end() : found.end() + 1] == " "))
    if unit is None or unit.lastgroup is None:
        return Number(*found.span(), value)
    _, counted, size = _UNITS[int(unit.lastgroup[1:])]
    return Number(found.start(), unit.end(), round(value * size, 9), counted)


def _value(written: str) -> float:
    if written in ENGLISH:
        return float(ENGLISH[written])
    if "点" in written:
        return _decimal(written)
    sign = -1 if written.startswith("-") else 1
    return sign * float(number(written.removeprefix("-")))


def _decimal(written: str) -> float:
    """三点五: digits behind the point are read one by one."""
    whole, _, rest = written.partition("点")
    return float(number(whole)) + float(number(rest)) / 10.0 ** len(rest)

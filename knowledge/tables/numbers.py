"""Numbers, amounts and days in a question, in both languages. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

_SCALE = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_HAN = "零〇一二两三四五六七八九十百千万亿"
_DAY = r"(?P<y>\d{4})\s*(?:年|-|/|\.)\s*(?P<m>\d{1,2})\s*(?:月|-|/|\.)\s*(?P<d>\d{1,2})\s*(?:日|号)?"
_MONTH = r"(?P<my>\d{4})\s*年\s*(?P<mm>\d{1,2})\s*月(?:份)?"
_CLOCK = r"(?:早上|上午|中午|下午|晚上|晚)?(?P<h>\d{1,2})[:：](?P<min>\d{2})(?:[:：](?P<s>\d{2}))?(?!\d)"
_DECADE = r"(?P<decade>\d{4})\s*年代"
_YEAR = r"(?P<year>(?:1[5-9]|20|21)\d{2})\s*年(?!龄)"
_HOUR = r"(?P<oclock>\d{1,2})\s*点(?:钟|整)?(?!\d)"
_PLAIN = (
    r"(?P<n>[-]?\d+(?:,\d{3})+(?:\.\d+)?|(?<![\d.])-?\d+(?:\.\d+)?)\s*"
    r"(?P<scale>千万(?![克米])|百万|亿|万|千(?![克米瓦卡])|百|million|billion|thousand|k(?![a-z]))?(?P<pct>%|％)?"
)
_WORD = rf"(?P<han>[{_HAN}]+)"
_ALL = re.compile("|".join((_DAY, _MONTH, _CLOCK, _DECADE, _YEAR, _HOUR, _PLAIN, _WORD)), re.IGNORECASE)
_COUNTED = "个位名所家条本种次部张只辆门岁元年月天项支座场万千首款台件篇册届份艘集层分人"  # counting words
_EN_SCALE = {"million": 1_000_000, "billion": 1_000_000_000, "thousand": 1_000, "k": 1_000}
_ENGLISH = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905  # reads better
    )
}


@dataclass(frozen=True, slots=True)
class Found:
    """`value`: a number, or a day or time as ISO text. `kind`: number, percent, year, day, month, clock."""

    start: int
    end: int
    value: int | Decimal | str
    kind: str


def numbers(text: str) -> list[Found]:
    """All of a text. A Chinese numeral alone counts only where a person would mean a number."""
    return [found for match in _ALL.finditer(text) if (found := _read(match, text)) is not None]


@cache
def english_number(word: str) -> int | None:
    """`three` → 3; None when it is no number up to twelve."""
    return _ENGLISH.get(word)


def _read(match: re.Match[str], text: str) -> Found | None:
    got = match.groupdict()
    start, end = match.span()
    if got["y"]:
        return Found(start, end, f"{got['y']}-{int(got['m']):02d}-{int(got['d']):02d}", "day")
    if got["my"]:
        return Found(start, end, f"{got['my']}-{int(got['mm']):02d}", "month")
    if got["h"]:
        return Found(start, end, f"{int(got['h']):02d}:{got['min']}" + (f":{got['s']}" if got["s"] else ""), "clock")
    if got["oclock"]:
        return Found(start, end, f"{int(got['oclock']):02d}:00", "clock")
    for kind in ("decade", "year"):
        if got[kind]:
            return Found(start, end, int(got[kind]), kind)
    return _han(match, text) if got["han"] else _plain(match)


def _plain(match: re.Match[str]) -> Found | None:
    try:
        number = Decimal(match["n"].replace(",", ""))
    except InvalidOperation:
        return None
    scale = (match["scale"] or "").lower()
    number *= _SCALE.get(scale) or _EN_SCALE.get(scale) or 1
    return Found(match.start(), match.end(), _neat(number), "percent" if match["pct"] else "number")


def _han(match: re.Match[str], text: str) -> Found | None:
    """一 in 第一名 or 统一 is no number; 两个, 三百万 and 十 before a counting word are."""
    import cn2an  # type: ignore[import-untyped]  # the package says no types

    said = match["han"]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if before == "第" and after in ("", "的", "高", "大", "多", "长", "低", "少", "小", "名", "位", "贵", "早", "晚"):
        before, after = "前", "名"  # a place
    uncounted = before in ("第", "哪", "每", "同", "某", "这", "那") or after not in _COUNTED
    alone = len(said) == 1 and before not in ("前", "后") and uncounted
    if alone or (len(said) == 1 and said in "百千万亿"):
        return None
    try:
        number = Decimal(str(cn2an.cn2an(said.replace("〇", "零"), "smart")))
        return Found(match.start(), match.end(), _neat(number), "number")
    except ValueError:
        return None


def _neat(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number.normalize()

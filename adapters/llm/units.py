"""Units and multipliers as data, and the plain numbers that stand before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

# A figure: ("%", 12), ("day", 3), ("cny", 1200000), ("md", (3, 5)), ("model", "hn350"), ("", 42).
Figure = tuple[str, object]

_KINDS: Mapping[str, str] = {
    "%": "%|percent|per cent|个?百分比",
    "pp": "个?百分点|percentage points?|pp",
    "‰": "‰",
    "折": "折",
    "day": "个?(?:工作日|自然日)|天|日|(?:business |working )?days?",
    "hour": "个?小时|个?钟头|hours?|hrs?|h",
    "minute": "分钟|minutes?|mins?",
    "second": "秒钟?|seconds?|secs?|s",
    "week": "个?星期|个?礼拜|周|weeks?",
    "month": "个月|months?",
    "quarter": "个季度|quarters?",
    "year": "年|years?|yrs?",
    "cny": "元|块钱?|人民币|RMB|CNY|yuan",
    "usd": "美元|美金|USD|(?:US )?dollars?",
    "eur": "欧元|EUR|euros?",
    "times": "倍|times|[xX×]",
    "count": "[个家台套件次人位名条项单笔份款批辆]",
    "mm": "毫米|mm", "cm": "厘米|cm", "m": "米|m", "km": "公里|千米|km", "g": "克|g", "kg": "公斤|千克|kg",
    "t": "吨|t|tons?|tonnes?", "w": "瓦|[wW]", "kw": "千瓦|k[wW]", "kwh": "度电|千瓦时|k[wW]h", "l": "升|[lL]",
    "°": "℃|°C?|摄氏度|度", "mpa": "[mM][pP]a|兆帕", "v": "伏|V", "a": "安培|A", "hz": "赫兹|[hH]z", "bar": "bar",
    "rpm": "转|rpm", "gb": "GB", "mb": "MB", "ms": "ms|毫秒", "am": "am|a\\.m\\.", "pm": "pm|p\\.m\\.",
}  # fmt: skip
# what multiplies the number before it
_TIMES_TEN: Mapping[str, int] = {
    "万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 1000, "百": 100,
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "mn": 10**6, "bn": 10**9,
    "k": 1000, "m": 10**6,
}  # fmt: skip
_PREFIXES: Mapping[str, str] = {
    "¥": "cny",
    "￥": "cny",
    "RMB": "cny",
    "CNY": "cny",
    "$": "usd",
    "USD": "usd",
    "€": "eur",
}

_NUMBER = re.compile(
    r"(?P<prefix>¥|￥|RMB[ ]?|CNY[ ]?|USD[ ]?|\$|€)?"
    r"(?P<digits>\d{1,3}(?:,\d{3}){1,5}(?!\d)(?:\.\d{1,9})?|\d{1,18}(?:\.\d{1,9})?)"
    r"(?:[ ]?(?P<tens>万亿|亿|千万|百万|十万|万|千(?!瓦|克|米)|百(?!分)|(?:hundred|thousand|million|billion|mn|bn)\b"
    r"|[kK](?![A-Za-z])|M(?![A-Za-z])))?"
)
_MEASURED = re.compile(r"\d[\d.,]{0,30}(?:[-~/]\d[\d.,]{0,30}){0,3}(?P<unit>[A-Za-z]{1,8})")
_LETTER = r"(?![A-Za-z])"
_UNITS = tuple(
    (kind, re.compile(rf"[ ]?(?:{pattern})" + (_LETTER if kind != "%" else ""))) for kind, pattern in _KINDS.items()
)


def numbers(text: str) -> Iterable[Figure]:
    """Every number with its unit, in order."""
    for m in _NUMBER.finditer(text):
        value = decimal(m["digits"]) * _TIMES_TEN.get((m["tens"] or "").lower(), 1)
        yield _PREFIXES.get((m["prefix"] or "").strip(), "") or unit_at(text, m.end()), value


def is_measured(word: str) -> bool:
    """Whether letters and digits together are a number with its unit (5kW, 10-15mm) rather than a product (X3000)."""
    found = _MEASURED.fullmatch(word)
    return found is not None and (found["unit"].lower() in _TIMES_TEN or unit_at(found["unit"], 0) != "")


def unit_at(text: str, at: int) -> str:
    """The unit that begins there, maybe after a space; "" when there is none."""
    best = max(((p.match(text, at), kind) for kind, p in _UNITS), key=lambda pair: len(pair[0][0]) if pair[0] else -1)
    return best[1] if best[0] else ""


def decimal(digits: str) -> Decimal:
    """Exact: 1.50 equals 1.5, and the pattern keeps to fewer digits than Decimal would round."""
    return Decimal(digits.replace(",", ""))

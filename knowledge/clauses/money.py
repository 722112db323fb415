"""Money, shares and discounts in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from knowledge.clauses.numerals import DIGITS, ENGLISH_WORD, HAN, NUMBER, number, plain, spelt
from knowledge.clauses.value import Kind, Value

_CURRENCIES = {
    "CNY": "人民币|RMB|CNY|¥|元|圆|块|yuan",
    "USD": r"US\$|USD|\$|美元|美金|U\.S\. dollars?|dollars?",
    "EUR": "EUR|€|欧元|euros?",
    "HKD": r"HK\$|HKD|港币|港元",
    "GBP": "GBP|£|英镑|pounds",
    "JPY": "JPY|日元|日币|yen",
    "SGD": r"S\$|SGD",
    "AUD": r"A\$|AUD",
    "CAD": r"C\$|CAD",
    "CHF": "CHF",
    "INR": "INR|₹",
    "KRW": "KRW|₩",
}
_CODE = {code: re.compile(f"(?i:{words})") for code, words in _CURRENCIES.items()}
_BEFORE = r"(?:HK\$|US\$|S\$|A\$|C\$|\$|¥|€|£|₹|₩|人民币"
_BEFORE += r"|(?<![A-Za-z])(?:RMB|CNY|USD|EUR|GBP|HKD|JPY|SGD|AUD|CAD|CHF|INR|KRW)(?![A-Za-z]))"
_BEHIND = (
    r"(?:元|圆|块钱|块(?![头儿])|美元|美金|欧元|港币|港元|英镑|日元|人民币"
    r"|(?:RMB|CNY|USD|EUR|GBP|HKD|JPY|SGD|AUD|CAD|CHF|INR|KRW|yuan|U\.S\. dollars?|dollars?|euros?)(?![a-z]))"
)
_TIMES = {"万": 10**4, "亿": 10**8, "千": 10**3, "百万": 10**6, "千万": 10**7, "k": 10**3, "thousand": 10**3}
_TIMES |= {"m": 10**6, "mn": 10**6, "mio": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
_UNIT = r"(?P<unit>百万|千万|万|亿|千(?!瓦|克)|thousand|million|billion|mn\b|mio\b|bn\b|[kKmM]\b)"
_FROM = rf"(?:(?P<low>{DIGITS})\s?(?P<low_unit>万|亿|[kK])?\s?[-~—–至到]\s?)?"
_THINGS = "台|件|套|个|次|小时|公里|吨|平|人|片|根|米|转|像素|字|用户|级|股|份|瓦|辆|只|条|张|家"

_MARKED = re.compile(rf"(?P<cur>{_BEFORE})[:\s]{{0,2}}{_FROM}(?P<num>{NUMBER})\s?{_UNIT}?\s?(?:{_BEHIND})?", re.I)
_NAMED = re.compile(rf"{_FROM}(?P<num>{NUMBER})\s?{_UNIT}?\s?(?P<cur>{_BEHIND})", re.I)
_MYRIADS = re.compile(
    rf"{_FROM}(?:(?P<num>{DIGITS})\s?(?P<unit>万|亿)|(?P<han>{HAN}))(?!\s?[多余]?\s?(?:{_THINGS}))(?P<tail>[一二三四五六七八九1-9](?![\d.]|\s?(?:{_THINGS})))?"
)
_BARE = re.compile(
    rf"(?<![\w.,/\-#])(?P<num>{DIGITS})\s?(?P<unit>[kKmM]\b|million\b|thousand\b)?(?![\w%‰/]|[.,]\d)", re.I
)

_PUNISHED = re.compile(rf"(?<=[罚扣赔])(?P<han>(?:{HAN}))(?!\s?(?:{_THINGS}|[天日分成%]|个?点))")
_SPELT = re.compile(
    rf"\b(?P<words>(?:(?:{ENGLISH_WORD}|hundred|thousand|million|and|a)[\s-]{{1,2}}){{1,10}})"
    r"(?P<cur>U\.S\. dollars|US dollars|dollars|euros|pounds|yuan|RMB|USD|EUR)\b",
    re.I,
)
_HALF_PERCENT = re.compile(r"\bhalf a per ?cent\b", re.I)
_FRACTION = re.compile(
    r"\b(?P<num>half|a third|one third|two thirds|a quarter|one quarter)\b(?! a (?:per|year|day|month|week))", re.I
)
_FRACTIONS = {
    "half": "50",
    "a third": "33",
    "one third": "33",
    "two thirds": "67",
    "a quarter": "25",
    "one quarter": "25",
}

_PER_HUNDRED = re.compile(rf"(?P<num>{NUMBER})\s?(?:%|percent\b|per cent\b|个百分点)", re.I)
_PARTS_OF = re.compile(rf"(?P<of>[百千万])分之(?P<num>{NUMBER})(?:点(?P<tenths>[零一二三四五六七八九]))?")
_PER_MILLE = re.compile(rf"(?P<num>{DIGITS})\s?‰")
_TENTHS = re.compile(
    r"(?<![一二三四五六七八九十百千万])(?P<num>[一二两三四五六七八九])成(?![立为都交功本品员果型熟套绩分就长因])"
)
_RATIO = re.compile(r"(?<![\d\-:.])[1-9](?:[-:][1-9]){1,3}(?![\d\-:.])")
_OFF = re.compile(
    rf"(?:优惠|让利|让|下浮|降价|降|便宜|折让|discount of|reduction of)"
    rf"\s?(?:了|给您|您)?\s?(?P<num>{NUMBER})\s?(?:%|个?点)"
    rf"|(?P<num2>{DIGITS})\s?%\s?(?:off\b|discount|reduction|的?优惠|折扣)",
    re.I,
)
_TENTH_PRICE = re.compile(r"(?P<num>\d(?:\.\d)?|\d\d|[一二三四五六七八九]{1,2})折(?![叠弯扣旧算腾线断])")


def money(text: str) -> Iterator[Value]:
    """Amounts with a currency or in 万, the surest first; then bare numbers."""
    for pattern in (_MARKED, _NAMED, _MYRIADS):
        for match in pattern.finditer(text):
            if value := _amount(match):
                yield value
    for match in _PUNISHED.finditer(text):
        if len(match["han"]) > 1:
            yield Value(Kind.MONEY, *match.span(), (_form(number(match["han"]), "CNY"),))
    for match in _SPELT.finditer(text):
        if amount := spelt(match["words"]):
            yield Value(Kind.MONEY, *match.span(), (_form(amount, _code(match["cur"])),))
    for match in _BARE.finditer(text):
        written = match["num"]
        if (len(written.replace(",", "").split(".")[0]) > 2 and not written.startswith("0")) or match["unit"]:
            yield Value(Kind.NUMBER, *match.span(), (_form(_times(written, match["unit"]), "CNY"),))


def _amount(match: re.Match[str]) -> Value | None:
    groups = match.groupdict()
    written = groups.get("han") or groups["num"]
    if groups.get("han") and not any(unit in written for unit in "万亿萬億"):
        return None
    value = _times(written, groups.get("unit"))
    if tail := groups.get("tail"):  # 12万8
        value += number(tail) * _TIMES[groups["unit"] or "万"] / 10
    code = _code(groups.get("cur") or "元")
    low = groups.get("low")
    forms = [_form(value, code)]
    if low:
        forms.insert(0, _form(_times(low, groups.get("low_unit") or groups.get("unit")), code))
    return Value(Kind.MONEY, *match.span(), tuple(forms))


def _times(written: str, unit: str | None) -> Decimal:
    return number(written) * _TIMES.get((unit or "").lower(), 1)


def _form(value: Decimal, code: str) -> str:
    return f"{plain(value)} {code}"


def _code(written: str) -> str:
    longest = {code: found[0] for code, pattern in _CODE.items() if (found := pattern.match(written))}
    return max(longest, key=lambda code: len(longest[code]), default="CNY")


def shares(text: str) -> Iterator[Value]:
    """Discounts first, then shares of a whole, in percent."""
    for match in _OFF.finditer(text):
        yield Value(Kind.OFF, *match.span(), (f"{plain(number(match['num'] or match['num2']))}% off",))
    for match in _TENTH_PRICE.finditer(text):
        yield Value(Kind.OFF, *match.span(), (f"{plain(100 - _out_of_hundred(match['num']))}% off",))
    for match in _HALF_PERCENT.finditer(text):
        yield _share(match, Decimal("0.5"))
    for match in _FRACTION.finditer(text):
        yield Value(Kind.SHARE, *match.span(), (f"{_FRACTIONS[match['num'].lower()]}%",))
    for match in _PARTS_OF.finditer(text):
        whole = {"百": 1, "千": 10, "万": 100}[match["of"]]
        tenths = number(match["tenths"]) / 10 if match["tenths"] else 0
        yield _share(match, (number(match["num"]) + tenths) / whole)
    for match in _PER_MILLE.finditer(text):
        yield _share(match, number(match["num"]) / 10)
    for match in _PER_HUNDRED.finditer(text):
        yield _share(match, number(match["num"]))
    for match in _TENTHS.finditer(text):
        yield _share(match, number(match["num"]) * 10)
    for match in _RATIO.finditer(text):
        parts = [int(part) for part in re.split("[-:]", match[0])]
        if sum(parts) == 10:
            yield Value(Kind.SHARE, *match.span(), tuple(f"{part}0%" for part in parts))


def _share(match: re.Match[str], value: Decimal) -> Value:
    return Value(Kind.SHARE, *match.span(), (f"{plain(value)}%",))


def _out_of_hundred(written: str) -> Decimal:
    value = number(written)
    return value * 10 if value < 10 else value

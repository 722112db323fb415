"""Numbers written in words, Chinese and English, become digits: 一百二十 → 120, twenty-five percent → 25 percent. Pure.

Only where a number is meant: 一起, 十分感谢, 千万别, "no one" and "one of them" stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

LONGEST = 40  # characters of a number in words; more is nonsense
_BANKERS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億", "一二三四五六七八九十百千万亿")  # as on cheques
_DIGITS: Mapping[str, int] = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_POWERS: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Mapping[str, int] = {"万": 10**4, "亿": 10**8}

# What a single numeral must stand before (or after) to be a number rather than part of a word.
_MEASURES = (
    "个|家|台|套|件|次|人|位|名|条|项|单|笔|份|款|批|辆|天|日|号|月|年|周|星期|礼拜|小时|钟头|分钟|秒|季度|"
    "分之|元|块|美元|欧元|倍|成(?!为|功|本|交|立|熟|果|长|员|品|绩)|折|百分点|吨|公斤|千克|克|公里|米|毫米|厘米|千瓦|瓦|升|度"
)
_ARTICLE = re.compile(
    r"个(?!月|季度|百分点|工作日|星期|礼拜|小时)|家|台|套|件|次|人|位|名|条|项|单|笔|份|款|批|辆|度|号|成|块"
)
_WORDS = re.compile(
    "(?<![零〇一二两三四五六七八九十百千万亿\\d])(?:"
    "十分(?!钟|之)|千万(?=别|不|要|注意|记|小心|勿)|万一|万分|万无一失|千方百计|三番五次|一五一十|五花八门|四面八方|七上八下|"
    "九牛一毛|一心一意|三心二意|一一|独一无二|百般|千变万化|成千上万|万千|七嘴八舌|四舍五入|一清二楚|十有八九|百里挑一|"
    "三言两语|一举两得|说一不二|十全十美|乱七八糟|一模一样|百分百(?!之)|百分之百)"
)
# 百 of 百分之 and 千 of 千瓦 belong to what follows; 万 of "120 万" to what stands before.
_NUMERAL = "(?:[零〇一二两俩三四五六七八九十万亿]|百(?!分之)|千(?![瓦克米]|分之))"
_RUN = re.compile(rf"(?<![\d.])(?<![\d.][ ]){_NUMERAL}+(?:点[零〇一二三四五六七八九]+)?")
_AFTER = re.compile(_MEASURES)
_BEFORE = re.compile(r"(?:百分之|千分之|分之|第|周|星期|礼拜|月)$")
_HALF = re.compile(r"(?<!另)(?:一半|半数|减半|过半|对半)(?!天)")
_DOUBLE = re.compile(r"翻了?一?[倍番]|翻了?两番")

_UNITS_EN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_EN = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES: Mapping[str, int] = (
    {word: i for i, word in enumerate(_UNITS_EN)}
    | {word: 20 + 10 * i for i, word in enumerate(_TENS_EN)}
    | {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
)
_ONE_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_PHRASE = re.compile(rf"\b(?:a\s+)?(?:{_ONE_WORD})(?:(?:[ \t-]|[ \t]and[ \t])(?:{_ONE_WORD}))*\b", re.IGNORECASE)
_TIME_EN = re.compile(r"[ \t-](?:hour|minute|second|day|week|month|quarter|year|percent|times|dollar|euro|yuan)", re.I)
_TIMES_EN = ((re.compile(r"\b(?:double[ds]?|doubling|twice|twofold)\b", re.I), "2 times"),
             (re.compile(r"\b(?:tripl(?:e|ed|es|ing)|thrice|threefold)\b", re.I), "3 times"),
             (re.compile(r"\bhal(?:f|ve|ved|ves)\b", re.I), "50%"))  # fmt: skip


def with_digits(text: str) -> str:
    """The text with every number in words replaced by its digits."""
    text = text.translate(_BANKERS)
    text = _DOUBLE.sub(lambda m: "4倍" if "两番" in m[0] else "2倍", _HALF.sub("50%", text))
    text = text.replace("百分之百", "100%").replace("百分百", "100%")
    text = _WORDS.sub("·", text)
    text = _RUN.sub(lambda m: _chinese(m, text), text)
    for pattern, digits in _TIMES_EN:
        text = pattern.sub(digits, text)
    return _PHRASE.sub(lambda m: _english(m, m.string), text)


def chinese_value(run: str) -> Decimal | None:
    """The value of a Chinese numeral: 一百二十 → 120, 二〇二六 → 2026, 一万二 → 12000, 三点五 → 3.5; else None."""
    if len(run) > LONGEST:
        return None
    whole, _, fraction = run.partition("点")
    value = _digit_string(whole) if not set(whole) & (set(_POWERS) | set(_MYRIADS)) else _positional(whole)
    if value is None:
        return None
    return Decimal(value) + (Decimal("0." + "".join(str(_DIGITS[c]) for c in fraction)) if fraction else 0)


def _digit_string(run: str) -> int | None:
    return int("".join(str(_DIGITS[c]) for c in run)) if run else None


def _positional(run: str) -> int | None:
    """By 亿, then by 万, then below; a digit alone at the end is a tenth of what stands before: 一万二."""
    for sign, power in (("亿", 10**8), ("万", 10**4)):
        if sign in run:
            above, _, below = run.rpartition(sign)
            left, right = _positional(above) if above else 1, _tail(below, power)
            return None if left is None or right is None else left * power + right
    return _below_ten_thousand(run)


def _tail(run: str, power: int) -> int | None:
    if len(run) == 1 and run in _DIGITS:
        return _DIGITS[run] * power // 10
    return _positional(run) if run else 0


def _below_ten_thousand(run: str) -> int | None:
    total, digit, power = 0, None, 1
    for c in run:
        if c in _POWERS:
            total, digit, power = total + _POWERS[c] * (1 if digit is None else digit), None, _POWERS[c]
        elif digit:
            return None  # 三四十: two numbers, or nonsense
        else:
            digit, power = _DIGITS[c], 1 if c in "零〇" or digit == 0 else power
    return total + (digit or 0) * (power // 10 if power > 10 else 1)


def _chinese(match: re.Match[str], text: str) -> str:
    run, after = match[0], _AFTER.match(text, match.end())
    if len(run) == 1 and not _is_number(run, after, text[: match.start()][-4:]):
        return run
    if run in ("千万", "万千", "百万", "十万") and not after and run != "百万":
        return run
    value = chinese_value(run)
    return run if value is None else f"{value:f}"


def _is_number(numeral: str, after: re.Match[str] | None, before: str) -> bool:
    if _BEFORE.search(before):
        return True
    if after is None:
        return False
    return numeral not in "一百千万亿" or not _ARTICLE.match(after[0] + after.string[after.end() :][:3])


def _english(match: re.Match[str], text: str) -> str:
    words = [word for word in re.split(r"[^a-z]+", match[0].lower()) if word not in ("a", "and", "")]
    if words in (["one"], ["second"]) and not _TIME_EN.match(text, match.end()):
        return match[0]
    following = text[match.end() : match.end() + 4].lower()
    if words[-1] in ("hundred", "thousand", "million", "billion", "dozen") and following.startswith("s "):
        return match[0]  # hundreds of: vague, not a number
    total = section = 0
    for word in words:
        value = _VALUES[word]
        if value in (100, 12) and word in ("hundred", "dozen"):
            section = (section or 1) * value
        elif value >= 1000:
            total, section = total + (section or 1) * value, 0
        else:
            section += value
    return str(total + section)

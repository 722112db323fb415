"""Single values as sources write them, as ours. Everything raises Bad when it can't; nothing is guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge.mapping.rule import UNITS

LARGEST = Decimal(10) ** 12  # yuan; more is a wrong unit
LONGEST, LONGEST_ID = 20_000, 200  # characters
_LONGEST_NUMBER = 80
NOTHING = frozenset({"", "null", "\\n", "n/a", "#n/a", "nan", "none", "<null>"})
# In a number, a date or a choice these say "nothing" too; in a text they may be meant.
NO_VALUE = NOTHING | {"-", "--", "—", "——", "/", "\\", "na", "nil", "无", "暂无", "空", "未填", "待定"}
_ERRORS = ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_FOREIGN = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "HK$": "HKD",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "日元": "JPY",
}
_OURS = {"", "¥", "CNY", "RMB", "CN¥", "人民币", "元", "圆"}
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_MONEY = re.compile(
    r"(?P<sign>[-+]?)(?P<before>[A-Z$€£¥]{0,3}|人民币)(?P<sign2>[-+]?)"
    r"(?P<number>\d+(?:\.\d*)?(?:E[+-]?\d+)?|\.\d+)"
    r"(?P<unit>亿|百万|万|千)?(?P<after>[A-Z$€£¥]{0,3}|人民币|美元|欧元|港币|日元|元)整?"
)
_GROUPED = re.compile(
    r"[-+(]?[^\d,]*\d{1,3}(?:,\d{3})+(?:\.\d+)?[^\d,]*|[-+(]?[^\d,]*\d{1,4}(?:,\d{4})+(?:\.\d+)?[^\d,]*"
)
_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "是", "有", "对", "√", "✓", "已"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0", "否", "没有", "错", "×", "✗", "未"), False),
}
_CENT = Decimal("0.01")
_SPLIT = re.compile(r"[、,，;；|/]+")


class Bad(Exception):
    """A value can't be taken. `problem` is the last part of a locale key below mapping.problem."""

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.details = details


def plain(value: Any) -> str:
    """A cell as text without what can't be seen; whole numbers without ".0"."""
    if type(value) is str:
        text = value.strip()
    elif value is None:
        return ""
    elif isinstance(value, bool):
        return "yes" if value else "no"
    elif isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    elif isinstance(value, (list, dict)):
        raise Bad("nested")
    else:
        text = str(value).strip()
    return text if text.isascii() and "\0" not in text else _clean(text)


def _clean(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Bad("unreadable") from None
    return text.replace("\0", "").replace("\u200b", "").replace("\ufeff", "").replace("\xa0", " ").strip()


def said(value: Any) -> str:
    """The text of a typed cell; "" when it says that there is nothing."""
    text = plain(value)
    if text.startswith("#") and text.upper() in _ERRORS:
        raise Bad("excel_error")
    return "" if text.casefold() in NO_VALUE else text


def text(value: Any) -> str:
    """A text as it is, trimmed."""
    if type(value) is list:
        value = "、".join(plain(part) for part in value)
    found = plain(value)
    if len(found) > LONGEST:
        raise Bad("too_long", limit=LONGEST)
    if found.startswith("#") and found.upper() in _ERRORS:
        raise Bad("excel_error")
    return "" if len(found) < 7 and found.casefold() in NOTHING else found


def identifier(value: Any) -> str:
    """An id without spaces; full-width characters become plain ones."""
    found = plain(value)
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found)
    if "|" in found or " " in found or len(found.split()) > 1:
        raise Bad("not_an_id")
    if len(found) > LONGEST_ID:
        raise Bad("too_long", limit=LONGEST_ID)
    return "" if found.casefold() in NO_VALUE else found


def flag(value: Any) -> bool | None:
    """Yes or no in the usual words; None when empty."""
    found = said(value).casefold()
    if not found:
        return None
    if found not in _FLAGS:
        raise Bad("not_a_flag")
    return _FLAGS[found]


def words(value: Any) -> tuple[str, ...]:
    """Several words, each once: a list, or separated by 、 , ; | /."""
    parts = value if isinstance(value, (list, tuple)) else _SPLIT.split(said(value))
    return tuple(dict.fromkeys(word for part in parts if (word := text(part).replace("|", " "))))


def number(value: Any) -> Decimal | None:
    """A number with or without thousands' commas or a percent sign (35% is 0.35); None when empty."""
    if type(value) in (int, float):
        return _finite(value)
    found = said(value)
    if not found:
        return None
    share = found.endswith(("%", "％"))
    return _decimal(found.rstrip("%％")) / (100 if share else 1)


def integer(value: Any, low: int | None, high: int | None) -> int | None:
    """A whole number within its limits; None when empty."""
    found = number(value)
    if found is None:
        return None
    if found != found.to_integral_value():
        raise Bad("not_whole")
    low, high = -(2**31) if low is None else low, 2**31 - 1 if high is None else high
    if not low <= found <= high:
        raise Bad("out_of_range", low=low, high=high)
    return int(found)


def money(value: Any, unit: Decimal) -> tuple[Decimal | None, str]:
    """(amount, currency said in the cell, "" for none). A unit in the cell (3万) counts instead of `unit`.

    Known forms: 1,234.50 · ¥1234.5 · 12万元 · (1,234.00) for less than zero · １２３ · USD 1,000. Raises Bad for
    1.234,50 and 1,23: nobody knows which sign is the decimal point.
    """
    if type(value) is int:
        return _checked(value * unit), ""
    if type(value) is float:
        return _checked(_finite(value) * unit), ""
    if type(value) is str and _PLAIN.fullmatch(value):
        return _checked(Decimal(value) * unit), ""
    found = said(value)
    return _spelt(found, unit) if found else (None, "")


def _spelt(cell: str, unit: Decimal) -> tuple[Decimal, str]:
    if len(cell) > _LONGEST_NUMBER:
        raise Bad("not_money")
    upper = unicodedata.normalize("NFKC", cell).upper().replace("−", "-").replace("–", "-")
    closed = upper.startswith("(") and upper.endswith(")")
    compact = "".join(upper.strip("()").split() if closed else upper.split())
    if "," in compact:
        if not _GROUPED.fullmatch(compact):
            raise Bad("ambiguous_comma")
        compact = compact.replace(",", "")
    found = _MONEY.fullmatch(compact)
    if found is None:
        raise Bad("not_money")
    inside = found["unit"]
    each = UNITS[inside] if inside else unit
    below = closed or "-" in (found["sign"] + found["sign2"])
    amount = _decimal(found["number"]) * each * (-1 if below else 1)
    return _checked(amount), _code(found["before"], found["after"])


def _code(before: str, after: str) -> str:
    codes = {_FOREIGN.get(mark, mark) for mark in (before, after) if mark not in _OURS}
    if not codes:
        return ""
    code = codes.pop()
    if codes or not re.fullmatch("[A-Z]{3}", code):
        raise Bad("not_money")
    return code


def cents(amount: Decimal) -> Decimal:
    """Rounded to 0.01, half to even: what can be kept."""
    return _checked(amount).quantize(_CENT)


def _checked(amount: Decimal) -> Decimal:
    if abs(amount) > LARGEST:
        raise Bad("too_large")
    return amount


def _finite(value: float) -> Decimal:
    if isinstance(value, float) and not math.isfinite(value):
        raise Bad("not_a_number")
    return Decimal(repr(value))


def _decimal(cell: str) -> Decimal:
    if len(cell) > _LONGEST_NUMBER:
        raise Bad("not_a_number")
    compact = "".join(unicodedata.normalize("NFKC", cell).split())
    if "," in compact:
        if not _GROUPED.fullmatch(compact):
            raise Bad("ambiguous_comma")
        compact = compact.replace(",", "")
    try:
        found = Decimal(compact)
    except InvalidOperation:
        raise Bad("not_a_number") from None
    if not found.is_finite() or abs(found) > LARGEST:
        raise Bad("too_large" if found.is_finite() else "not_a_number")
    return found

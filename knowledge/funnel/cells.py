"""Cells as values: what is missing, amounts as decimals, days and times in the forms that files have them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

SCALE = 18  # digits after the point that are kept; 20 before it
LARGEST = Decimal(10) ** 18
_MISSING = frozenset({"", "null", "nan", "none", "n/a", "#n/a", "<na>", "nat", "\\n"})
_LONGEST_MISSING = max(map(len, _MISSING))
_SAYS_UNKNOWN = frozenset(
    {
        "未知",
        "不详",
        "不明",
        "未填写",
        "无",
        "unknown",
        "(unknown)",
        "not set",
        "(not set)",
        "undefined",
        "na",
        "-",
        "--",
        "?",
    }
)
_MONEY_NOISE = re.compile(r"[\s¥$€£']|人民币|rmb|cny|usd|eur|gbp|元整?$", re.IGNORECASE)
_CURRENCIES = {
    "CNY": re.compile(r"[¥元]|人民币|rmb|cny", re.IGNORECASE),
    "USD": re.compile(r"\$|usd", re.IGNORECASE),
    "EUR": re.compile(r"€|eur", re.IGNORECASE),
    "GBP": re.compile(r"£|gbp", re.IGNORECASE),
}
_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")  # most cells: read without more ado
_THOUSANDS = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})*,\d{3})(\.\d*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_TIMES = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8, "千": Decimal(10) ** 3}
_PARTS = re.compile(
    r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?)?分?)?"
    r"\s*(am|pm)?",
    re.IGNORECASE,
)
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # days counted from here have no zone
_EXCEL_DAYS = range(20_000, 80_000)  # 1954–2119

Order = Literal["ymd", "dmy", "mdy", "unclear"]


def missing(text: str) -> bool:
    """Whether a cell says nothing. `NA` is a value: it may be North America."""
    return len(text) <= _LONGEST_MISSING and text.casefold() in _MISSING


def says_unknown(text: str) -> bool:
    """Whether a group is called unknown in the file itself."""
    return text.casefold() in _SAYS_UNKNOWN


def amount(text: str) -> Decimal | None:
    """1,234.50, ¥80, 12.5万, (300) for a negative one; None when it is no number. Digits after the SCALEth round."""
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    plain = _MONEY_NOISE.sub("", unicodedata.normalize("NFKC", text))
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1] if negative else plain
    unit = _TIMES.get(plain[-1:], Decimal(1))
    try:
        value = Decimal(_pointed(plain if unit == 1 else plain[:-1])) * unit
    except ArithmeticError:
        return None
    if not value.is_finite() or abs(value) >= LARGEST:
        return None
    exponent = value.as_tuple().exponent
    value = round(value, SCALE) if isinstance(exponent, int) and exponent < -SCALE else value
    return -value if negative else value


def currency(text: str) -> str:
    """The currency that a cell names: CNY, USD, EUR, GBP; "" when it names none."""
    if _PLAIN.fullmatch(text):
        return ""
    return next((code for code, sign in _CURRENCIES.items() if sign.search(unicodedata.normalize("NFKC", text))), "")


def _pointed(text: str) -> str:
    """1,234.5 and 1.234,5 as 1234.5; other commas make it no number."""
    if _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return text.replace(".", "").replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Moments:
    """A column of times, without zone. None: empty, or not to be read (`unreadable` has the places)."""

    values: list[datetime | None]
    unreadable: list[int]
    order: Order
    has_times: bool  # whether any is more than a day


def moments(texts: Sequence[str], zone: tzinfo) -> Moments:
    """All of a column: whether 3/4/2026 is in March or April is decided by the column's other rows.

    With a zone of its own, a time is turned into `zone`'s. An unclear order leaves such dates unread.
    """
    order = _order(set(texts))
    read = _reader(order, zone)
    known = {text: read(text) for text in set(texts)}
    values = [known[text] for text in texts]
    bad = [
        at for at, (text, value) in enumerate(zip(texts, values, strict=True)) if value is None and not missing(text)
    ]
    return Moments(values, bad, order, any(value and value.time() != time() for value in known.values()))


def looks_like_days(texts: Iterable[str]) -> bool:
    """Whether most of these cells are written like days: numbers alone don't count."""
    filled = [text for text in texts if not missing(text)]
    good = sum(bool(_PARTS.match(text)) for text in filled)
    return bool(filled) and good >= 0.8 * len(filled)


def _order(texts: Iterable[str]) -> Order:
    """Which of day, month and year comes first where the year is last."""
    first = second = 0
    found = False
    for text in texts:
        if text[:4].isdigit() or not (parts := _PARTS.match(text)) or len(parts[3]) < 3:
            continue
        found, first, second = True, max(first, int(parts[1])), max(second, int(parts[2]))
    if not found:
        return "ymd"
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else "unclear"


def _reader(order: Order, zone: tzinfo) -> Callable[[str], datetime | None]:
    def read(text: str) -> datetime | None:
        try:
            return _local(datetime.fromisoformat(text), zone)
        except ValueError:
            pass
        plain = unicodedata.normalize("NFKC", text).strip()
        try:
            return _number(plain, zone) if plain.replace(".", "", 1).isdigit() else _written(plain, order)
        except (ValueError, OverflowError):
            return None

    return read


def _local(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _number(text: str, zone: tzinfo) -> datetime | None:
    """Seconds or milliseconds since 1970, or days as Excel counts them."""
    value = float(text)
    if len(text) in {10, 13} and text.isdigit():
        return _local(datetime.fromtimestamp(value / (1000 if len(text) == 13 else 1), UTC), zone)
    return _EXCEL_EPOCH + timedelta(days=value) if int(value) in _EXCEL_DAYS else None


def _written(text: str, order: Order) -> datetime | None:
    found = _PARTS.fullmatch(text)
    if not found:
        return None
    day = _day(*(int(part) for part in found.groups()[:3]), year_first=len(found[1]) == 4, order=order)
    if day is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[3:6])
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    return datetime.combine(day, time(hour, minute, second))


def _day(first: int, second: int, third: int, *, year_first: bool, order: Order) -> date | None:
    if year_first:
        return date(first, second, third)
    if third < 1000 or order == "unclear":
        return None
    return date(third, second, first) if order == "dmy" else date(third, first, second)

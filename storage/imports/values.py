"""Cells as values. Every function raises Problem with the field's name when it can't."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from storage.imports.layout import Layout
from storage.imports.report import Problem

LARGEST = Decimal(10) ** 12  # yuan; more is a wrong unit
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_TIME}")
_MOMENT = re.compile(r"(.*?)[ T]*(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WHOLE = re.compile(r"[Vv第]?\s*(\d{1,6})\s*版?")
_BETWEEN_WORDS = re.compile(r"[+、,，;；/|\s]+")


def identifier(field: str, text: str) -> str:
    """An id without spaces."""
    if "|" in text or len(text.split()) != 1:
        raise Problem("not_an_id", field)
    return text


def choice(layout: Layout, field: str, text: str) -> str:
    """The value that a word means."""
    value = layout.choice(field, text)
    if value is None:
        raise Problem("unknown_choice", field, expected=layout.expected(field))
    return value


def whole(field: str, text: str) -> int | None:
    """1, 2, V3, 第2版; None when empty."""
    if not text:
        return None
    found = _WHOLE.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise Problem("not_a_whole_number", field)
    return int(found[1])


def yes(layout: Layout, field: str, text: str) -> bool | None:
    """Whether a cell says yes; None when empty."""
    return choice(layout, field, text) == "yes" if text else None


def words(text: str) -> tuple[str, ...]:
    """华中+西南, 华中、西南 and the like, each word once."""
    return tuple(dict.fromkeys(word for word in _BETWEEN_WORDS.split(text) if word))


def day(field: str, text: str) -> date | None:
    """2024-01-31, 2024/1/31, 2024.1.31, 2024年1月31日, 20240131, with or without a time; None when empty."""
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text)
    found = _DATE.fullmatch(plain) or _DIGITS.fullmatch(plain)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass  # 2024-02-30
    raise Problem("not_a_date", field)


def moment(field: str, text: str, zone: tzinfo) -> datetime | None:
    """2024-01-31 09:30, also with seconds, T or a zone; without a zone it is `zone`'s, a day alone is its noon.

    None when empty.
    """
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text)
    found = _MOMENT.fullmatch(plain)
    try:
        if found:
            clock = f"0{found[2]}" if found[2][1] == ":" else found[2]
            at = datetime.fromisoformat(f"{day(field, found[1])} {clock}")
            return at if at.tzinfo else at.replace(tzinfo=zone)
        only = day(field, text)
    except (Problem, ValueError):
        raise Problem("not_a_time", field) from None
    return datetime.combine(only, time(12), zone) if only else None


def amount(field: str, text: str, unit: int) -> Decimal | None:
    """Yuan; the cell counts in `unit` yuan. Thousands' commas and a ¥ are fine; None when empty."""
    if not text:
        return None
    plain = re.sub(r"[,¥\s]", "", unicodedata.normalize("NFKC", text))
    try:
        value = Decimal(plain) * unit
    except ArithmeticError:  # no number, or 1e999999
        raise Problem("not_a_number", field) from None
    if not value.is_finite():
        raise Problem("not_a_number", field)
    if value < 0:
        raise Problem("negative", field)
    if value > LARGEST:
        raise Problem("too_large", field)
    return value.quantize(Decimal("0.01"))

"""Dates, weekdays, quarters and times of day, as figures: 2026-03-05 and March 5 say the same month and day. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from adapters.llm.units import Figure

# A pattern, and what a match means; [] when it means nothing (month 13), so that later patterns may look at it.
Reading = tuple[re.Pattern[str], Callable[[re.Match[str]], list[Figure]]]

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# without the two that are also words
_SURE_MONTHS = "|".join(month.title() for month in _MONTHS if month not in ("march", "may"))
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_EN = "(?P<month>" + "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in _MONTHS) + r")\b\.?"


def _year_month_day(m: re.Match[str]) -> list[Figure]:
    date = _month_day(m[2], m[3])
    return [*date, ("", Decimal(m[1]))] if date else []


def _month_day(month: str, day: str) -> list[Figure]:
    m, d = int(month), int(day)
    return [("md", (m, d)), ("mon", m)] if 1 <= m <= 12 and 1 <= d <= 31 else []


def _month(month: str, year: str = "") -> list[Figure]:
    figure: list[Figure] = [("mon", int(month))] if 1 <= int(month) <= 12 else []
    return [*figure, ("", Decimal(year))] if figure and year else figure


def _english_date(m: re.Match[str]) -> list[Figure]:
    return _month_day(str(_month_number(m["month"])), m["day"])


def _english_month(m: re.Match[str]) -> list[Figure]:
    return [("mon", _month_number(m["month"]))] if m["month"][0].isupper() else []


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _weekday(m: re.Match[str]) -> list[Figure]:
    return [("wd", int(m[1]) if m[1].isdigit() else "一二三四五六日".find(m[1].replace("天", "日")) + 1)]


def _quarter(m: re.Match[str]) -> list[Figure]:
    return [("q", "一二三四".index(m[1]) + 1 if m[1] and not m[1].isdigit() else int(m[1] or m[2]))]


_ANY = re.IGNORECASE
DATES: tuple[Reading, ...] = (
    (re.compile(r"(?<!\d)(\d{4})[ ]?[-/.年][ ]?(\d{1,2})[ ]?[-/.月][ ]?(\d{1,2})(?!\d)[日号]?"), _year_month_day),
    (re.compile(r"(?<!\d)(\d{4})[ ]?年[ ]?(\d{1,2})[ ]?月份?"), lambda m: _month(m[2], m[1])),
    (re.compile(r"(?<!\d)(\d{1,2})[ ]?月[ ]?(\d{1,2})(?!\d)[日号]?"), lambda m: _month_day(m[1], m[2])),
    (re.compile(r"(?<!\d)(\d{1,2})[ ]?月份?"), lambda m: _month(m[1])),
    (re.compile(rf"\b{_MONTH_EN}[ ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])", _ANY), _english_date),
    (re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ](?:of[ ])?{_MONTH_EN}", _ANY), _english_date),
    (re.compile(rf"\b(?:in|by|of|until|till|since|before|after|this|next|last|early|late|mid)[ -]{_MONTH_EN}"
                .replace("may", "May"), _ANY), _english_month),
    (re.compile(rf"\b(?P<month>{_SURE_MONTHS})\b"), _english_month),
    (re.compile(r"(?<!\d)(\d{1,2})[:：](\d{2})(?::\d{2})?(?!\d)"), lambda m: [("time", (int(m[1]), int(m[2])))]),
    (re.compile(r"(?<![一二两三四五六七八九十\d几])(?:周|星期|礼拜)([1-6一二三四五六日天])"), _weekday),
    (re.compile(rf"\b({'|'.join(_DAYS)})s?\b", _ANY), lambda m: [("wd", _DAYS.index(m[1].lower()) + 1)]),
    (re.compile(r"第?([1-4一二三四])季度|\bQ([1-4])(?!\d)"), _quarter),
)  # fmt: skip

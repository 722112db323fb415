"""Lengths of time in a sentence, and counting with them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from knowledge.clauses.numerals import ENGLISH_WORD, HAN, number, plain
from knowledge.clauses.value import Kind, Period, Value

_N = rf"(?:\d{{1,4}}(?:\.\d)?|{HAN})"
_ZH_UNIT = (
    r"个?(?P<unit>工作日|工作天|自然日|日历日|日历天|星期|礼拜|季度|小时|天|日|周|(?<=个)月|年)(?!度|产|终|会|检|限)"
)
_NOT = r"(?<![每第\d年月.,一二三四五六七八九十百千万])"

_HALF = re.compile(r"半(?P<unit>个月|年|天)")
_AND_HALF = re.compile(rf"{_NOT}(?:(?P<num>{_N})个半(?P<unit>月|小时)|(?P<num2>{_N})(?P<unit2>年|天|周)半)")
_ZH = re.compile(rf"{_NOT}(?:(?P<low>{_N})\s?[-~—–至到]\s?)?(?P<num>{_N})\s?{_ZH_UNIT}")
_MONTHS = re.compile(rf"{_NOT}(?:(?P<low>{_N})\s?[-~—–至到]\s?)?(?P<num>{_N})\s?个(?P<unit>月)")
_EN_UNIT = r"(?P<work>(?:business|working|banking)[\s-])?(?:(?:calendar|consecutive|full|successive)[\s-])?"
_EN_UNIT += r"(?P<unit>hour|day|week|month|year)s?\b"
_EN_BRACKET = re.compile(rf"\((?P<num>\d{{1,4}})\)[\s-]{{0,2}}{_EN_UNIT}", re.I)
_EN = re.compile(
    rf"(?<![\w.,$€£-])(?:(?P<low>\d{{1,4}}|{ENGLISH_WORD})\s?(?:-|–|~|to|or)\s?)?"
    rf"(?P<num>\d{{1,4}}|{ENGLISH_WORD})[\s-]{{1,2}}{_EN_UNIT}",
    re.I,
)
_ANOTHER = re.compile(r"\b(?:another|a further|one more)\s(?P<unit>day|week|month|year)\b", re.I)
_NET = re.compile(r"\bnet[\s-]{0,2}(?P<num>\d{1,3})\b(?!\s?(?:%|kg|weight))", re.I)

_WORKING = {"工作日", "工作天"}
_DAYS = {"天": 1, "日": 1, "自然日": 1, "日历日": 1, "日历天": 1, "周": 7, "星期": 7, "礼拜": 7, "day": 1, "week": 7}
_MONTH_COUNT = {"月": 1, "个月": 1, "季度": 3, "年": 12, "month": 1, "year": 12}
_LETTER = {"周": "W", "星期": "W", "礼拜": "W", "week": "W", "月": "M", "month": "M", "年": "Y", "year": "Y"}


def periods(text: str) -> Iterator[Value]:
    """半年, 一个半月, 45天, 5个工作日, 6-8周, thirty (30) days, three-year, net 30."""
    for match in _HALF.finditer(text):
        unit = match["unit"]
        period = Period(days=15) if unit == "个月" else Period(months=6) if unit == "年" else Period(days=1)
        yield Value(Kind.PERIOD, *match.span(), (_named(period),), period=period)
    for match in _AND_HALF.finditer(text):
        yield from _with_half(match)
    for pattern in (_MONTHS, _ZH, _EN_BRACKET, _EN):
        for match in pattern.finditer(text):
            yield from _counted(match)
    for match in _ANOTHER.finditer(text):
        unit = match["unit"].lower()
        yield Value(Kind.PERIOD, *match.span(), (_form(Decimal(1), unit, False),), period=_period(1, unit, False))
    for match in _NET.finditer(text):
        yield Value(Kind.PERIOD, *match.span(), (f"P{match['num']}D",), period=Period(days=int(match["num"])))


def _with_half(match: re.Match[str]) -> Iterator[Value]:
    unit = match["unit"] or match["unit2"]
    count = number(match["num"] or match["num2"]) + Decimal("0.5")
    if unit == "小时" or count > 100:
        return
    whole = count * (12 if unit == "年" else 1) if unit in {"年", "月"} else count * _DAYS[unit]
    if unit in {"年", "月"} and whole == int(whole):
        period = Period(months=int(whole))
    else:
        period = Period(days=int(whole * (30 if unit == "月" else 1)))
    yield Value(Kind.PERIOD, *match.span(), (_named(period),), period=period)


def _counted(match: re.Match[str]) -> Iterator[Value]:
    groups = match.groupdict()
    unit = groups["unit"].lower()
    count = number(groups["num"])
    if unit in {"小时", "hour"}:
        yield Value(Kind.HOURS, *match.span(), (f"PT{plain(count)}H",))
        return
    if count > (100 if unit in {"年", "year"} else 1500) or count != int(count):  # 2026年 is a year, not a length
        return
    working = bool(groups.get("work")) or unit in _WORKING
    forms = [_form(number(low), unit, working) for low in (groups.get("low"),) if low]
    yield Value(
        Kind.PERIOD, *match.span(), (*forms, _form(count, unit, working)), period=_period(int(count), unit, working)
    )


def _period(count: int, unit: str, working: bool) -> Period:
    if working:
        return Period(working_days=count)
    if unit in _MONTH_COUNT:
        return Period(months=count * _MONTH_COUNT[unit])
    return Period(days=count * _DAYS[unit])


def _form(count: Decimal, unit: str, working: bool) -> str:
    if working:
        return f"{plain(count)} working days"
    if unit == "季度":
        return f"P{plain(count * 3)}M"
    return f"P{plain(count)}{_LETTER.get(unit, 'D')}"


def _named(period: Period) -> str:
    if period.months:
        return f"P{period.months // 12}Y" if period.months % 12 == 0 else f"P{period.months}M"
    return f"P{period.days}D"


def later(begin: date, period: Period) -> date | None:
    """The last day of a period that begins on `begin`, which isn't counted itself (Civil Code of China, 201 and 202).

    Three years from 2026-03-15 end on 2029-03-15; a month from January 31 ends on the last day of February. None for
    working days, which depend on a calendar, and beyond the year 9999.
    """
    if period.working_days:
        return None
    month = begin.year * 12 + begin.month - 1 + period.months
    year, index = divmod(month, 12)
    try:
        day = min(begin.day, calendar.monthrange(year, index + 1)[1])
        return date(year, index + 1, day) + timedelta(days=period.days)
    except (ValueError, OverflowError):
        return None

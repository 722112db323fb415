"""Dates and times as sources write them. What could be read in two ways is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from knowledge.mapping.values import Bad, said

OLDEST, NEWEST = date(1980, 1, 1), date(2100, 1, 1)  # beyond, it is an empty cell's 1900 or a mistake
_LONGEST = 80  # characters of a date or time; patterns need never look at more
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone (1900 wrongly counted as a leap year)
_EXCEL_DAYS = (29_220, 73_051)  # 1980 to 2100
_SECONDS = (315_532_800, 4_102_444_800)  # the same years since 1970
_NUMBER = re.compile(r"\d{4,17}(?:\.\d+)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(.*)")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:\s.*)?")
_DAY_MONTH = re.compile(r"(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[-\s]+([a-z]{3,9})\.?,?[-\s]+(\d{4})(.*)")
_MONTH_DAY = re.compile(r"(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(.*)")
_CLOCK = re.compile(
    r"(?:[t,]|星期.|周.|\s)*(?P<half>上午|下午|中午|晚上|凌晨|早上|am|pm)?\s*(?P<hour>\d{1,2})\s*[:点时]\s*(?P<minute>\d{1,2})?\s*分?"
    r"(?::?\s*(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\s*秒?)?\s*(?P<half2>am|pm)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?(?:\s*\(.*\))?"
)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?"
)
_LATE = {"下午", "晚上", "pm"}
_EARLY = {"上午", "凌晨", "早上", "am"}
_NOON = time(12)
_EMPTY = ("0000-00-00", "0000/00/00", "1900-01-00", "0")


def moment(value: Any, zone: tzinfo, form: str = "") -> datetime | None:
    """A moment in UTC; None when empty. Without a zone it is `zone`'s; a day alone is its noon, so that no zone
    moves it to another day."""
    if type(value) is str and not form and len(value) > 15 and value[4] == "-" and value[10] in " T":
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return _within(at if at.tzinfo else at.replace(tzinfo=zone))
    cell = said(value)
    if not cell or cell.startswith(_EMPTY[:3]) or cell == "0":
        return None
    at = _formed(cell, form) if form else _read(cell, zone)
    return _within(at if at.tzinfo else at.replace(tzinfo=zone))


def day(value: Any, zone: tzinfo, form: str = "") -> date | None:
    """A day in `zone`; None when empty."""
    if type(value) is not str:
        found = moment(value, zone, form)
        return found.astimezone(zone).date() if found else None
    return _day(value, zone, form)


@lru_cache(65_536)  # a table has few days, and many rows of each
def _day(cell: str, zone: tzinfo, form: str) -> date | None:
    found = moment(cell, zone, form)
    return found.astimezone(zone).date() if found else None


def _within(at: datetime) -> datetime:
    if not OLDEST.year <= at.year < NEWEST.year:
        raise Bad("strange_year", first=OLDEST.year, last=NEWEST.year - 1)
    return at.astimezone(UTC)


def _formed(cell: str, form: str) -> datetime:
    """By the format that the definition says."""
    try:
        at = datetime.strptime(cell, form)  # noqa: DTZ007 - the caller adds the zone where the format has none
    except ValueError:
        raise Bad("not_the_format", format=form) from None
    hours = any(mark in form for mark in ("%H", "%I", "%X", "%c", "%T"))
    return at if hours else datetime.combine(at.date(), _NOON)


def _read(cell: str, zone: tzinfo) -> datetime:
    if len(cell) > _LONGEST:
        raise Bad("not_a_date")
    text = unicodedata.normalize("NFKC", cell).strip().lower()
    try:
        if _NUMBER.fullmatch(text):
            return _numbered(text, zone)
        if found := _CHINESE.fullmatch(text):
            year, month, number = found.groups()
            return datetime.combine(date(int(year.translate(_NUMERALS)), _count(month), _count(number)), _NOON)
        if found := _YEAR_FIRST.fullmatch(text):
            return _with_clock(date(int(found[1]), int(found[2]), int(found[3])), found[4])
        if found := _DAY_MONTH.fullmatch(text):
            return _with_clock(date(int(found[3]), _MONTHS[found[2][:3]], int(found[1])), found[4])
        if found := _MONTH_DAY.fullmatch(text):
            return _with_clock(date(int(found[3]), _MONTHS[found[1][:3]], int(found[2])), found[4])
    except (ValueError, KeyError, OverflowError):  # 30 February, 25 o'clock
        raise Bad("no_such_day") from None
    raise Bad("which_part_is_the_day" if _YEAR_LAST.fullmatch(text) else "not_a_date")


def _numbered(text: str, zone: tzinfo) -> datetime:
    """20240131, 20240131093000, Excel's days, seconds, milliseconds, microseconds since 1970."""
    whole = text.partition(".")[0]
    if (
        len(whole) in (8, 12, 14)
        and text == whole
        and (found := _DIGITS.fullmatch(whole))
        and "1979" < found[1] < "2100"
    ):
        parts = [int(part) for part in found.groups() if part]
        return datetime(*parts, tzinfo=zone) if len(parts) > 3 else datetime.combine(date(*parts), _NOON)  # type: ignore[arg-type, misc]  # 3, 5 or 6 numbers
    value = float(text)
    if _EXCEL_DAYS[0] <= value < _EXCEL_DAYS[1]:
        at = (_EXCEL_EPOCH + timedelta(seconds=round(value * 86_400))).replace(tzinfo=zone)
        return at if value % 1 else at.replace(hour=12)
    for per_second in (1, 1_000, 1_000_000):
        if _SECONDS[0] <= value / per_second < _SECONDS[1] and len(whole) >= len(str(per_second)) + 8:
            return datetime.fromtimestamp(value / per_second, UTC)
    raise Bad("not_a_date")


def _with_clock(on: date, rest: str) -> datetime:
    if not rest.strip(" t,"):
        return datetime.combine(on, _NOON)
    found = _CLOCK.fullmatch(rest.strip())
    if found is None:
        raise Bad("not_a_date")
    part = (found["part"] or "0").ljust(6, "0")[:6]
    clock = time(_hour(found), int(found["minute"] or 0), int(found["second"] or 0), int(part), _offset(found["zone"]))
    return datetime.combine(on, clock)


def _hour(found: re.Match[str]) -> int:
    hour, half = int(found["hour"]), found["half"] or found["half2"] or ""
    if half in _LATE and hour < 12:
        return hour + 12
    return 0 if half in _EARLY and hour == 12 else hour


def _offset(zone: str | None) -> tzinfo | None:
    if zone is None:
        return None
    return UTC if zone in ("z", "utc", "gmt") else datetime.strptime(zone.replace(":", ""), "%z").tzinfo


def _count(numeral: str) -> int:
    """十 is 10, 十一 is 11, 二十 is 20, 三十一 is 31."""
    if "十" not in numeral:
        return int(numeral.translate(_NUMERALS))
    tens, ones = (part.translate(_NUMERALS) for part in numeral.split("十"))
    return int(tens or 1) * 10 + int(ones or 0)

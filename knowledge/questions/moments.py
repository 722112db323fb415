"""What matched words of time mean: readers for the table in `days`. Pure.

A reader raises ValueError for a day that doesn't exist. What has no year is the latest that has begun; what runs now
ends today.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.clauses.numerals import ENGLISH, number
from knowledge.metrics.periods import Period, last_days, last_months, month, months_of, same_day, week, year

MOST = 3660  # days a span may reach back
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FESTIVALS = {"元旦": (1, 1, 1), "五一": (5, 1, 5), "618": (6, 18, 1), "国庆": (10, 1, 7)}
FESTIVALS |= {"双十一": (11, 11, 1), "双11": (11, 11, 1), "双十二": (12, 12, 1), "双12": (12, 12, 1)}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_YEARS_BACK = {"去年": 1, "前年": 2, "明年": -1, "last year": 1}
_IN_MONTHS = {"季度": 3, "季": 3, "quarter": 3, "年": 12, "year": 12, "月": 1, "month": 1}
_IN_DAYS = {"月": 30, "month": 30, "周": 7, "星期": 7, "礼拜": 7, "week": 7}


@dataclass(frozen=True, slots=True)
class Moment:
    """What days are read with: today; of the second end of a range also the first end."""

    today: date
    start: date | None = None


Reader = Callable[[re.Match[str], Moment], Period]
Whole = Callable[[date, int], Period]


def of(whole: Whole, back: int) -> Reader:
    """A week, month … so many back."""
    return lambda _, now: whole(now.today, back)


def day_back(days: int) -> Reader:
    """One day, so many before today."""
    return lambda _, now: _one(now.today - timedelta(days=days))


def part_of_year(months: int) -> Reader:
    """A month, quarter or half (so many months) by its number or name."""

    def read(found: re.Match[str], now: Moment) -> Period:
        place = _place(found)
        start = None if now.start is None else now.start.replace(day=1)
        at = Moment(now.today, start)
        return months_of(_begun(lambda year: date(year, (place - 1) * months + 1, 1), found, at), months, now.today)

    return read


def whole_year(found: re.Match[str], now: Moment) -> Period:
    """2025年."""
    said = _year(found, now)
    return months_of(date(said or now.today.year, 1, 1), 12, now.today)


def year_and_month(found: re.Match[str], now: Moment) -> Period:
    """2025-08."""
    return months_of(date(int(found["year"]), int(found["n"]), 1), 1, now.today)


def month_and_day(found: re.Match[str], now: Moment) -> Period:
    """8月15日, Aug 15, with or without a year."""
    groups = found.groupdict()
    place = _place(found) if groups.get("name") else _int(groups["m"])
    day = _int(groups["d"])
    date(2024, place, day)  # no year has 30 February
    return _one(_begun(lambda year: date(year, place, day), found, now))


def full_date(found: re.Match[str], _: Moment) -> Period:
    """2026-08-15."""
    return _one(date(int(found["year"]), int(found["m"]), int(found["d"])))


def day_of_month(found: re.Match[str], now: Moment) -> Period:
    """15号: of this month, or the one before when it lies ahead; behind a range's beginning, of its month."""
    day, around = _int(found["d"]), now.start or now.today
    if not 1 <= day <= 31:
        raise ValueError(found[0])
    which = found.groupdict().get("which") or ""
    back = which.count("上") if which else int(now.start is None and day > now.today.day)
    return _one(same_day(around.replace(day=1), -back).replace(day=day))


def first_of_year(found: re.Match[str], now: Moment) -> Period:
    """今年前三个季度, 去年前两个月: from January on."""
    months = int(_count(found["n"])) * _IN_MONTHS[found["unit"].strip("个")]
    first = date(_year(found, now) or now.today.year, 1, 1)
    return months_of(first, min(12, months), now.today)


def third_of_month(found: re.Match[str], now: Moment) -> Period:
    """上旬, 中旬, 下旬."""
    which = found.groupdict().get("which") or ""
    first = (month(now.today, which.count("上")) if which else part_of_year(1)(found, now)).first
    begin, end = {"上": (1, 10), "中": (11, 20), "下": (21, 0)}[found["part"]]
    last = first.replace(day=end) if end else same_day(first, 1) - timedelta(days=1)
    return Period(first.replace(day=begin), last)


def recent(found: re.Match[str], now: Moment) -> Period:
    """最近三个月, last 3 weeks: back from today."""
    count = _count(found["n"])
    unit = found["unit"].rstrip("s")
    whole = count * _IN_MONTHS.get(unit, 0)
    if whole and whole == int(whole):
        return last_months(min(int(whole), MOST // 30), now.today)
    return last_days(max(1, min(MOST, round(count * _IN_DAYS.get(unit, 1)))), now.today)


def weekday(found: re.Match[str], now: Moment) -> Period:
    """上周三; 周三 alone is the latest one."""
    which = found["which"] or ""
    monday = week(now.today, which.count("上") - which.count("下")).first
    day = monday + timedelta(days="一二三四五六日".index(found["day"].replace("天", "日")))
    return _one(day - timedelta(days=7) if not which and day > now.today else day)


def weekend(found: re.Match[str], now: Moment) -> Period:
    """上周末, last weekend: Saturday and Sunday."""
    which = found["which"] or ("上" if found["en"] == "last" else "")
    saturday = week(now.today, which.count("上") - which.count("下")).first + timedelta(days=5)
    return Period(saturday, saturday + timedelta(days=1))


def english_weekday(found: re.Match[str], now: Moment) -> Period:
    """Friday is the latest one; last Friday, on a Friday, a week ago; this Friday that of the week."""
    place = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun").index(found["name"])
    if found["which"] == "this":
        return _one(week(now.today).first + timedelta(days=place))
    back = (now.today.weekday() - place) % 7
    return _one(now.today - timedelta(days=back or (7 if found["which"] else 0)))


def edge_of_year(found: re.Match[str], now: Moment) -> Period:
    """年初, 去年底: its first or last day."""
    which = now.today.year - {"去": 1, "前": 2, "明": -1}.get(found["rel"] or "", 0)
    return _one(date(which, 1, 1) if found["end"] == "初" else date(which, 12, 31))


def edge_of_month(found: re.Match[str], now: Moment) -> Period:
    """6月底, 上月初: its first or last day."""
    which = found["which"]
    around = month(now.today, which.count("上")) if which else part_of_year(1)(found, now)
    return _one(around.first if found["end"] == "初" else same_day(around.first, 1) - timedelta(days=1))


def ago(found: re.Match[str], now: Moment) -> Period:
    """三天前, two weeks ago."""
    count, unit = int(_count(found["n"])), found["unit"].rstrip("s").removeprefix("个")
    if unit in ("天", "日", "day"):
        return day_back(min(count, MOST))(found, now)
    kinds: dict[str, Whole] = {"周": week, "星期": week, "week": week, "月": month, "month": month}
    return kinds.get(unit, year)(now.today, min(count, 100))


def festival(found: re.Match[str], now: Moment) -> Period:
    """国庆: its usual days off."""
    place, day, days = FESTIVALS[found["feast"]]
    first = _begun(lambda year: date(year, place, day), found, now)
    return Period(first, first + timedelta(days=days - 1))


def impossible(found: re.Match[str], _: Moment) -> Period:
    """13月, Q5."""
    raise ValueError(found[0])


def _one(day: date) -> Period:
    return Period(day, day)


def _count(written: str) -> float:
    if written in ("半", "half a"):
        return 0.5
    return float(ENGLISH[written]) if written in ENGLISH else float(number(written))


def _int(written: str) -> int:
    return int(number(written))


def _place(found: re.Match[str]) -> int:
    groups = found.groupdict()
    if name := groups.get("name"):
        return MONTHS.index(name[:3]) + 1
    if half := groups.get("half"):
        return 1 if half in ("上", "前") else 2
    if word := groups.get("word"):
        return _ORDINALS[word]
    return _int(groups["n"] or "")


def _year(found: re.Match[str], now: Moment) -> int | None:
    """The year that was said; None when none was."""
    groups = found.groupdict()
    if written := groups.get("year"):
        return int(written) if len(written) == 4 else 2000 + int(written)
    said = groups.get("rel")
    return now.today.year - _YEARS_BACK.get(said, 0) if said else None


def _begun(first: Callable[[int], date], found: re.Match[str], now: Moment) -> date:
    """That day in the year that was said; else the latest that isn't ahead; behind a range's beginning, its year."""
    said = _year(found, now)
    if said is not None:
        return first(said)
    if now.start is not None:
        return first(now.start.year)
    day = first(now.today.year)
    return day if day <= now.today else first(now.today.year - 1)

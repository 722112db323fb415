"""By when: days in a sentence, counted from the day on which it was said. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

SUNDAY, FRIDAY = 6, 4
_NUMBERS = {digit: number for number, digit in enumerate("零一二三四五六七八九十")} | {"两": 2, "天": 7, "日": 7}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COUNT = r"(?P<n>\d{1,2}|[一二两三四五六七八九十])"

Match = re.Match[str]


def due_in(text: str, said: date) -> date | None:
    """The first day that the text names, never before `said`; None when it names none that exists."""
    hits = [(hit, find) for rule, find in _RULES if (hit := rule.search(text))]
    found = [find(hit, said) for hit, find in sorted(hits, key=lambda one: one[0].start())]
    days = [day for day in found if day is not None and day >= said]
    return days[0] if days else None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _weekday(day: int, said: date, weeks: int) -> date:
    """That day of this week (0), or of a later one; of this week it is never past: then the next one is meant."""
    found = said - timedelta(days=said.weekday()) + timedelta(days=day, weeks=weeks)
    return found if found >= said else found + timedelta(weeks=1)


def _chinese_weekday(hit: Match, said: date) -> date:
    return _weekday(_number(hit["day"]) - 1, said, len(hit["next"] or ""))


def _english_weekday(hit: Match, said: date) -> date:
    return _weekday(_DAYS.index(hit["day"][:3].lower()), said, 1 if hit["next"] else 0)


def _of_month(hit: Match, said: date) -> date | None:
    groups = hit.groupdict()
    month = _number_or(groups.get("month"), said.month)
    found = _day(said.year, month, int(hit["day"]))
    if found is not None and found < said:
        found = _day(said.year + 1, month, int(hit["day"])) if groups.get("month") else _day_of_next_month(said, hit)
    return found


def _day_of_next_month(said: date, hit: Match) -> date | None:
    following = _month_end(said) + timedelta(days=1)
    return _day(following.year, following.month, int(hit["day"]))


def _number_or(word: str | None, otherwise: int) -> int:
    return int(word) if word else otherwise


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(said: date) -> date:
    return said.replace(day=monthrange(said.year, said.month)[1])


def _later(days: int) -> Callable[[Match, date], date]:
    return lambda _, said: said + timedelta(days=days)


def _counted(hit: Match, said: date) -> date:
    return said + timedelta(days=_number(hit["n"]))


def _friday_of_next_week(_: Match, said: date) -> date:
    return _weekday(FRIDAY, said, 1)


_RULES: tuple[tuple[re.Pattern[str], Callable[[Match, date], date | None]], ...] = (
    (re.compile(r"大后天"), _later(3)),
    (re.compile(r"(?<!大)后天|(?i:day after tomorrow)"), _later(2)),
    (re.compile(r"明天|明早|明晚|明日|明儿|(?i:(?<!after )\btomorrow\b)"), _later(1)),
    (re.compile(r"今天|今晚|今日|下班前|(?i:\b(today|tonight|end of (the )?day)\b)"), _later(0)),
    (re.compile(r"(?P<next>下{0,2})个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"), _chinese_weekday),
    (re.compile(r"(?i)\b(?P<next>next )?(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"), _english_weekday),
    (re.compile(r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]"), _of_month),
    (re.compile(r"(?<![\d月])(?P<day>\d{1,2})\s*[日号](?!楼|线|机|仓|门)"), _of_month),
    (re.compile(_COUNT + r"\s*(?:个工作日|天)\s*(?:之内|以内|内|后|之后)"), _counted),
    (re.compile(r"(?i)\b(?:with)?in (?:the next )?(?P<n>\d{1,2}) (?:business |working )?days?\b"), _counted),
    (
        re.compile(r"下个?(?:周|星期|礼拜)(?![一二三四五六日天])|(?i:\bnext week\b)"),
        _friday_of_next_week,
    ),
    (
        re.compile(r"(?:本|这)个?(?:周|星期|礼拜)(?:内|末|之内)|(?i:\b(this week|end of (the )?week)\b)"),
        lambda _, said: max(said, _weekday(FRIDAY, said, 0)) if said.weekday() <= FRIDAY else said,
    ),
    (re.compile(r"(?<!下个)(?<!下)月底|(?i:\bend of (the )?month\b)"), lambda _, said: _month_end(said)),
)

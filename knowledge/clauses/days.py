"""Calendar days in a sentence: 2026年3月15日, 月底, 下月10号, March 15, 2026, from … to …"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from knowledge.clauses.numerals import number
from knowledge.clauses.value import Kind, Value, apart

Read = Callable[[re.Match[str], date | None], "date | str | None"]

_WRONG = "no such day"

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
_MONTH += r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"

_SPAN_WORDS = re.compile(r"\s{0,2}(?:日|起)?\s{0,2}(?:-|~|—+|–|至|到|to|through|until|till|and ending on)\s{0,2}", re.I)
_CHANGE_WORDS = re.compile(
    r"\s{0,2}(?:变更|改|调整|推迟|延期|延后|提前)(?:为|到|至)\s{0,2}"
    r"|\s{1,2}(?:is )?(?:changed|postponed|moved) to\s{1,2}",
    re.I,
)
_STARTS_BEHIND = re.compile(
    r"\s{0,2}(?:正式|之日)?(?:起(?!草)|生效|签订|签署|签约|开始|订立|\(the\s)|,?\s?\(?\s?the [\"“]?effective", re.I
)
_STARTS_BEFORE = re.compile(
    r"(?:签订日期|签署日期|签约日期|签订日|签约日|签订时间|签署时间|生效日期|生效日)\s?[:为是]?\s?$"
    r"|(?:as of|effective(?: as of| on| from)?|dated|commenc(?:es|ing) on|starting|beginning|made on|entered into on"
    r"|effective date)[\s,:(]{0,3}(?:is |of )?$",
    re.I,
)


def days(text: str, sent: date | None) -> list[Value]:
    """Days in order of place. A range keeps its end; one from which something runs is a START."""
    found = (
        _day(match, day)
        for pattern, read in _PATTERNS
        for match in pattern.finditer(text)
        if (day := _safely(read, match, sent)) is not _WRONG
    )
    monthly = (
        Value(Kind.MONTHLY, *match.span(), (f"day {_int(match['day'])} of the month",))
        for match in _MONTHLY.finditer(text)
    )
    return [_started(text, value) for value in _joined(text, apart([*monthly, *found]))]


def _joined(text: str, found: list[Value]) -> Iterator[Value]:
    """A range is one value, with the day on which it ends; a changed day is the new one."""
    waiting: Value | None = None
    for value in found:
        between = text[waiting.end : value.start] if waiting else ""
        if waiting and value.kind is Kind.DAY and _joins(between):
            waiting = replace(value, start=waiting.start)
            continue
        if waiting:
            yield waiting
        waiting = value
    if waiting:
        yield waiting


def _joins(between: str) -> bool:
    return len(between) < 24 and bool(_SPAN_WORDS.fullmatch(between) or _CHANGE_WORDS.fullmatch(between))


def _started(text: str, value: Value) -> Value:
    begins = _STARTS_BEHIND.match(text, value.end) or _STARTS_BEFORE.search(
        text[max(0, value.start - 40) : value.start]
    )
    return replace(value, kind=Kind.START) if begins and value.kind is Kind.DAY else value


def _day(match: re.Match[str], day: date | str | None) -> Value:
    """What is a day only to who knows when the mail was sent (月底) keeps its words."""
    if isinstance(day, date):
        return Value(Kind.DAY, *match.span(), (day.isoformat(),), day)
    return Value(Kind.DAY, *match.span(), (day or match[0].strip(),))


def _safely(read: Read, match: re.Match[str], sent: date | None) -> date | str | None:
    try:
        return read(match, sent)
    except (ValueError, OverflowError):  # 2026年13月45日
        return _WRONG


def _int(written: str) -> int:
    return int(number(written))


def _full(match: re.Match[str], _: date | None) -> date:
    return date(_int(match["year"]), _int(match["month"]), _int(match["day"]))


def _american(match: re.Match[str], _: date | None) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _month_day(match: re.Match[str], sent: date | None) -> date | str:
    return _next(_int(match["month"]), _int(match["day"]), sent)


def _month_end(match: re.Match[str], sent: date | None) -> date | None:
    year = match.groupdict().get("year")
    month = _int(match["month"])
    if year:
        return _last(int(year), month)
    if sent is None:
        return None
    return _last(sent.year + (month < sent.month), month)


def _year_end(match: re.Match[str], sent: date | None) -> date | None:
    if match["year"]:
        return date(int(match["year"]), 12, 31)
    return date(sent.year + (match["which"] == "明"), 12, 31) if sent else None


def _this_month(match: re.Match[str], sent: date | None) -> date | None:
    if sent is None:
        return None
    ahead = 1 if (match["which"] or "").startswith("下") else 0
    year, index = divmod(sent.year * 12 + sent.month - 1 + ahead, 12)
    return date(year, index + 1, _int(match["day"])) if match["day"] else _last(year, index + 1)


def _weekday(match: re.Match[str], sent: date | None) -> date | None:
    if sent is None:
        return None
    monday = sent - timedelta(days=sent.weekday()) + timedelta(days=7 if match["which"] == "下" else 0)
    return monday + timedelta(days="一二三四五六日".index(match["day"].replace("天", "日")))


def _english(match: re.Match[str], sent: date | None) -> date | str:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = match.groupdict().get("year")
    return date(int(year), month, int(match["day"])) if year else _next(month, int(match["day"]), sent)


def _english_end(match: re.Match[str], sent: date | None) -> date | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = int(match["year"]) if match["year"] else sent.year + (month < sent.month) if sent else None
    return _last(year, month) if year else None


def _middle(match: re.Match[str], sent: date | None) -> date | None:
    end = _english_end(match, sent)
    return end.replace(day=15) if end else None


def _next(month: int, day: int, sent: date | None) -> date | str:
    """The next such day after the mail was sent, or one a month ago at most; "--MM-DD" when that isn't known."""
    if sent is None:
        return f"--{date(2024, month, day):%m-%d}"
    found = date(sent.year, month, day)
    return found if (sent - found).days <= 31 else date(sent.year + 1, month, day)


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _third(match: re.Match[str], sent: date | None) -> date | None:
    """中旬: the tenth, the twentieth, the last day of a month."""
    month = _int(match["month"])
    year = int(match["year"]) if match["year"] else sent.year + (month < sent.month) if sent else None
    if year is None:
        return None
    return _last(year, month) if match["third"] == "下" else date(year, month, 10 if match["third"] == "上" else 20)


def _week_end(match: re.Match[str], sent: date | None) -> date | None:
    if sent is None:
        return None
    return sent - timedelta(days=sent.weekday()) + timedelta(days=13 if match["which"] == "下" else 6)


def _quarter_end(match: re.Match[str], sent: date | None) -> date | None:
    year = int(match["year"]) if match["year"] else sent.year if sent else None
    return _last(year, int(match["quarter"]) * 3) if year else None


_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTHLY = re.compile(rf"每个?月(?:的)?(?P<day>{_N})[日号]")
_PATTERNS: tuple[tuple[re.Pattern[str], Read], ...] = (
    (
        re.compile(
            rf"(?P<year>(?:19|20)\d\d|二[零〇一二三四五六七八九]{{3}})\s?年\s?(?P<month>{_N})\s?月\s?(?P<day>{_N})\s?[日号]?"
        ),
        _full,
    ),
    (re.compile(rf"(?<!\d){_YEAR}(?P<dot>[-/.])(?P<month>\d{{1,2}})(?P=dot)(?P<day>\d{{1,2}})(?!\d)"), _full),
    (re.compile(rf"(?:{_YEAR}\s?年\s?)?(?<!\d)(?P<month>{_N})\s?月(?P<third>[上中下])旬"), _third),
    (re.compile(rf"{_YEAR}\s?年\s?(?P<month>{_N})\s?月(?:底|末|份)?"), _month_end),
    (re.compile(rf"(?<![\d年])(?P<month>{_N})\s?月\s?(?P<day>{_N})\s?[日号]"), _month_day),
    (re.compile(rf"(?<![\d年])(?P<month>{_N})\s?月(?:底|末)"), _month_end),
    (re.compile(rf"(?:{_YEAR}年|(?P<which>今|明|本)?(?<![一二两三四五六七八九十半\d\s])年)(?:底|末|内)"), _year_end),
    (re.compile(rf"(?P<which>这个|本|当|下个?)?月(?:底|末|(?<=[这个本当下]月)(?P<day>{_N})[日号])"), _this_month),
    (re.compile(r"(?P<which>本|这|下)个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"), _weekday),
    (re.compile(r"(?P<which>本|这|下)个?(?:周|星期|礼拜)(?:内|末|底|之内)?(?![一二三四五六日天年])"), _week_end),
    (re.compile(rf"\bend of Q(?P<quarter>[1-4])(?:\s?,?\s{_YEAR})?", re.I), _quarter_end),
    (re.compile(rf"\b{_MONTH}\s{{1,2}}{_D}(?:\s?,?\s{{0,2}}{_YEAR})(?!\d)", re.I), _english),
    (re.compile(rf"(?<!\d){_D}\s(?:day\s)?(?:of\s)?{_MONTH}\s?,?\s{{0,2}}{_YEAR}(?!\d)", re.I), _english),
    (re.compile(rf"(?<!\d)(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/{_YEAR}(?!\d)"), _american),
    (re.compile(rf"\bmid[-\s]{_MONTH}(?:\s?,?\s{_YEAR})?", re.I), _middle),
    (re.compile(rf"\bend of\s{_MONTH}(?:\s?,?\s{_YEAR})?", re.I), _english_end),
    (re.compile(rf"\b{_MONTH}\s{_D}(?![\d:])", re.I), _english),
    (re.compile(rf"(?<!\d){_D}\s(?:of\s)?{_MONTH}\b", re.I), _english),
)

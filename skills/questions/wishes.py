"""Wishes to be sent something again, in words: "每周一早上9点发我", "every weekday at 8:30". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skills.questions.rhythm import DAY, USUAL_MINUTE, Every, Rhythm

_NOON, _HALF_DAY = 12, 12

_NUMBER = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_N = r"(\d{1,2}|[一二两三四五六七八九十]{1,3})"
_WEEK = r"(?:周|星期|礼拜)"
_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6} | {str(n): n - 1 for n in range(1, 8)}
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SEND = re.compile(
    r"(请|麻烦)?(自动|定时|按时|都)*"
    r"(发给我|发我|发到我这|推给我|推送给我|推我|推送|提醒我|告诉我|给我(发|推|报)(一?[下次份])?|报给我|订阅(一?下)?)(一?[下次份])?"
    r"|(?i:\b(please )?(send|email|push|give|tell|report)( it| this| that)?( to)? me( this| that| it)?\b"
    r"|\b(please )?subscribe( me)?( to)?( this| it| that)?\b)"
)
_CLOCK = re.compile(
    rf"(?:\bat\s+)?(凌晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚)?\s*(?:{_N}\s*[点时](半|一刻|三刻|{_N}分?)?|(\d{{1,2}})[:：](\d{{2}}))"
)
_AM_PM = re.compile(r"\b(?:at\s+)?(\d{1,2})(?::(\d{2}))?\s*(am|pm)\b|\bat\s+(\d{1,2})(?::(\d{2}))?\b", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"(每天|每日|每个?工作日)?(早上|早晨|上午|中午|下午|晚上)")
_PARTS = {"早上": 9 * 60, "早晨": 9 * 60, "上午": 9 * 60, "中午": 12 * 60, "下午": 14 * 60, "晚上": 20 * 60}
_FILLING = re.compile(
    r"^[\s,，。.;；:：、]*(请|麻烦|帮我|给我|把|将|的)*|(这个|这张|这份|这条|它)?(的)?(结果|答案|数据|数字|报表)?[\s,，。.;；:：、]*$"
)
_LEFT_ENGLISH = re.compile(
    r"^(please|and|then|also|the answer to|the result of)\b|\b(please|this|it|that)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something is to be sent again. `rhythm` None: when wasn't said, or not so that it is understood; `rest`: the
    question that was asked along with it, "" when the one before is meant."""

    rhythm: Rhythm | None
    rest: str


def wish(text: str) -> Wish | None:
    """What a sentence wants sent again, and when; None when it wants nothing of the kind."""
    sends = _SEND.search(text)
    days, rest = _days(text)
    if sends is None or (days is None and not _is_only_wish(text, sends)):
        return None
    rest = _SEND.sub(" ", rest, count=1)
    minute, rest = _minute(rest)
    if days is None or minute is None:
        return Wish(None, _question(rest))
    return Wish(Rhythm(days[0], days[1], minute), _question(rest))


def _is_only_wish(text: str, sends: re.Match[str]) -> bool:
    """订阅, 订阅这个, 定时发我: what to send is clear, when isn't. 发我一份报价模板 is something else."""
    said = sends[0].casefold()
    asks = "订阅" in said or "subscribe" in said or "定时" in said
    return asks and not _question(text[: sends.start()] + " " + text[sends.end() :])


def _days(text: str) -> tuple[tuple[Every, int] | None, str]:
    for pattern, made in _RHYTHMS:
        if found := pattern.search(text):
            return made(found), text[: found.start()] + " " + text[found.end() :]
    return None, text


def _weekly(found: re.Match[str]) -> tuple[Every, int]:
    return "week", _DAYS.get(found[1] or "", 0)


def _monthly(found: re.Match[str]) -> tuple[Every, int]:
    said = next((one for one in found.groups() if one), "")
    if said in {"底", "末"}:
        return "month", 31
    return "month", min(31, max(1, _number(said) or 1))


_RHYTHMS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Every, int]]]] = (
    (re.compile(rf"每个?{_WEEK}([一二三四五六日天1-7])"), _weekly),
    (re.compile(r"每个?工作日|每个?上班日"), lambda _: ("workday", 0)),
    (re.compile(rf"每个?月的?(?:{_N}[号日]|(底|末)|初)?"), _monthly),
    (re.compile(rf"每一?个?{_WEEK}(?![一二三四五六日天1-7])"), lambda _: ("week", 0)),
    (re.compile(r"每[天日]|天天"), lambda _: ("day", 0)),
    (re.compile(r"\b(?:every|each)\s+(?:week\s*day|working day|business day)s?\b", re.I), lambda _: ("workday", 0)),
    (
        re.compile(rf"\b(?:every|each|on)\s+({'|'.join(_ENGLISH)})s?\b", re.I),
        lambda found: ("week", _ENGLISH.index(found[1].lower())),
    ),
    (
        re.compile(r"\b(?:on\s+)?(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)\s+(?:day\s+)?of\s+(?:every|each)\s+month\b", re.I),
        _monthly,
    ),
    (re.compile(r"\b(?:every|each)\s+month\b|\bmonthly\b", re.I), lambda _: ("month", 1)),
    (re.compile(r"\b(?:every|each)\s+week\b|\bweekly\b", re.I), lambda _: ("week", 0)),
    (re.compile(r"\b(?:every|each)\s+(?:day|morning)\b|\bdaily\b", re.I), lambda _: ("day", 0)),
)


def _minute(text: str) -> tuple[int | None, str]:
    """The minute of the day, nine o'clock unless said, None when there is no such time; and what is left."""
    if found := _CLOCK.search(text):
        return _on_the_clock(*_chinese(found)), _cut(text, found)
    if found := _AM_PM.search(text):
        return _on_the_clock(*_english(found)), _cut(text, found)
    if found := _PART_OF_DAY.search(text):
        return _PARTS[found[2]], _cut(text, found)
    return USUAL_MINUTE, text


def _chinese(found: re.Match[str]) -> tuple[int, int]:
    part = found[1] or ""
    hour = _number(found[2] or found[5])
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(found[3] or "", _number(found[4] or found[6] or ""))
    late = part in {"下午", "傍晚", "晚上", "晚"} and hour < _NOON
    return hour + _HALF_DAY * (late or (part == "中午" and hour < 3)), minute


def _english(found: re.Match[str]) -> tuple[int, int]:
    hour, half = int(found[1] or found[4]), (found[3] or "").lower()
    if half:
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
    return hour, int(found[2] or found[5] or 0)


def _on_the_clock(hour: int, minute: int) -> int | None:
    return hour * 60 + minute if hour < DAY and minute < 60 else None


def _number(said: str) -> int:
    """12, 十二, 二十一."""
    if said.isascii():
        return int(said) if said.isdigit() else 0
    tens, ten, ones = said.partition("十")
    return _NUMBER.get(tens, 1 if ten else 0) * 10 + _NUMBER.get(ones, 0) if ten else _NUMBER.get(said, 0)


def _cut(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " + text[found.end() :]


def _question(rest: str) -> str:
    """What is left of the sentence, without the words that only join it."""
    plain = " ".join(_LEFT_ENGLISH.sub(" ", rest.strip(" ,，。.;；")).split())
    return _FILLING.sub("", plain).strip(" ,，。.;；:：、")

"""What a sentence about prompts wants. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from config.groups.coaching import Coaching

Wish = Literal["level", "mute", "unmute", "why", "effect", "arrive", "leave", "settings"]

_LEVELS = (
    ("basic", re.compile(r"基础级|\bbasic( level)?\b", re.I)),
    ("scene", re.compile(r"场景级|\b(scene level|on visits)\b", re.I)),
    ("smart", re.compile(r"智能级|\bsmart( level)?\b", re.I)),
)
_UNMUTE = re.compile(r"(取消|解除|结束|关闭|关掉|不要)(静音|免打扰)|恢复提示|\bunmute\b", re.I)
_MUTE = re.compile(r"静音|免打扰|别打扰|\b(mute|do not disturb)\b", re.I)
_WHY = re.compile(r"为什么.{0,4}(少推|没推|不推|少了)|why .{0,12}(fewer|no|less) prompts", re.I)
_EFFECT = re.compile(r"提示(的)?效果|\bprompt (effect|statistics)\b|how (do|are) prompts", re.I)
_AT_CUSTOMER = re.compile(
    r"我在客户|到客户|客户(这|这儿|这里|现场)|开始拜访|\b(i('m| am) at (the )?customer|visit begins)", re.I
)
# 刚到恒锐了, 我在恒锐门口, just arrived at Hengrui: whether that is a customer is for the list of customers to say.
_ARRIVED = re.compile(
    r"\s*(?:我|我们)?(?:刚刚?|现在|已经?)?(?:到达|抵达|来到|到|在)了?(?P<where>[^,，。!！?？]{2,40}?)"
    r"(?:这里|这儿|这边|这|那边|门口|楼下|现场|公司|工厂|厂里|厂|前台)?(?:了|啦)?[。.!！]?\s*"
    r"|\s*(?:(?:i|we)(?:'ve| have|'m| am|'re| are)?\s+)?(?:just\s+)?(?:arrived\s+|now\s+)?at\s+"
    r"(?P<place>[^,.!?]{2,40})[.!]?\s*",
    re.I,
)
_LEAVE = re.compile(r"^\s*(我)?(离开|走|出来)(客户)?(那|那里)?了|拜访结束|结束拜访|\b(i left|visit (is )?over)\b", re.I)
_HOURS = re.compile(r"(?P<n>\d+(\.\d+)?|[一两二三四五六七八半])\s*个?(?P<unit>小时|钟头|分钟|hours?|minutes?)")
_NUMBERS = {"半": 0.5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = (
    ("why", _WHY),
    ("effect", _EFFECT),
    ("unmute", _UNMUTE),
    ("mute", _MUTE),
    ("leave", _LEAVE),
    ("arrive", _AT_CUSTOMER),
)
LONGEST_MUTE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted."""

    wish: Wish
    level: str = ""
    hours: timedelta | None = None


def understand(text: str) -> Asked:
    """The wish of a sentence; settings are shown when it names none."""
    for level, pattern in _LEVELS:
        if pattern.search(text):
            return Asked("level", level)
    otherwise: Wish = "arrive" if arrived_at(text) else "settings"
    wish: Wish = next((wish for wish, pattern in _WISHES if pattern.search(text)), otherwise)
    return Asked(wish, hours=_span(text) if wish == "mute" else None)


def arrived_at(text: str) -> str:
    """Where somebody says that they are; "" when the sentence says something else."""
    found = _ARRIVED.fullmatch(text)
    return (found["where"] or found["place"]).strip() if found else ""


def mute_until(span: timedelta | None, now: datetime, rules: Coaching) -> datetime:
    """Until when somebody is left alone: as long as they said, else until the next morning. `now` in local time."""
    if span is not None:
        return now + min(span, LONGEST_MUTE)
    return datetime.combine(now.date() + timedelta(days=1), rules.quiet_to, now.tzinfo)


def _span(text: str) -> timedelta | None:
    found = _HOURS.search(text)
    if found is None:
        return None
    number = _NUMBERS.get(found["n"]) or float(found["n"])
    return timedelta(minutes=number) if found["unit"].startswith(("分", "min")) else timedelta(hours=number)

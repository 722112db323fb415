"""What people say about lights: which one they mean, and until when a warning is put off. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.attribution import known
from knowledge.listening.due import due_in
from storage.repositories.lights import Light

SHORTEST = 2  # letters of a name that must be said
LONGEST_REASON = 200
_EMPTY = re.compile(r"数据|来源|渠道|的|data|source", re.IGNORECASE)
_HOURS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d)?)\s*(?:个)?\s*(?:小时|钟头|hours?\b|h\b)", re.IGNORECASE)
_NEWS = re.compile(r"有(新)?数据(为止|再|了)|等.{0,4}数据|until .{0,12}data (comes|arrives)", re.IGNORECASE)
_UNTIL = re.compile(r"(?:到|直到|推迟到|until|till)\s*(.+)$", re.IGNORECASE | re.DOTALL)


def meant(text: str, lights: Sequence[Light]) -> list[Light]:
    """Lights whose name, or a part of it, stands in the text; those of which the most is said."""
    said = _EMPTY.sub(" ", text).casefold()
    scores = [(max(_said(name, said) for name in _names(light)), light) for light in lights]
    best = max((score for score, _ in scores), default=0)
    return [light for score, light in scores if score == best and score >= SHORTEST]


def _names(light: Light) -> list[str]:
    """All that it is called, in either language."""
    names = known().names(light.part) if light.part else (light.title,)
    return [_EMPTY.sub(" ", name).casefold() for name in names]


def until_when(text: str, now: datetime, zone: ZoneInfo, morning: timedelta) -> datetime | None:
    """When a snooze ends that is asked for in words: hours from now, or the morning of a day. None: it isn't said."""
    if hours := _HOURS.search(text):
        return now + timedelta(hours=float(hours[1]))
    today = now.astimezone(zone).date()
    named = _UNTIL.search(text)
    day = (due_in(named[1], today) if named else None) or due_in(text, today)
    if day is not None and day > today:
        return datetime(day.year, day.month, day.day, tzinfo=zone) + morning
    return now + timedelta(days=366) if _NEWS.search(text) else None


def _said(name: str, text: str) -> int:
    """The length of the longest piece of a name that stands in the text."""
    longest = 0
    for begin in range(len(name)):
        while begin + longest < len(name) and name[begin : begin + longest + 1].strip() in text:
            longest += 1
    return longest

"""The brief as one picture for phones: PNG, drawn as SVG, rasterised by vl-convert. Blocking: up to a second."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from knowledge.briefing.types import Brief, Finding, Point, Series
from knowledge.pictures import png
from skills.briefing.words import Words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 720
SCALE = 1.5  # 1080 pixels across: what a phone has
BARS = 8  # of one chart
NEVER_FIRST = "，。、；：）！？”"
_LEFT, _RIGHT = 84, 644  # of what stands in a panel


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text at a height; `kind` names its style."""

    y: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its number above and its name below."""

    x: float
    y: float
    width: float
    height: float
    name: str
    number: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One finding: from `y`, so high."""

    y: int
    height: int
    number: int
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]


def picture(brief: Brief, words: Words, zone: ZoneInfo) -> bytes | None:
    """PNG; None on a machine that has no Chinese letters and would draw boxes."""
    return png(drawing(brief, words, zone), SCALE)


def drawing(brief: Brief, words: Words, zone: ZoneInfo) -> str:
    """The SVG. Every number in it is one of the brief's."""
    head = wrapped(words.sentence(brief), 21)
    y = 92 + 44 * len(head)
    panels = []
    for number, one in enumerate(brief.findings, 1):
        panels.append(_panel(y, number, one, words))
        y += panels[-1].height + 20
    foot = _foot(brief, words, zone)
    return _template().render(
        width=WIDTH,
        height=y + 30 * len(foot) + 24,
        title=words.title(brief),
        head=head,
        panels=panels,
        foot=foot,
        bottom=y + 24,
    )


def wrapped(text: str, columns: int) -> tuple[str, ...]:
    """Lines of at most so many full-width characters; words of letters and digits stay whole, punctuation doesn't begin
    a line."""
    lines, room = [""], 2 * columns
    for part in _parts(text):
        size = sum(2 if east_asian_width(one) in "WFA" else 1 for one in part)
        if size > room and part not in NEVER_FIRST:
            lines.append("")
            room = 2 * columns
        lines[-1] += part if lines[-1] else part.lstrip()
        room -= size
    return tuple(line for line in lines if line)


def _parts(text: str) -> list[str]:
    """Single Chinese characters and spaces; runs of others."""
    return re.findall(r"[!-~]+|.", text)


def _panel(y: int, number: int, one: Finding, words: Words) -> Panel:
    lines: list[Line] = []
    at = y + 44
    for text, kind, columns, step in _said(one, words):
        at += 8 if kind == "action" else 0
        for line in wrapped(text, columns):
            lines.append(Line(at, line, kind))
            at += step
        at += 6
    top = at + 4
    drawn = bars(one.series, words, top + 22)
    if drawn:
        lines.append(Line(top, words.series(one.series), "note"))
    return Panel(y, top + (148 if drawn else 0) - y + 8, number, tuple(lines), drawn)


def _said(one: Finding, words: Words) -> list[tuple[str, str, int, int]]:
    """(text, style, full-width characters of a line, height of a line)."""
    worth = f"{words.text('worth')} {words.yuan(one.worth.expected)}"
    return [
        (words.headline(one), "headline", 21, 36),
        (words.detail(one), "text", 26, 30),
        (worth, "worth", 22, 36),
        (words.arithmetic(one), "note", 33, 25),
        *((line, "note", 31, 25) for line in words.factors(one)),
        (f"→ {words.action(one)}", "action", 25, 31),
    ]


def bars(series: Series, words: Words, top: float) -> tuple[Bar, ...]:
    """The last of them, or the first of what is sorted; heights by the largest."""
    points: Sequence[Point] = series.points[-BARS:] if series.kind == "line" else series.points[:BARS]
    if len(points) < 2:
        return ()
    most = max((one.value for one in points), default=0) or 1
    step = (_RIGHT - _LEFT) / len(points)
    return tuple(
        Bar(
            _LEFT + step * at + step * 0.15,
            top + 14 + 84 * (1 - max(one.value, 0) / most),
            step * 0.7,
            84 * max(one.value, 0) / most,
            _short(words.point(series, one), step),
            _number(series, one.value),
            one.marked,
        )
        for at, one in enumerate(points)
    )


def _short(text: str, width: float) -> str:
    """As many letters as stand under a bar."""
    room, kept = width / 8.5, ""
    for one in text:
        room -= 2 if east_asian_width(one) in "WF" else 1
        if room < 1:
            return f"{kept}…"
        kept += one
    return kept


def _number(series: Series, value: float) -> str:
    return f"{value:.0%}" if series.unit == "rate" else f"{value:,.0f}"


def _foot(brief: Brief, words: Words, zone: ZoneInfo) -> list[str]:
    said = [words.text("total", money=words.yuan(brief.total))] if brief.findings else []
    said += [*words.notes(brief), words.text("footer", as_of=words.moment(brief, zone))]
    return [line for text in said for line in wrapped(text, 36)]


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("brief.svg")

"""The story as a picture for chats: one row for each step, what is missing and what is next among them. Blocking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from unicodedata import east_asian_width

from knowledge.pictures import FONTS, png
from skills.orders.standing import TROUBLE, Mark, Next, Standing, Stepped, happened_at
from skills.orders.words import Words
from storage.repositories.case_stories import CaseEvent

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
WIDTH, ROW, TOP, FOOT = 640, 52, 92, 44  # in the drawing's units
SCALE = 2.0  # pixels for each unit: sharp on a phone
_TITLE, _NOTE, _LINE = 46, 76, 84  # columns of a line; a Chinese character takes two
MOST = 40  # rows


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a step that happened, one that should have, or one that is to come."""

    title: str
    note: str
    when: str
    mark: Mark | Literal["late", "trouble"]
    y: float = 0
    event: CaseEvent | None = None


def rows(one: Standing, words: Words) -> list[Row]:
    """What happened in its order; gaps where they belong; then what is next. Later steps have no place yet."""
    made: list[Row] = []
    missing = one.gaps(words.now)
    gaps = [step for step in one.steps if step.type in missing]
    order = [step.type for step in one.story.steps]
    for event in one.events:
        place = order.index(event.type) if event.type in order else -1
        while gaps and order.index(gaps[0].type) < place:
            made.append(_gap(gaps.pop(0), one, words))
        made.append(_happened(one, event, words))
    made += [_gap(gap, one, words) for gap in gaps]
    if one.next is not None and one.next.type not in missing:
        made.append(_waiting(one.next, words))
    return [replace(row, y=TOP + at * ROW) for at, row in enumerate(made[-MOST:])]


def _happened(one: Standing, event: CaseEvent, words: Words) -> Row:
    late = words.text("reported_late_short") if one.reported_late(event) else ""
    note = words.text("comma").join(filter(None, (words.system(event.producer), words.details(one, event), late)))
    mark: Literal["done", "trouble"] = "trouble" if event.type in TROUBLE else "done"
    return Row(words.type(event.type), note, words.moment(happened_at(event)), mark, event=event)


def _gap(step: Stepped, one: Standing, words: Words) -> Row:
    """What is missing; if that is what is waited for, with its time."""
    due = words.until(one.next) if one.next is not None and one.next.type == step.type else ""
    return Row(words.type(step.type), f"{words.text('not_reported')}{due}", "", "missing")


def _waiting(waiting: Next, words: Words) -> Row:
    what = waiting.rule.waits_for(words.lang) if waiting.rule else words.type(waiting.type)
    late = waiting.is_late(words.now, words.now.astimezone(words.zone).date())
    return Row(what, words.until(waiting).strip("，, "), "", "late" if late else "next")


def picture(one: Standing, words: Words, headline: str) -> bytes | None:
    """PNG; None on a machine that has no Chinese letters and would draw boxes."""
    drawn = [replace(row, title=short(row.title, _TITLE), note=short(row.note, _NOTE)) for row in rows(one, words)]
    title = f"{one.story.named(words.lang)} {one.value}"
    lines = broken(headline.partition(words.text("colon"))[2] or headline, _LINE)[:2]
    svg = _template().render(
        rows=drawn,
        title=title,
        lines=lines,
        width=WIDTH,
        height=TOP + len(drawn) * ROW + FOOT,
        fonts=FONTS,
        row=ROW,
        note=words.text("picture_note", at=f"{words.now.astimezone(words.zone):%Y-%m-%d %H:%M}"),
    )
    return png(svg, SCALE)


def short(text: str, room: int) -> str:
    """Cut where there is no more room."""
    kept = ""
    for character in text:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += character
    return kept


def broken(text: str, room: int) -> Sequence[str]:
    """Lines of at most so many columns."""
    lines, left = [""], room
    for character in text:
        left -= 2 if east_asian_width(character) in "WF" else 1
        if left < 0:
            lines.append("")
            left = room
        lines[-1] += character
    return lines


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("story.svg")

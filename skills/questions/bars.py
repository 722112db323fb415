"""Sorted bars for groups, two for each where they are compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from knowledge.metrics.result import Group
from skills.questions.answer import Answer
from skills.questions.groups import ranked
from skills.questions.numbers import said
from skills.questions.shapes import WIDTH, Bar, Drawing, against_name, rounded

LEFT, RIGHT = 150, 130  # room for labels, and for numbers behind bars
ROW, BAR, PAIR, THIN = 36, 22, 50, 15  # heights of a row and its bar, and of a row of two bars and these
ROOM, NARROW = 18, 12  # columns of a label, on phones; a Chinese character takes two
DRAWN = 12  # bars; more are in the table


def bars(answer: Answer) -> Drawing | None:
    """None for a single group: its number says it all."""
    metric, known = answer.metric, [one for one in ranked(answer) if one.values.get(answer.metric) is not None]
    if len(known) < 2:
        return None
    named, pairs = known[:DRAWN], answer.plan.against != ""
    then = {one.key: one.values.get(metric) for one in answer.result.before} if pairs else {}
    ends = [one.values[metric] or 0.0 for one in named] + [then.get(one.key) or 0.0 for one in named]
    low, high = min(0.0, *ends), max(0.0, *ends) or 1.0
    scale = (WIDTH - LEFT - RIGHT) / ((high - low) or 1.0)
    made: list[Bar] = []
    for at, group in enumerate(named):
        values = [group.values[metric], then.get(group.key)] if pairs else [group.values[metric]]
        made += _row(answer, group, values, at, (low, scale))
    names = (answer.names.text("now"), against_name(answer)) if pairs else ()
    return Drawing(
        len(named) * (PAIR if pairs else ROW) + 12,
        bars=tuple(made),
        keys=names,
        more=len(answer.result.groups) - len(named),
    )


def _row(
    answer: Answer, group: Group, values: Sequence[float | None], at: int, place: tuple[float, float]
) -> list[Bar]:
    """One group's bar, or the two of a comparison."""
    low, scale = place
    unit, language = answer.names.unit(answer.metric), answer.names.language
    height = BAR if len(values) == 1 else THIN
    made = []
    for series, value in enumerate(values):
        if value is None:
            continue
        zero, end = LEFT + (0.0 - low) * scale, LEFT + (value - low) * scale
        x, width = min(zero, end), max(1.0, abs(end - zero))
        y = at * (ROW if len(values) == 1 else PAIR) + 8 + series * (THIN + 4)
        name = answer.names.key(answer.plan, group.key) if series == 0 else ""
        text = said(value, unit, language)
        text_x = max(x + width, zero) + 8
        place, size = (rounded(x), y), (rounded(width), height)
        made.append(Bar(short(name), short(name, NARROW), *place, *size, text, rounded(text_x), series, group.key))
    return made


def short(label: str, room: int = ROOM) -> str:
    """Cut where there is no more room."""
    kept = ""
    for character in label:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += character
    return kept

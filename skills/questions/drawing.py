"""The drawing of an answer: sorted bars for groups, lines for a trend, two series for a comparison. Pure.

Made once: the page draws it in the frame's colours, the chat gets it as a picture (`picture.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from unicodedata import east_asian_width

from knowledge.metrics.registry import Unit
from knowledge.metrics.result import Group
from skills.questions.answer import Answer
from skills.questions.groups import ranked
from skills.questions.numbers import said

WIDTH, LEFT, RIGHT = 640, 150, 130  # the drawing, room for labels, room for numbers behind bars; its own units
ROW, BAR, PAIR, THIN = 36, 22, 50, 15  # heights of a row and its bar, and of a row of two bars and these
ROOM, NARROW = 18, 12  # columns of a label, on phones; a Chinese character takes two
DRAWN = 12  # bars; more are in the table
LINES = 4
TOP, PLOT, FOOT = 24, 220, 34  # of a trend
LABELS = 7  # steps that are named under a trend
TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its texts. `key`: the group that it shows; `series` 1: what it is compared with."""

    label: str
    brief: str  # the label where letters are large: on phones
    x: float
    y: float
    width: float
    height: float
    text: str
    text_x: float
    series: int = 0
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A step of a line."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a trend."""

    name: str
    path: str
    dots: tuple[Dot, ...]
    series: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place: an axis' number, a step's name."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws. `keys`: names of the series, when there are several."""

    height: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    rules: tuple[Mark, ...] = ()  # horizontal lines with their number
    steps: tuple[Mark, ...] = ()
    keys: tuple[str, ...] = ()
    more: int = 0  # groups without a bar

    @property
    def width(self) -> int:
        """Of every drawing."""
        return WIDTH


def draw(answer: Answer) -> Drawing | None:
    """None where one number says it all, or there is nothing to draw."""
    if answer.is_empty or answer.plan.kind != "value" or not answer.metric:
        return None
    return _trend(answer) if answer.plan.grain else _bars(answer) if answer.plan.by else None


def _bars(answer: Answer) -> Drawing | None:
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
    names = (answer.names.text("now"), _against(answer)) if pairs else ()
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
    bars = []
    for series, value in enumerate(values):
        if value is None:
            continue
        zero, end = LEFT + (0.0 - low) * scale, LEFT + (value - low) * scale
        x, width = min(zero, end), max(1.0, abs(end - zero))
        y = at * (ROW if len(values) == 1 else PAIR) + 8 + series * (THIN + 4)
        name = answer.names.key(answer.plan, group.key) if series == 0 else ""
        text = said(value, unit, language)
        text_x = max(x + width, zero) + 8
        bars.append(
            Bar(short(name), short(name, NARROW), _r(x), y, _r(width), height, text, _r(text_x), series, group.key)
        )
    return bars


def _trend(answer: Answer) -> Drawing | None:
    series = _series(answer)
    steps = sorted({step for _, points in series for step, _ in points})
    known = [value for _, points in series for _, value in points if value is not None]
    if len(steps) < 2 or not known:
        return None
    ticks = _ticks(min(0.0, *known), max(0.0, *known) or 1.0)
    low, high = ticks[0], ticks[-1]
    left, right = 96, WIDTH - 48
    across = {step: left + (right - left) * at / (len(steps) - 1) for at, step in enumerate(steps)}
    unit, language = answer.names.unit(answer.metric), answer.names.language

    def up(value: float) -> float:
        return TOP + PLOT * (1 - (value - low) / (high - low))

    lines = []
    for number, (name, points) in enumerate(series):
        dots = tuple(
            Dot(_r(across[step]), _r(up(value)), f"{_step(answer, step)} {said(value, unit, language)}")
            for step, value in points
            if value is not None
        )
        path = " ".join(f"{'L' if at else 'M'}{dot.x} {dot.y}" for at, dot in enumerate(dots))
        lines.append(Line(name, path, dots, number))
    rules = tuple(Mark(left - 8, _r(up(value)), _short(value, unit)) for value in ticks)
    return Drawing(
        TOP + PLOT + FOOT,
        lines=tuple(lines),
        rules=rules,
        steps=_named_steps(answer, steps, across),
        keys=tuple(name for name, _ in series) if len(series) > 1 else (),
    )


def _named_steps(answer: Answer, steps: Sequence[str], across: dict[str, float]) -> tuple[Mark, ...]:
    """As many as there is room for, the last one among them."""
    every = -(-len(steps) // LABELS)
    named = [step for at, step in enumerate(reversed(steps)) if at % every == 0]
    return tuple(Mark(_r(across[step]), TOP + PLOT + 22, _step(answer, step)) for step in reversed(named))


def _series(answer: Answer) -> list[tuple[str, list[tuple[str, float | None]]]]:
    """(name, [(step, number)]): the span's; that of the span compared with, laid over it; or one for each group."""
    metric, plan = answer.metric, answer.plan
    if not plan.by:
        now = [(one.key[-1], one.values.get(metric)) for one in answer.result.groups]
        found = [(answer.names.text("now"), now)]
        if plan.against and answer.result.before:
            steps = [step for step, _ in now]
            then = [one.values.get(metric) for one in answer.result.before]
            found.append((_against(answer), list(zip(steps, then, strict=False))))
        return found
    groups: dict[tuple[str, ...], list[tuple[str, float | None]]] = {}
    for one in answer.result.groups:
        groups.setdefault(one.key[: len(plan.by)], []).append((one.key[-1], one.values.get(metric)))
    largest = sorted(groups.items(), key=lambda item: -sum(value or 0.0 for _, value in item[1]))
    return [(answer.names.key(plan, key), points) for key, points in largest[:LINES]]


def _against(answer: Answer) -> str:
    return answer.names.text(f"against.{answer.result.plan.against or 'before'}")


def _step(answer: Answer, step: str) -> str:
    return answer.names.step(answer.plan.grain, step)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from at most `low` to at least `high`."""
    step = _round_up((high - low) / TICKS)
    first, last = floor(low / step), ceil(high / step)
    return [step * at for at in range(first, last + 1)]


def _round_up(size: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(size)) if size > 0 else 1.0
    return next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= size * 0.999999)


def _short(value: float, unit: Unit) -> str:
    """An axis' number: no more digits than it takes."""
    if unit == "rate":
        return f"{value:.0%}"
    for size, letter in ((10**8, "亿"), (10**4, "万")):
        if unit == "yuan" and abs(value) >= size:
            return f"{value / size:,.0f}{letter}" if abs(value) >= 10 * size else f"{value / size:,.1f}{letter}"
    return f"{value:,.0f}" if abs(value) >= 10 or float(value).is_integer() else f"{value:,.1f}"


def short(label: str, room: int = ROOM) -> str:
    """Cut where there is no more room."""
    kept = ""
    for character in label:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += character
    return kept


def _r(value: float) -> float:
    return round(value, 1)

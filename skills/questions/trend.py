"""Lines over time: of the span, of the one compared with laid over it, or of the largest groups. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from knowledge.metrics.registry import Unit
from skills.questions.answer import Answer
from skills.questions.numbers import said
from skills.questions.shapes import WIDTH, Dot, Drawing, Line, Mark, against_name, rounded

LINES = 4
TOP, PLOT, FOOT = 24, 220, 34  # heights: above, of the lines, of the steps' names
LABELS = 7  # steps that are named under a trend
TICKS = 4


def trend(answer: Answer) -> Drawing | None:
    """None where there is no line to draw."""
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
            Dot(rounded(across[step]), rounded(up(value)), f"{_step(answer, step)} {said(value, unit, language)}")
            for step, value in points
            if value is not None
        )
        path = " ".join(f"{'L' if at else 'M'}{dot.x} {dot.y}" for at, dot in enumerate(dots))
        lines.append(Line(name, path, dots, number))
    rules = tuple(Mark(left - 8, rounded(up(value)), _short(value, unit)) for value in ticks)
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
    return tuple(Mark(rounded(across[step]), TOP + PLOT + 22, _step(answer, step)) for step in reversed(named))


def _series(answer: Answer) -> list[tuple[str, list[tuple[str, float | None]]]]:
    """(name, [(step, number)]): the span's; that of the span compared with, laid over it; or one for each group."""
    metric, plan = answer.metric, answer.plan
    if not plan.by:
        now = [(one.key[-1], one.values.get(metric)) for one in answer.result.groups]
        found = [(answer.names.text("now"), now)]
        if plan.against and answer.result.before:
            steps = [step for step, _ in now]
            then = [one.values.get(metric) for one in answer.result.before]
            found.append((against_name(answer), list(zip(steps, then, strict=False))))
        return found
    groups: dict[tuple[str, ...], list[tuple[str, float | None]]] = {}
    for one in answer.result.groups:
        groups.setdefault(one.key[: len(plan.by)], []).append((one.key[-1], one.values.get(metric)))
    largest = sorted(groups.items(), key=lambda item: -sum(value or 0.0 for _, value in item[1]))
    return [(answer.names.key(plan, key), points) for key, points in largest[:LINES]]


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

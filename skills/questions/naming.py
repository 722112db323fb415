"""What things are called: metrics, dimensions, their values, days and steps of a trend, in one language. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from config.attribution import known
from config.locales import load, t
from knowledge.metrics.plan import Change, Filter, Grain, Operator, Plan, Span, Threshold
from knowledge.metrics.registry import ColumnKind, Registry, Unit
from knowledge.playbook.vocabulary import LISTS, Vocabulary
from knowledge.questions.outcome import KnownValues
from skills.questions.numbers import cell, said

LONG_AGO = date(2000, 1, 1)
"""The first day of a span that has none: 截至昨天."""
_UNITS: Mapping[ColumnKind, Unit] = {"money": "yuan", "number": "number"}
_QUARTERS = re.compile(r"(?<![a-z])[qh](?=[1-4])")
_RATES = frozenset({("quote", "gap"), ("dialogue", "our_share")})  # numbers of rows that are read as percentages


def as_said(span: Span) -> str:
    """The words for the days; sentences are read in small letters, and q3 isn't written so."""
    return _QUARTERS.sub(lambda found: found[0].upper(), span.said)


@dataclass(frozen=True, slots=True)
class Names:
    """Of one language. `today` tells which year needs no naming."""

    registry: Registry
    values: KnownValues
    vocabulary: Vocabulary
    language: str
    today: date

    def text(self, key: str, **values: object) -> str:
        """A text of `questions`."""
        return t(f"questions.{key}", self.language, **values)

    def comma(self, parts: Iterable[str]) -> str:
        """A list in a sentence."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def metric(self, name: str) -> str:
        """A metric's name."""
        return self.registry.metrics[name].title.of(self.language)

    def dimension(self, name: str) -> str:
        """A dimension's name."""
        return self.registry.dimensions[name].title.of(self.language)

    def by(self, dimensions: Iterable[str]) -> str:
        """Dimensions within a sentence."""
        named = self.comma(self.dimension(one) for one in dimensions)
        return named.lower() if self.language == "en" else named

    def unit(self, metric: str) -> Unit:
        """A metric's unit."""
        return self.registry.metrics[metric].unit

    def number(self, value: float | None, metric: str) -> str:
        """A metric's number with its unit."""
        return said(value, self.unit(metric), self.language)

    def value(self, dimension: str, key: str) -> str:
        """A dimension's value: 华东, a person's name, a stage's label; what says nothing is unknown."""
        if not key:
            return self.text("blank")
        if dimension == "channel":
            return known().name(self.values.get(dimension, {}).get(key, key), self.language)
        label = load(self.language).get(f"questions.value.{dimension}.{key}") or self._label(dimension, key)
        return label or self.values.get(dimension, {}).get(key, key)

    def _label(self, dimension: str, key: str) -> str:
        """The vocabulary's word: of its keys; in English of the Chinese words that the rows hold, too. Else ""."""
        found = self.registry.dimensions.get(dimension)
        if found is None or found.vocabulary not in LISTS:
            return ""
        terms = self.vocabulary.terms(found.vocabulary)
        known = next((one for one in terms if key == one.key or (self.language == "en" and key in one.words)), None)
        return known.shown.get(self.language, "") if known else ""

    def span(self, span: Span | None) -> str:
        """上周（11-09 至 11-15）; "" for a figure of now."""
        if span is None:
            return ""
        days = self.days(span)
        return self.text("span_said", said=as_said(span), days=days) if span.said else self.text("span", days=days)

    def days(self, span: Span) -> str:
        """11-09 至 11-15, or only the last day of a span that has no first."""
        if span.first <= LONG_AGO:
            return self.text("until", last=self.day(span.last))
        if span.first == span.last:
            return self.day(span.first)
        return self.text("days", first=self.day(span.first), last=self.day(span.last))

    def day(self, day: date) -> str:
        """11-09, with its year where that isn't this one."""
        return f"{day:%m-%d}" if day.year == self.today.year else f"{day:%Y-%m-%d}"

    def step(self, grain: Grain, key: str) -> str:
        """A step of a trend by its first day."""
        try:
            first = date.fromisoformat(key[:10])
        except ValueError:
            return key or self.text("blank")
        if grain == "year":
            return str(first.year)
        if grain == "quarter":
            return f"{first.year} Q{(first.month + 2) // 3}"
        return f"{first:%Y-%m}" if grain == "month" else self.day(first)

    def is_running(self, grain: Grain, key: str) -> bool:
        """Whether the step isn't over: its last day is today or later, so that it may still grow."""
        try:
            first = date.fromisoformat(key[:10])
        except ValueError:
            return False
        return bool(grain) and grain != "day" and _end(grain, first) >= self.today

    def key(self, plan: Plan, key: tuple[str, ...]) -> str:
        """One group: its values, and its step."""
        parts = [self.value(name, one) for name, one in zip(plan.by, key, strict=False)]
        steps = [self.step(plan.grain, one) for one in key[len(plan.by) :]]
        return " · ".join((*parts, *steps))

    def filters(self, plan: Plan) -> str:
        """华东的, 除展会扫码外的; "" without any."""
        return self.comma(self.filter(one) for one in plan.where)

    def filter(self, one: Filter) -> str:
        """One condition."""
        named = self.comma(self.value(one.dimension, value) for value in one.values)
        return self.text("without", names=named) if one.operator == "not_in" else named

    def supposition(self, change: Change) -> str:
        """没有展会扫码, 赢单率增加 10%."""
        if change.dimension:
            return self.text("what_if.without", names=self.value(change.dimension, change.value))
        key = "what_if.more" if change.percent > 0 else "what_if.less"
        return self.text(key, name=self.metric(change.metric), percent=f"{abs(change.percent):g}%")

    def threshold(self, one: Threshold, plan: Plan) -> str:
        """赢单金额超过 100 万元."""
        if one.of in self.registry.metrics:
            return self.text(
                f"having.{_word(one.operator)}", name=self.metric(one.of), number=self.number(one.number, one.of)
            )
        column = self.registry.tables[plan.rows].columns.get(one.of) if plan.rows in self.registry.tables else None
        unit = _UNITS.get(column.kind, "number") if column else "number"
        name = column.title.of(self.language) if column else one.of
        return self.text(f"having.{_word(one.operator)}", name=name, number=said(one.number, unit, self.language))

    def column_unit(self, table: str, column: str) -> Unit:
        """The unit of a row's number."""
        return "rate" if (table, column) in _RATES else _UNITS[self.registry.tables[table].columns[column].kind]

    def listed(self, table: str, column: str, value: Any) -> str:
        """A cell of a listed row."""
        found = self.registry.tables[table].columns.get(column)
        if value is None or value == "":
            return "–"
        if found and found.kind in _UNITS:
            return cell(float(value), self.column_unit(table, column))
        if found and found.kind == "flag":
            return self.text("yes" if value else "no")
        if found and found.kind == "moment":
            return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else str(value)[:16]
        return self.value(column, str(value)) if column in self.registry.dimensions else str(value)


def _end(grain: Grain, first: date) -> date:
    """The last day of a step."""
    if grain == "week":
        return first + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _word(operator: Operator) -> str:
    return {">": "over", ">=": "at_least", "<": "under", "<=": "at_most", "=": "exactly"}.get(operator, "exactly")

"""A brief in words: for card, picture, page, deck and command. The only place where its numbers become text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from config.attribution import known
from config.locales import load, t
from knowledge.briefing.types import (
    Brief,
    Column,
    Evidence,
    Factor,
    Finding,
    Note,
    Outcome,
    Point,
    Scope,
    Series,
    Value,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from knowledge.playbook.vocabulary import Vocabulary

_WAN, _YI = Decimal(10**4), Decimal(10**8)
_STAGED = frozenset({"stalled", "single_threaded", "silent_deciders", "ignored"})
_CHANNELS = frozenset({"channel", "best", "worst", "source"})
_PLAIN = frozenset({"usual", "gained"})  # numbers with a decimal that are no rates


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `vocabulary` names the stages."""

    language: str
    vocabulary: Vocabulary

    def text(self, key: str, **values: object) -> str:
        """A text of `briefing`."""
        return t(f"briefing.{key}", self.language, **values)

    def scope(self, scope: Scope) -> str:
        """华东组, 华东, 全公司; of a rep the name."""
        return self.text(scope.kind, name=scope.name) if scope.kind in {"all", "own"} else scope.name

    def title(self, brief: Brief) -> str:
        """华东组晨会 2026-11-20"""
        return self.text("day", scope=self.scope(brief.scope), day=f"{brief.day:%Y-%m-%d}")

    def sentence(self, brief: Brief) -> str:
        """The one sentence: what to do first, that there is nothing, or nothing to look at yet."""
        if brief.findings:
            first = brief.findings[0]
            return self.text("sentence", scope=self.scope(brief.scope), headline=self.headline(first))
        if {"deal", "payment"} <= set(brief.missing):
            return self.text("no_rows")
        return self.text("none_new", held=len(brief.held)) if brief.held else self.text("none")

    def headline(self, one: Finding) -> str:
        """上周有 17 次报价超竞品 15% 以上且未说明差异价值"""
        return self.text(f"finding.{one.finder}", **self._values(one))

    def brought(self, one: Finding) -> str:
        """The headline of one behind the first three, and whether it is about the same deals as one of them."""
        return self.headline(one) + (self.text("same") if one.same_as else "")

    def detail(self, one: Finding) -> str:
        """What of it is money, in a sentence."""
        return self.text(f"detail.{one.finder}", **self._values(one))

    def action(self, one: Finding) -> str:
        """李伟，11-23 前：逐条给客户补发差异价值说明"""
        what = self.text(f"action.{one.action.what}", **self._values(one))
        who, others = one.action.who.name, one.action.others
        who = self.text("leads", who=who, count=len(others) + 1) if others else who
        return self.text("who_by", who=who, by=self.day(one.action.by), what=what)

    def what_to_do(self, one: Finding) -> str:
        """The same without who and when."""
        return self.text(f"action.{one.action.what}", **self._values(one))

    def proposal(self, one: Finding) -> str:
        """激励：本月报价激励只认…… (B15)"""
        kind = self.text(f"kind.{self.text(f'proposal.kind.{one.finder}')}")
        return f"{kind}{'：' if self.language == 'zh' else ': '}{self.text(one.proposal.key, **self._values(one))}"

    def arithmetic(self, one: Finding) -> str:
        """24,929,650 元 × 67.39% × 78.8% ≈ 13,238,472 元: figures that can be multiplied again."""
        worth = one.worth
        return self.text(
            "arithmetic",
            money=self.exact(worth.money),
            probability=_fraction(worth.probability.value),
            share=_fraction(worth.share.value),
            expected=self.exact(worth.expected),
        )

    def factors(self, one: Finding) -> tuple[str, str]:
        """Where the chance and the share come from, a line each."""
        pair = ("factor_probability", one.worth.probability), ("factor_share", one.worth.share)
        first, second = (self.text(key, value=_fraction(each.value), basis=self.basis(each)) for key, each in pair)
        return first, second

    def basis(self, factor: Factor) -> str:
        """Counted from so many cases; or that it is preset."""
        values = dict(factor.basis.values)
        if factor.basis.key == "basis.prior":
            said = str(values["en" if self.language == "en" else "zh"])
            return said if factor.source == "fixed" else self.text("prior", said=said)
        return self.text(factor.basis.key, **{name: self.value(name, value) for name, value in values.items()})

    def outcome(self, one: Outcome) -> str:
        """超竞品未说明的报价：17 → 9 条，……，有用"""
        grew = (one.count_now, one.money_now) > (one.count_then, one.money_then)
        verdict = self.text("outcome.helped" if one.helped else "outcome.worse" if grew else "outcome.same")
        return self.text(
            "outcome.line",
            what=self.short(one.finder, one.key),
            count_then=one.count_then,
            count_now=one.count_now,
            money_then=self.yuan(one.money_then),
            money_now=self.yuan(one.money_now),
            verdict=verdict + (self.text("outcome.planned") if one.planned else ""),
        )

    def outcomes(self, brief: Brief) -> str:
        """All of last week's, or that nothing was told then."""
        lines = [f"- {self.outcome(one)}" for one in brief.outcomes]
        return "\n".join([self.text("parts.outcomes"), "", *lines]) if lines else self.text("outcome.none")

    def short(self, finder: str, key: str) -> str:
        """What a finding is about, in few words."""
        about = key.partition(":")[2]
        named = known().name(about, self.language) if finder in {"late_data", "channel_cost"} else self._field(about)
        return self.text(f"short.{finder}", about=named)

    def notes(self, brief: Brief) -> list[str]:
        """What to know about the figures, and what isn't connected."""
        said = [self.note(one) for one in brief.notes]
        return [*said, *([self.missing(brief)] if brief.missing else [])]

    def note(self, note: Note) -> str:
        """One of them."""
        return self.text(note.key, **{name: self.value(name, value) for name, value in note.values.items()})

    def missing(self, brief: Brief) -> str:
        """未接入：……"""
        return self.text("missing", parts=self.comma(self.text(f"part.{name}") for name in brief.missing))

    def series(self, series: Series) -> str:
        """The title of a chart."""
        return self.text(f"series.{series.key}")

    def point(self, series: Series, point: Point) -> str:
        """How a bar is called."""
        if series.key in _STAGED:
            return self.stage(point.label)
        if series.key in {"late_data", "channel_cost"}:
            return known().name(point.label, self.language) or self.text("unknown")
        return self._field(point.label) if series.key == "completeness" else point.label or self.text("unknown")

    def header(self, evidence: Evidence) -> list[str]:
        """Titles of the columns."""
        return [self.text(f"column.{one.name}") for one in evidence.columns]

    def rows(self, evidence: Evidence) -> list[list[str]]:
        """The cells of its rows, as shown."""
        return [[self.cell(*pair) for pair in zip(evidence.columns, row.cells, strict=True)] for row in evidence.rows]

    def cell(self, column: Column, value: Value) -> str:
        """One value."""
        if value is None or value == "":
            return "–"
        if column.name in _CHANNELS or column.name == "stage":
            return self.value(column.name, value)
        if column.unit == "yuan" and isinstance(value, Decimal):
            return self.yuan(value)
        return f"{value:.0%}" if column.unit == "rate" else self.value(column.name, value)

    def value(self, name: str, value: Value) -> str:
        """A number or name in a sentence: money, rates, days and stages as people say them."""
        if isinstance(value, Decimal):
            return self.yuan(value)
        if isinstance(value, float):
            return f"{value:.1f}".removesuffix(".0") if name in _PLAIN else f"{value:.0%}"
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}"
        if name in _CHANNELS:
            return known().name(str(value), self.language)
        if name in {"stage", "field"}:
            return self.stage(str(value)) if name == "stage" else self._field(str(value))
        return f"{value:,}" if isinstance(value, int) else str(value) or self.text("unknown")

    def stage(self, key: str) -> str:
        """As the vocabulary calls it."""
        return self.vocabulary.label("stages", key, self.language) or self.text("unknown")

    def day(self, day: date) -> str:
        """11-23"""
        return f"{day:%m-%d}"

    def moment(self, brief: Brief, zone: ZoneInfo) -> str:
        """Up to when its data is."""
        return f"{brief.as_of.astimezone(zone):%Y-%m-%d %H:%M}" if brief.as_of else f"{brief.day:%Y-%m-%d}"

    def yuan(self, amount: Decimal) -> str:
        """2,493.0 万元, 1.23 亿元; CNY 24.93 m."""
        if self.language == "en":
            million = abs(amount) >= 10**6
            return (
                self.text("yi", amount=f"{amount / 10**6:,.2f}")
                if million
                else self.text("yuan", amount=f"{amount:,.0f}")
            )
        if abs(amount) >= _YI:
            return self.text("yi", amount=f"{amount / _YI:,.2f}")
        return (
            self.text("wan", amount=f"{amount / _WAN:,.1f}")
            if abs(amount) >= _WAN
            else self.text("yuan", amount=f"{amount:,.0f}")
        )

    def exact(self, amount: Decimal) -> str:
        """To the yuan, or to the 分 where there are any."""
        return self.text("yuan", amount=f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}")

    def comma(self, parts: Iterable[str]) -> str:
        """A list in a sentence."""
        return self.text("comma").join(parts)

    def _field(self, name: str) -> str:
        known = f"briefing.field.{name}" in load(self.language)
        return self.text(f"field.{name}") if known else name

    def _values(self, one: Finding) -> Mapping[str, str]:
        found = {name: self.value(name, value) for name, value in one.values.items()}
        return {**found, "money": self.yuan(one.money)}


def _fraction(value: float) -> str:
    """67.39%, 10%: all digits that there are."""
    return f"{Decimal(repr(value)) * 100:.2f}".rstrip("0").rstrip(".") + "%"

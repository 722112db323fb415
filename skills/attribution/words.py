"""Answers in words, for card, page and file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from config.attribution import known
from config.locales import t
from knowledge.journeys.compare import FEWEST_CONVERSIONS, Disagreement
from knowledge.journeys.what_if import Removal
from knowledge.labels import shortened
from knowledge.mapping.entities import EntityField, load_entities
from skills.attribution.changes import TOLD, Change, Changes
from skills.attribution.desk import Found
from skills.attribution.lines import Line
from skills.attribution.question import Question
from skills.attribution.rows import Record

WAN = 10_000
BESIDE = 14  # letters of a name beside a drawing


@dataclass(frozen=True, slots=True)
class Words:
    """One language, one time zone."""

    language: str
    zone: ZoneInfo

    def tell(self, key: str, **values: object) -> str:
        """A sentence of ours."""
        return t(f"attribution.{key}", self.language, **values)

    def model(self, name: str) -> str:
        """Its short name."""
        return self.tell(f"model.{name}")

    def channel(self, name: str) -> str:
        """What the reader calls it."""
        return known().name(name, self.language)

    def short(self, name: str) -> str:
        """The same, cut to the room beside a drawing: a Chinese character takes that of two others."""
        return shortened(self.channel(name), BESIDE)

    def what(self, question: Question) -> str:
        """What is divided among the channels: 赢单, 赢单回款."""
        name = self.tell(f"conversion.{question.conversion}")
        return name if question.value == "count" else self.tell(f"of.{question.value}", name=name)

    def number(self, question: Question, number: float) -> str:
        """In the unit of what was asked for."""
        return self.yuan(number) if question.money else f"{number:,.1f}"

    def unit(self, question: Question) -> str:
        """What stands behind a number that isn't money."""
        return "" if question.money else self.tell("unit")

    def rank(self, line: Line) -> str:
        """，排名 2–3"""
        if line.ranks is None:
            return ""
        best, worst = line.ranks
        return self.tell("rank" if worst != best else "rank_sure", best=best, worst=worst)

    def yuan(self, amount: float) -> str:
        """Round amounts are read faster: 万元 from ten thousand."""
        if abs(amount) >= WAN and self.language == "zh":
            return self.tell("wan", amount=f"{amount / WAN:,.1f}")
        return self.tell("yuan", amount=f"{amount:,.0f}")

    def share(self, line: Line) -> str:
        """31.24 %（28–35）"""
        if line.interval is None:
            return self.tell("share", share=f"{line.share:.2f}")
        low, high = line.interval
        return self.tell("share_interval", share=f"{line.share:.2f}", low=f"{low:.1f}", high=f"{high:.1f}")

    def trust(self, line: Line) -> str:
        """置信度 62 %"""
        return self.tell("trust", percent=line.trust.percent)

    def facts(self, record: Record) -> list[tuple[str, str]]:
        """A record's fields by the names that people know them under."""
        entity = load_entities()[record.entity]
        known = {name: entity.fields[name] for name in record.facts if name in entity.fields}
        return [(one.named(self.language), self._value(record.facts[name], one)) for name, one in known.items()]

    def _value(self, value: object, field: EntityField) -> str:
        if isinstance(value, datetime):
            return self.day(value)
        if isinstance(value, bool):
            return self.tell("yes" if value else "no")
        words = (field.choices or {}).get(str(value), ())
        if words and self.language == "zh":
            return str(words[0])
        return self.yuan(float(str(value))) if field.type == "money" else str(value)

    def day(self, moment: datetime) -> str:
        """In the company's zone."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def basis(self, found: Found) -> str:
        """Of how much the numbers were made, and what they leave out."""
        reach, lone = found.answer.counts.reach, found.answer.journeys.untouched
        sentence = self.tell(
            "basis",
            conversions=f"{reach.conversions:,.0f}",
            what=self.tell(f"conversion.{found.question.conversion}"),
            journeys=f"{reach.journeys:,.0f}",
            touches=f"{reach.touches:,.0f}",
        )
        if not lone.count:
            return sentence
        if not found.question.of_value:
            return sentence + self.tell("untouched", count=lone.count)
        left = self.number(found.question, lone.of(found.question.value))
        return sentence + self.tell("untouched_value", count=lone.count, left=left)

    def method(self, found: Found) -> str:
        """How journeys and the model are made, in one paragraph."""
        question = found.question
        days = question.lookback_days
        return "".join(
            (
                self.tell(f"level_means.{question.level}"),
                self.tell("lookback", days=days) if days else self.tell("lookback_all"),
                self.tell(f"means.{question.model}"),
                self.tell(f"value_means.{question.value}"),
                self.tell("descriptive"),
            )
        )

    def stale(self, found: Found) -> str:
        """Which late data the numbers stand on; "" when none is."""
        from knowledge.freshness.flags import warning

        return warning(found.seen.flags, self.language)

    def trusts(self, rows: Sequence[Line], channels: Sequence[str]) -> str:
        """（展会扫码置信度 62%）, for sentences about channels."""
        told = [
            self.tell("trust_of", channel=self.channel(line.channel), percent=line.trust.percent)
            for line in rows
            if line.channel in channels
        ]
        return self.tell("brackets", text=self.tell("and").join(told)) if told else ""

    def gap(self, gap: Disagreement) -> str:
        """Where two models see a channel differently, and why they may."""
        return self.tell(
            "gap",
            channel=self.channel(gap.channel),
            low=f"{100 * gap.low:.1f}",
            low_model=self.model(gap.low_model),
            high=f"{100 * gap.high:.1f}",
            high_model=self.model(gap.high_model),
        )

    def gaps(self, rows: Sequence[Line]) -> list[str]:
        """All of them, with what sets the models apart."""
        found = [line.gap for line in rows if line.gap]
        if not found:
            return [self.tell("no_gap")]
        models = sorted({name for gap in found for name in (gap.low_model, gap.high_model)})
        told = [self.gap(gap) + self.trusts(rows, [gap.channel]) for gap in found]
        return [*told, *(self.tell(f"means.{name}") for name in models)]

    def removal(self, removal: Removal, found: Found, rows: Sequence[Line]) -> str:
        """去掉展会会怎样"""
        question = found.question
        lost = removal.value_lost if question.of_value else removal.conversions_lost
        effect = removal.effect_value if question.of_value else removal.effect
        return self._removal(removal, question, effect, lost) + self.trusts(rows, removal.channels)

    def _removal(self, removal: Removal, question: Question, effect: float, lost: float) -> str:
        return self.tell(
            "removal",
            channels=self.tell("and").join(map(self.channel, removal.channels)),
            what=self.what(question),
            percent=f"{100 * effect:.1f}",
            lost=self.number(question, lost),
            unit=self.unit(question),
        )

    def changes(self, found: Changes, rows: Sequence[Line]) -> list[str]:
        """Since the estimate before."""
        since = self.day(found.since)
        if not found.same:
            return [self.tell("changes.settings", since=since)]
        key = "changes.fewer" if found.conversions < 0 else "changes.more"
        first = self.tell(key, since=since, conversions=found.conversions, journeys=f"{found.journeys:+}")
        if not found.of:
            return [first, self.tell("changes.none")]
        told = found.of[:TOLD]
        return [first, *(self._change(one, found.conversions) + self.trusts(rows, [one.channel]) for one in told)]

    def _change(self, one: Change, conversions: int) -> str:
        moved = self.tell(
            "changes.one",
            channel=self.channel(one.channel),
            before=f"{one.before:.1f}",
            after=f"{one.after:.1f}",
            points=f"{one.points:+.1f}",
        )
        key = "changes.why" if conversions > 0 else "changes.corrected"
        why = self.tell(key, met=one.new_met, conversions=conversions, share=f"{one.old_share:.0f}")
        return moved + why + (self.tell("changes.apart") if one.apart else self.tell("changes.within"))

    def thin(self) -> str:
        """What "too little data" means."""
        return self.tell("thin_means", fewest=FEWEST_CONVERSIONS)

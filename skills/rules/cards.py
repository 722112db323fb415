"""How rules are shown: what was understood, what it would have done, and the list. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from bot.contracts import Action, Card, Fact, Field, Form, Section
from config.locales import t
from knowledge.signals.kind import Kind
from skills.rules.definition import QUESTIONS, SPEAKERS, Definition
from skills.rules.preview import Preview, quoted
from storage.repositories.rules import Rule

SPANS = (0, 1, 7, 30)  # days that are offered
BUTTONS = 5  # of the list: WeCom has six, and one is 展开
LABEL = 10  # characters


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    language: str
    public_url: str
    kinds: Mapping[str, Kind]

    def preview(self, rule: Rule, definition: Definition, preview: Preview, kept: str, customer: str) -> Card:
        """What was understood, with buttons. `kept`: what keeps prompts from this person now."""
        sections = [Section(self._t("section.examples"), self._examples(preview))] if preview.examples else []
        return Card(
            card_id(rule.id),
            headline=self._t("preview.headline", what=self.describe(definition, customer)),
            summary="\n".join(self.lines(preview, kept)),
            source=self._t("title"),
            facts=self.facts(definition, customer),
            sections=tuple(sections),
            actions=self._choices(rule, definition),
            url=f"{self.public_url}/rules/{rule.id}",
        )

    def listing(self, rules: Sequence[tuple[Rule, int]], most: int, id_: str = "") -> Card:
        """A person's rules with how often each fired in 30 days, numbered."""
        live = sum(rule.state == "live" for rule, _ in rules)
        lines = [self._line(number, rule, fired) for number, (rule, fired) in enumerate(rules, 1)]
        return Card(
            id_ or f"rules-{uuid4().hex}",
            headline=self._t("list.headline", live=live, most=most) if rules else self._t("list.none"),
            summary="\n".join(lines) if rules else self.examples(),
            source=self._t("title"),
            sections=(Section(self._t("list.how_title"), self._t("list.how")),),
            actions=tuple(self._switch(number, rule) for number, (rule, _) in enumerate(rules[:BUTTONS], 1)),
            url=f"{self.public_url}/rules",
        )

    def describe(self, definition: Definition, customer: str = "") -> str:
        """The rule in words: 客户 7 天内 2 次提到“竞品”."""
        verb = "asks" if definition.question == "only" else "says"
        who = customer or self._t(f"who.{definition.speaker}")
        about = self._t(f"what.{verb}", what=definition.label)
        span = span_words(definition.days, self.language)
        return self._t(
            "describe" if definition.times > 1 else "describe_once",
            who=who,
            span=span,
            about=about,
            times=definition.times,
        )

    def facts(self, definition: Definition, customer: str = "") -> tuple[Fact, ...]:
        """Every part of it."""
        rows = [
            ("speaker", customer or self._t(f"who.{definition.speaker}")),
            ("about", self.about(definition)),
            ("question", self._t(f"question.{definition.question}")),
            ("times", self._t("times", times=definition.times)),
            ("span", span_words(definition.days, self.language)),
            ("where", self._where(definition)),
            ("when", self._t(f"when.{definition.when}")),
        ]
        shown = (row for row in rows if row[0] != "span" or definition.times > 1)
        return tuple(Fact(self._t(f"fact.{key}"), value) for key, value in shown)

    def about(self, definition: Definition) -> str:
        """What is listened for, and how: by meaning, or by these very words."""
        if definition.kind:
            kind = self.kinds.get(definition.kind)
            return self._t("by_meaning", what=definition.label, kind=kind.title[self.language] if kind else "–")
        return self._t("by_words", what=self._comma.join(definition.words))

    def lines(self, preview: Preview, kept: str) -> list[str]:
        """What it would have done, and what keeps it back."""
        lines = [self._t("preview.counts", last=preview.last_month, this=preview.this_month)]
        lines += [self._t("preview.outside", count=preview.outside)] if preview.outside else []
        lines += [self._t("preview.cut")] if preview.cut else []
        return [*lines, *([self._t(f"kept.{kept}")] if kept else [])]

    def fault(self, fault: str) -> str:
        """Why a sentence makes no rule, with three that do."""
        return f"{self._t(f'fault.{fault}')}\n{self.examples()}"

    def examples(self) -> str:
        """Three sentences that make rules."""
        return "\n".join(f"- {self._t(f'examples.{number}')}" for number in (1, 2, 3))

    def form(self, definition: Definition) -> Form:
        """Every part that can be changed."""
        spans = sorted({*SPANS, definition.days})
        fields = (
            Field("about", self._t("form.about"), value=definition.label),
            Field("times", self._t("fact.times"), value=str(definition.times)),
            Field("speaker", self._t("fact.speaker"), self._options("who", SPEAKERS), definition.speaker),
            Field("question", self._t("fact.question"), self._options("question", QUESTIONS), definition.question),
            Field(
                "days",
                self._t("fact.span"),
                tuple((str(days), span_words(days, self.language)) for days in spans),
                str(definition.days),
            ),
        )
        return Form(self._t("form.title"), self._t("form.save"), fields)

    def _choices(self, rule: Rule, definition: Definition) -> tuple[Action, ...]:
        on = rule.state == "live"
        switch = Action("disable", self._t("button.off")) if on else Action("enable", self._t("button.on"), "primary")
        change = Action("change", self._t("button.change"), form=self.form(definition))
        gone = Action("decline", self._t("button.delete" if rule.state != "draft" else "button.decline"))
        return switch, change, gone

    def _switch(self, number: int, rule: Rule) -> Action:
        on = rule.state == "live"
        key, words = ("off", "button.off_number") if on else ("on", "button.on_number")
        return Action(f"{key}_{rule.id}", self._t(words, number=number))

    def _line(self, number: int, rule: Rule, fired: int) -> str:
        state = self._t(f"state.{rule.state}")
        return self._t("list.line", number=number, rule=rule.sentence, state=state, fired=fired)

    def _examples(self, preview: Preview) -> str:
        return "\n".join(f"- {one.at:%m-%d %H:%M} **{one.customer}** {quoted(one.quotes)}" for one in preview.examples)

    def _where(self, definition: Definition) -> str:
        names = [self._t(f"where.{source}") for source in definition.sources]
        return self._comma.join(names) if names else self._t("where.any")

    @property
    def _comma(self) -> str:
        return "、" if self.language == "zh" else ", "

    def _options(self, group: str, keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((key, self._t(f"{group}.{key}")) for key in keys)

    def _t(self, key: str, **values: object) -> str:
        return t(f"rules.{key}", self.language, **values)


def sentence_of(definition: Definition, language: str, customer: str = "") -> str:
    """A sentence that makes this rule, for a rule that was changed in parts."""
    return t("rules.sentence", language, what=Maker(language, "", {}).describe(definition, customer))


def span_words(days: int, language: str) -> str:
    """Within how long: 7 天内."""
    if days == 0:
        return t("rules.span.one", language)
    return t("rules.span.day" if days == 1 else "rules.span.days", language, days=days)


def card_id(rule_id: str) -> str:
    """The id of a new card about a rule."""
    return f"rule-{rule_id}-{uuid4().hex}"


def rule_of_card(id_: str) -> str:
    """The rule that a card is about; "" for the list."""
    return id_.split("-")[1] if id_.startswith("rule-") else ""

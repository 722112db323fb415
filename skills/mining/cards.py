"""What is said about patterns: figures first, then the stages, then how to read the figures. Pure.

Cards hold no words of a dialogue: those stand on the page, where they go when a consent is taken back (A18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit
from uuid import uuid4

from bot.contracts import Action, Card, Fact, Section
from config.locales import t
from knowledge.patterns.draft import card_id
from knowledge.patterns.effect import Effect
from knowledge.patterns.record import GONE, effect_of
from knowledge.signals.kind import Kind
from storage.repositories.patterns import Pattern

MUCH_SMALLER = 2 / 3  # of the difference; what is left of it within strata
KNOWN = frozenset({"rep", "amount", "industry"})


@dataclass(frozen=True, slots=True)
class Maker:
    """Words and cards. `kinds`: the signals that trigger patterns."""

    public_url: str
    kinds: Mapping[str, Kind]

    def pattern(self, pattern: Pattern, language: str) -> Card:
        """One pattern with the buttons of whoever decides about it."""
        agree = "update" if pattern.state == "published" else "agree"
        buttons = [Action("agree", t(f"mining.button.{agree}", language), "primary")]
        if pattern.state == "found":
            buttons.append(Action("refuse", t("mining.button.refuse", language)))
        return Card(
            f"pat-{uuid4().hex}",
            headline=t("mining.headline", language, stages=stages_of(pattern, language)),
            summary=self.point(pattern, language),
            source=t("mining.source", language),
            facts=tuple(Fact(label, value) for label, value in self.facts(pattern, language)),
            sections=(
                Section(t("mining.section.stages", language), self._stages(pattern, language)),
                Section(t("mining.section.caveats", language), _listed(self.caveats(pattern, language))),
            ),
            actions=tuple(buttons),
            url=self.page(pattern.id),
        )

    def library(self, patterns: Sequence[Pattern], language: str) -> Card:
        """All patterns, one section each."""
        sections = [
            Section(
                stages_of(one, language), f"{self.point(one, language)} · {t(f'mining.state.{one.state}', language)}"
            )
            for one in patterns
        ]
        return Card(
            f"pats-{uuid4().hex}",
            headline=t("mining.title", language),
            summary="\n".join(f"- {section.title}" for section in sections),
            source=t("mining.source", language),
            sections=tuple(sections),
            url=f"{self.public_url}/patterns",
        )

    def told(self, count: int, won: int, lost: int, dialogues: int, tried: int, language: str) -> str:
        """What a run read and found, in one sentence."""
        key = "empty" if not won + lost else "some" if count else "none"
        values = {"deals": won + lost, "won": won, "lost": lost, "dialogues": dialogues, "tried": tried, "count": count}
        return t(f"mining.told.{key}", language, **values)

    def point(self, pattern: Pattern, language: str) -> str:
        """The effect in one line."""
        counts, effect = effect_of(pattern).counts, effect_of(pattern)
        rates = {
            "with_rate": _percent(counts.won_with, counts.with_),
            "without_rate": _percent(counts.won_without, counts.without),
        }
        return t("mining.summary", language, points=_points(effect.difference), **rates)

    def facts(self, pattern: Pattern, language: str) -> list[tuple[str, str]]:
        """Label and value of every figure."""
        effect = effect_of(pattern)
        counts = effect.counts
        values = {
            "with_": _rate(counts.won_with, counts.with_, language),
            "without": _rate(counts.won_without, counts.without, language),
            "difference": _interval(effect, language),
            "trigger": self._trigger(pattern, language),
            "chance": _chance(effect, language),
            "version": f"v{pattern.version}",
        }
        return [(t(f"mining.fact.{name}", language), value) for name, value in values.items()]

    def caveats(self, pattern: Pattern, language: str) -> list[str]:
        """What else may explain the difference, and what it isn't."""
        effect, name = effect_of(pattern), self.trigger_name(pattern, language)
        compared = (
            t("mining.caveat.compared", language, trigger=name) if name else t("mining.caveat.compared_all", language)
        )
        others = [_within(key, value, effect, language) for key, value in effect.within.items() if key in KNOWN]
        since = pattern.effect.get(GONE)
        lost = [t("mining.caveat.gone", language, date=since)] if since else []
        return [*lost, compared, *others, t("mining.caveat.caution", language)]

    def trigger_name(self, pattern: Pattern, language: str) -> str:
        """What the customer brought up; "" when nothing stands out."""
        kind = self.kinds.get(pattern.trigger)
        return kind.title[language] if kind else pattern.trigger

    def page(self, pattern_id: str) -> str:
        """Where the pattern is shown with its quotes."""
        return f"{self.public_url}/patterns#{quote(pattern_id)}"

    def _trigger(self, pattern: Pattern, language: str) -> str:
        name = self.trigger_name(pattern, language)
        if not name:
            return t("mining.any_trigger", language)
        percent = f"{100 * float(pattern.effect.get('trigger_share', 0)):.0f}"
        return t("mining.trigger", language, name=name, percent=percent)

    def _stages(self, pattern: Pattern, language: str) -> str:
        return "\n".join(
            f"{number}. **{stage['title'][language]}** {stage['means'][language]}"
            for number, stage in enumerate(pattern.stages, 1)
        )


def stages_of(pattern: Pattern, language: str) -> str:
    """The stages' names in a row."""
    return " → ".join(stage["title"][language] for stage in pattern.stages)


def pattern_on(card: Card) -> str:
    """The id of the pattern that a card shows; "" when it shows none."""
    return urlsplit(card.url).fragment


def after(card: Card, action: str, notice: str) -> Card:
    """The same card once it was decided."""
    return replace(card, pressed=action, notice=notice, actions=())


def playbook_page(public_url: str, pattern_id: str, language: str) -> str:
    """Where the talk-track is that a pattern became."""
    return f"{public_url}/playbook/{card_id(pattern_id)}?language={language}"


def _within(name: str, value: float | None, effect: Effect, language: str) -> str:
    shown = t(f"mining.confounder.{name}", language)
    if value is None:
        return t("mining.caveat.unknown", language, name=shown)
    told = t("mining.caveat.within", language, name=shown, points=_points(value))
    smaller = value < MUCH_SMALLER * effect.difference
    return f"{told} {t('mining.caveat.shrinks', language, name=shown)}" if smaller else told


def _interval(effect: Effect, language: str) -> str:
    low, high = _points(effect.low), _points(effect.high)
    return t("mining.interval", language, points=_points(effect.difference), low=low, high=high)


def _chance(effect: Effect, language: str) -> str:
    percent = 100 * effect.chance
    told = t("mining.less_than", language, percent="0.1") if percent < 0.1 else _about(percent, language)
    return t("mining.chance", language, chance=told, tried=effect.tried)


def _about(percent: float, language: str) -> str:
    return t("mining.about", language, percent=f"{percent:.1f}")


def _rate(won: int, deals: int, language: str) -> str:
    return t("mining.rate", language, won=won, deals=deals, percent=_percent(won, deals))


def _percent(won: int, deals: int) -> str:
    return f"{100 * won / deals:.0f}" if deals else "–"


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

"""Funnels in words, for card and page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.attribution import known
from config.locales import t
from knowledge.freshness.flags import named, warning
from knowledge.funnel.advice import Advice, Advised, ChannelCost
from knowledge.funnel.benchmarks import Deviation
from knowledge.funnel.rescue import Rescue
from knowledge.funnel.stored import NEEDED, Facts, Why
from knowledge.metrics.noise import SURE
from knowledge.metrics.periods import Period
from knowledge.metrics.reasons import Finding
from knowledge.risk.figures import Share, share
from storage.repositories.funnel import Stages

STEPS = ("leads", "sql", "deals", "won", "contracts", "paid")
FEW = 30
"""Leads below which a rate is named as one of few."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str

    def text(self, key: str, **values: object) -> str:
        """A text of `funnel`."""
        return t(f"funnel.{key}", self.language, **values)

    def comma(self, parts: Iterable[str]) -> str:
        """A list in a sentence."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def rate(self, hits: int, n: int) -> str:
        """27.8 % (25.6–30.1 %, 417/1,500), and that it is few."""
        found = share(hits, n)
        if found is None:
            return self.text("no_rate")
        return self.interval(found) + (self.text("few_mark") if n < FEW else "")

    def interval(self, found: Share) -> str:
        """A share with its interval and counts."""
        low, high = f"{found.low:.1%}", f"{found.high:.1%}"
        return self.text(
            "rate", rate=f"{found.value:.1%}", low=low, high=high, hits=f"{found.hits:,}", n=f"{found.n:,}"
        )

    def percent(self, hits: int, n: int) -> str:
        """27.8 %, without more."""
        return f"{hits / n:.1%}" if n else "–"

    def name(self, value: str) -> str:
        """A value of a dimension as the reader calls it; what says nothing is unknown."""
        return known().name(value, self.language) or self.text("unknown")

    def yuan(self, amount: Decimal) -> str:
        """1,234万 or CNY 12.3 m, as people say it."""
        if self.language == "zh":
            return f"{amount / 10**4:,.1f} 万元" if amount >= 10**4 else f"{amount:,.0f} 元"
        return f"CNY {amount / 10**6:,.2f} m" if amount >= 10**6 else f"CNY {amount:,.0f}"

    def period(self, period: Period | None) -> str:
        """The days, or all of them."""
        return self.text("days", first=period.first, last=period.last) if period else self.text("always")

    def steps(self, total: Stages, whole: bool = True) -> list[tuple[str, int, str]]:
        """(step, count, share of the step before) from leads to payment."""
        names = STEPS if whole else STEPS[2:]
        found, before = [], 0
        for name in names:
            count = getattr(total, name)
            found.append((self.text(f"step.{name}"), count, self._of_former(count, before)))
            before = count
        return found

    def _of_former(self, count: int, before: int) -> str:
        """The share of the step before; what can come without that step is no share of it."""
        if count > before > 0:
            return self.text("beside_the_step")
        return f"{count / before:.1%}" if before else "–"

    def missing(self, facts: Facts) -> str:
        """未接入: what has no row; what that leaves out; "" when everything is there."""
        names = [self.text(f"part.{name}") for name in facts.missing]
        if not names:
            return self.text("all_connected")
        needed = [self.text(f"part.{name}") for name in facts.missing if name in NEEDED]
        text = self.text("not_connected", parts=self.comma(names))
        return text + (self.text("needed", parts=self.comma(needed)) if needed else self.text("enough"))

    def late(self, facts: Facts) -> str:
        """Which late data stands behind the numbers; "" when none is."""
        return warning(facts.stale, self.language)

    def change(self, why: Why) -> str:
        """The rate in both periods, and whether chance may make the difference."""
        found = why.reasons
        before, after = found.before, found.after
        values = {
            "after": self.rate(round(after.total), after.n),
            "before": self.rate(round(before.total), before.n),
            "change": self.points(found.change),
            "first": why.before.first,
            "last": why.before.last,
        }
        return self.text("change", **values)

    def verdict(self, why: Why) -> str:
        """Whether it's more than chance."""
        p = why.reasons.chance
        if p is None:
            return self.text("chance_unknown")
        return self.text("differs" if p < SURE else "chance", p=_p(p))

    def look(self, why: Why) -> str:
        """What to look at first; that nothing stands out, if so."""
        if found := why.reasons.look:
            return self.text("look", what=self.finding(found))
        p = why.reasons.chance
        return self.text("no_look" if p is None or p >= SURE else "spread")

    def points(self, change: float) -> str:
        """−3.4 个百分点."""
        return self.text("points", change=f"{change * 100:+.1f}")

    def finding(self, one: Finding) -> str:
        """One reason in a line."""
        part, names = one.part, " × ".join(self.name(value) for value in one.values)
        values = {
            "names": names,
            "effect": self.points(one.effect),
            "p": "= –" if one.chance is None else _p(one.chance),
        }
        if one.kind == "rate":
            return self.text("by_rate", before=_cell(part.before), after=_cell(part.after), **values)
        shares = {"before": f"{part.share_before:.0%}", "after": f"{part.share_after:.0%}"}
        return self.text("by_mix", **shares, **values)

    def rescue(self, found: Rescue) -> str:
        """How many rejected leads came back."""
        if found.later is None:
            return self.text("rescue.none")
        return self.text(
            "rescue.headline",
            rejected=f"{found.rejected:,}",
            share=f"{found.share_rejected:.1%}",
            later=found.later.hits,
            rate=f"{found.later.value:.1%}",
            won=found.won,
        )

    def reasons_line(self, found: Rescue) -> str:
        """Which reasons are wrong most, and whether they differ."""
        worse = [one.name or self.text("unknown") for one in found.reasons if one.is_worse]
        return self.text("rescue.worse", reasons=self.comma(worse)) if worse else self.text("rescue.alike")

    def to_do(self, found: Rescue) -> str:
        """What to do with those that are left."""
        values = {"waiting": len(found.waiting), "fresh": len(found.fresh), "days": found.ripe_days}
        return self.text("rescue.fresh" if found.fresh else "rescue.old", **values)

    def deviation(self, one: Deviation) -> str:
        """One industry."""
        return one.sentence(self.language)

    def trust(self, channel: str, trust: Mapping[str, int]) -> str:
        """How far a channel's data is trusted."""
        return f"{trust[channel]} %" if channel in trust else "–"

    def advice(self, one: Advice, trust: Mapping[str, int]) -> tuple[str, str]:
        """The proposal, and its arithmetic with how far its channels' data is trusted."""
        values = self._advised(one.values)
        channels = [name for name in (values.get("best"), values.get("worst")) if isinstance(name, str)]
        values["trust"] = self.comma(f"{name} {self.trust(name, trust)}" for name in channels)
        return self.text(f"advice.{one.name}.what", **values), self.text(f"advice.{one.name}.why", **values)

    def silent(self, advised: Advised | None) -> str:
        """Why there is no advice about budgets; "" when there is."""
        return self.text(f"advice.silent.{advised.silent}") if advised and advised.silent else ""

    def cost(self, one: ChannelCost) -> str:
        """What one won deal of a channel costs, with its interval."""
        if one.per_won is None or one.between is None:
            return self.text("no_won")
        low, high = one.between
        return self.text("per_won", cost=self.yuan(one.per_won), low=self.yuan(low), high=self.yuan(high), won=one.won)

    def _advised(self, values: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in values.items():
            if isinstance(value, ChannelCost):
                found |= {key: self.name(value.channel), f"{key}_cost": self.cost(value)}
                found |= {f"{key}_roas": "–" if value.roas is None else f"{value.roas:,.1f}"}
            elif isinstance(value, Deviation):
                found |= {"industry": value.industry, "n": value.found.n, "hits": value.found.hits}
                found |= {"rate": f"{value.found.value:.1%}", "expected": f"{value.expected:.1%}"}
            elif isinstance(value, Rescue):
                found |= self._rescued(value)
            elif key == "late" and isinstance(value, tuple):
                found[key] = named(value, self.language)
            elif isinstance(value, Decimal):
                found[key] = f"{value:.1f}" if key in {"gained", "lost", "margin"} else self.yuan(value)
            else:
                found[key] = value
        return found

    def _rescued(self, found: Rescue) -> dict[str, object]:
        assert found.later is not None, "advised only then"  # noqa: S101  # told to mypy
        worst: Sequence[str] = [one.name or self.text("unknown") for one in found.reasons[:2]]
        return {
            "rejected": found.rejected,
            "later": found.later.hits,
            "rate": self.interval(found.later),
            "days": found.days or 0,
            "ripe": found.ripe_days,
            "reasons": self.comma(worst),
            "waiting": len(found.waiting),
        }


def _p(chance: float) -> str:
    return f"= {chance:.2f}" if chance >= 0.005 else "< 0.01"


def _cell(cell: object) -> str:
    total, n = getattr(cell, "total", 0), getattr(cell, "n", 0)
    return f"{round(total)}/{n}"

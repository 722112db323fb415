"""The morning's card: the first finding that nobody decided about, its facts, what is behind it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.contracts import Action, Card, Fact, Field, Form, Section
from knowledge.briefing.types import Brief, Finding
from skills.briefing.token import card_id, mark
from skills.briefing.words import Words

PLANNED, DISMISS, DECK = "planned", "dismiss", "deck"


@dataclass(frozen=True, slots=True)
class Maker:
    """Cards in one language. `url`: of the console."""

    words: Words
    url: str
    zone: ZoneInfo

    def card(self, brief: Brief, decided: Collection[str] = (), *, id_: str = "", notice: str = "") -> Card:
        """`decided`: keys of findings that were planned or dismissed; buttons are about the first of the others."""
        words = self.words
        left = [one for one in brief.findings if one.key not in decided]
        return Card(
            id_ or card_id(brief.day, brief.scope),
            headline=words.headline(left[0]) if left else words.sentence(brief),
            summary=self._summary(brief, left),
            source=words.text("card.source", scope=words.scope(brief.scope), day=f"{brief.day:%Y-%m-%d}"),
            facts=tuple(self._fact(number, one) for number, one in enumerate(brief.findings, 1)),
            sections=tuple(self._sections(brief)),
            actions=tuple(self._actions(brief, left)),
            notice=notice,
        )

    def _summary(self, brief: Brief, left: Sequence[Finding]) -> str:
        """What to do about the first; the others in a line each; what all of it is worth."""
        words = self.words
        if not brief.findings:
            return " ".join(words.notes(brief))
        lines = [words.action(left[0])] if left else []
        lines += [
            words.text("card.other" if one in left else "card.other_planned", n=number, headline=words.headline(one))
            for number, one in enumerate(brief.findings, 1)
            if one not in left[:1]
        ]
        few = [words.text("few", count=len(brief.findings))] if len(brief.findings) < 3 else []
        return "\n".join([*lines, *few, words.text("total", money=words.yuan(brief.total))])

    def _fact(self, number: int, one: Finding) -> Fact:
        words = self.words
        value = (
            f"{words.short(one.finder, one.key)} {one.count:,} · {words.text('worth')} {words.yuan(one.worth.expected)}"
        )
        return Fact(words.text("page.first", n=number), value)

    def _sections(self, brief: Brief) -> Iterable[Section]:
        words = self.words
        for number, one in enumerate(brief.findings, 1):
            yield Section(f"{number}. {words.headline(one)}", self._behind(one))
        if brief.outcomes:
            yield Section(words.text("parts.outcomes"), _list(words.outcome(one) for one in brief.outcomes))
        if brief.below:
            below = (f"{words.brought(one)} · {words.yuan(one.money)}" for one in brief.below)
            yield Section(words.text("parts.below"), _list(below))
        if brief.held:
            yield Section(words.text("parts.held"), _list(words.headline(one) for one in brief.held))
        if brief.findings:
            yield Section(words.text("parts.notes"), _list([words.text("how"), *words.notes(brief)]))

    def _behind(self, one: Finding) -> str:
        """Detail, rows, arithmetic with where its factors come from, action, proposal."""
        words = self.words
        worse = [words.text("worse")] if one.worse else []
        sums = [words.arithmetic(one), *words.factors(one)]
        parts = [
            " ".join([*worse, words.detail(one)]),
            _table(words.header(one.evidence), words.rows(one.evidence)) if one.evidence.rows else "",
            f"**{words.text('worth')}** {sums[0]}\n{_list(sums[1:])}",
            f"**{words.text('parts.action')}** {words.action(one)}",
            f"**{words.text('parts.proposal')}** {words.proposal(one)}",
        ]
        return "\n\n".join(part for part in parts if part)

    def _actions(self, brief: Brief, left: Sequence[Finding]) -> Iterable[Action]:
        """Open, slides; and for the finding that is shown: planned, no problem (with its reason)."""
        words = self.words
        yield Action("open", words.text("card.open"), url=self._page(brief))
        if brief.findings:
            yield Action(DECK, words.text("card.deck"))
        if left:
            said = mark(left[0].key)
            reason = Field("reason", words.text("card.reason"), lines=2)
            form = Form(words.text("card.dismiss_title"), words.text("card.submit"), (reason,))
            yield Action(f"{PLANNED}_{said}", words.text("card.planned"), "primary")
            yield Action(f"{DISMISS}_{said}", words.text("card.dismiss"), form=form)

    def _page(self, brief: Brief) -> str:
        return f"{self.url}/brief?{urlencode({'day': brief.day.isoformat(), 'team': brief.scope.name})}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([cell.replace("|", "／") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

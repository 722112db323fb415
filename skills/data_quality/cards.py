"""Cards: the board, one gate, one pair of customers, and what an owner is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

from bot.contracts import Action, Card, Fact, Field, Form, Section
from config.locales import t
from knowledge.identity.review import Doubt
from knowledge.quality.board import Figure
from skills.data_quality.words import Words, grouped, percent, sureness
from storage.repositories.quality import Evidence

SHOWN = 5  # rows on a card; the page has all


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    language: str
    public_url: str

    @property
    def words(self) -> Words:
        """The same in sentences."""
        return Words(self.language)

    def board(self, figures: Sequence[Figure]) -> Card:
        """Red gates first; the rest folded."""
        known = [one for one in figures if one.total]
        red = [one for one in known if one.colour == "red"]
        key = "card.headline_red" if red else "card.headline_green" if known else "card.nothing"
        lines = [f"- {self.words.line(one)}" for one in known]
        empty = dict.fromkeys(self.words.entity(one.gate.entity) for one in figures if not one.total)
        sections = [Section(self._t("card.all"), "\n".join(lines))] if known else []
        sections += [Section(self._t("card.unconnected"), self._listed(list(empty)))] if empty and known else []
        return Card(
            f"dq-{uuid4().hex}",
            headline=self._t(key, red=len(red), count=len(known)),
            summary="\n".join(self.words.line(one) for one in red) or self._t("card.scope"),
            source=self._t("title"),
            sections=tuple(sections),
            url=f"{self.public_url}/quality",
        )

    def gate(self, figure: Figure, rows: Sequence[tuple[Evidence, str]], owners: Mapping[str, str]) -> Card:
        """One gate: how much, what, whose, and what to do."""
        if not figure.total:
            asked = self._t("card.asked_nothing", entity=self.words.entity(figure.gate.entity))
            return Card(f"dq-{uuid4().hex}", headline=asked, source=self._t("title"), url=f"{self.public_url}/quality")
        return Card(
            f"dq-{uuid4().hex}",
            headline=self._t("card.gate", name=self.words.gate(figure.gate), share=percent(figure.share)),
            summary=self.words.verdict(figure),
            source=self._t("title"),
            facts=tuple(self._values(figure)),
            sections=tuple(self._sections(figure, rows, owners)),
            url=f"{self.public_url}/quality/{quote(figure.gate.name)}",
            unfolded=True,
        )

    def pair(self, doubt: Doubt, more: int, *, decides: bool) -> Card:
        """Two customers side by side, with the buttons of whoever decides."""
        facts = (
            Fact(name, left if not differs else f"{left or '–'} / {right or '–'}")
            for name, left, right, differs in self.words.compared(doubt)
        )
        evidence = self.words.joined(self.words.evidence(doubt))
        kept = self._t("pair.kept", name=doubt.kept.name, id=doubt.kept.id)
        more_line = [self._t("pair.more", count=more)] if more else []
        pair = urlencode({"left": doubt.match.left_id, "right": doubt.match.right_id})
        return Card(
            f"dup-{uuid4().hex}",
            headline=self._t("pair.headline", left=doubt.left.name, right=doubt.right.name),
            summary=self._t("pair.summary", percent=sureness(doubt.match.probability), evidence=evidence),
            source=self._t("pair.source"),
            facts=tuple(facts),
            sections=(Section(self._t("card.todo"), "\n\n".join((kept, *more_line))),),
            actions=self._choices() if decides else (),
            url=f"{self.public_url}/duplicates?{pair}",
            unfolded=True,
        )

    def alarm(self, figures: Sequence[Figure]) -> Card:
        """What turned red, for whoever answers for it."""
        lines = [self._t("alarm.one", name=self.words.gate(one.gate), share=percent(one.share)) for one in figures]
        headline = lines[0] if len(lines) == 1 else self._t("alarm.headline", count=len(lines))
        details = [f"- **{line}** · {self.words.verdict(one)}" for line, one in zip(lines, figures, strict=True)]
        kinds = dict.fromkeys(one.gate.kind for one in figures)
        todo = [f"- {self._t(f'todo.{kind}')}" for kind in kinds]
        url = f"/quality/{quote(figures[0].gate.name)}" if len(figures) == 1 else "/quality"
        return Card(
            f"dqa-{uuid4().hex}",
            headline=headline,
            summary=self.words.verdict(figures[0]) if len(figures) == 1 else self._t("alarm.summary"),
            source=self._t("title"),
            sections=(
                Section(self._t("page.rows"), "\n".join(details)),
                Section(self._t("card.todo"), "\n".join(todo)),
            ),
            actions=(
                Action("snooze", self._t("alarm.later"), form=self._form()),
                Action("seen", self._t("alarm.seen")),
            ),
            url=self.public_url + url,
        )

    def after(self, card: Card, action: str, notice: str) -> Card:
        """The same card once it was decided."""
        return replace(card, pressed=action, notice=notice, actions=())

    def _choices(self) -> tuple[Action, ...]:
        return (
            Action("merge", self._t("pair.merge"), "primary"),
            Action("apart", self._t("pair.apart")),
            Action("later", self._t("pair.later")),
        )

    def _form(self) -> Form:
        fields = Field("days", self._t("alarm.days"), value="7"), Field("reason", self._t("alarm.reason"), lines=2)
        return Form(self._t("alarm.form"), self._t("alarm.submit"), fields)

    def _values(self, figure: Figure) -> list[Fact]:
        values = list(figure.values.items())[:SHOWN]
        return [
            Fact(self.words.value(figure.gate, value), self._t("page.times", count=count)) for value, count in values
        ]

    def _sections(
        self, figure: Figure, rows: Sequence[tuple[Evidence, str]], owners: Mapping[str, str]
    ) -> list[Section]:
        regions = {part.region: part.region for part in figure.parts if part.region}
        by_region = [
            f"- {name}: {percent(good / total)} ({good}/{total})"
            for name, good, total in grouped(figure.parts, regions)
        ]
        listed = [f"- {self._row(figure, row, hint, owners)}" for row, hint in rows[:SHOWN]]
        sections = [Section(self._t("card.rows", shown=len(listed)), "\n".join(listed))] if listed else []
        sections += [Section(self._t("card.regions"), "\n".join(by_region))] if by_region and figure.bad else []
        todo = [Section(self._t("card.todo"), self._t(f"todo.{figure.gate.kind}"))] if figure.bad else []
        return [*sections, *todo]

    def _row(self, figure: Figure, row: Evidence, hint: str, owners: Mapping[str, str]) -> str:
        owner = owners.get(row.owner_id, "")
        told = self.words.rule(hint) if figure.gate.kind == "possible" and hint else hint
        more = " → ".join(filter(None, (row.value, told)))
        shown = {"owner": f" · {owner}" if owner else "", "more": f" · {more}" if more else ""}
        return self._t("card.row", id=row.id, name=row.name, **shown)

    def _listed(self, names: list[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(names)

    def _t(self, key: str, **values: object) -> str:
        return t(f"data_quality.{key}", self.language, **values)


def pair_on(card: Card) -> tuple[str, str]:
    """The two customers that a card is about."""
    query = parse_qs(urlsplit(card.url).query)
    return query.get("left", [""])[0], query.get("right", [""])[0]

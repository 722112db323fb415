"""Writes what a deck says, page by page, from a brief. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.locales import load
from knowledge.briefing.types import Brief, Evidence, Finding
from skills.briefing.deck_content import Block, Cover, Deck, Drawing, FindingPage, Grid, TablePage, paragraphs
from skills.briefing.deck_outcomes import last_week
from skills.briefing.words import Words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_NUMBERS = frozenset({"count", "yuan", "rate", "days"})


class Author:
    """Writes the pages of one brief. `zone`: the company's, in which the age of data is told."""

    def __init__(self, brief: Brief, words: Words, zone: ZoneInfo) -> None:
        self._brief, self._words = brief, words
        self._as_of = words.text("deck.as_of", moment=words.moment(brief, zone))

    def deck(self) -> Deck:
        """Everything."""
        brief = self._brief
        findings = tuple(self._finding(at, one) for at, one in enumerate(brief.findings, 1))
        rest = [] if findings else [self._nothing()]
        rest += [last_week(brief.outcomes, self._words, self._as_of)] if brief.outcomes else []
        rest += [self._evidence(at, one) for at, one in enumerate(brief.findings, 1)]
        return Deck(self._words.title(brief), self._cover(), findings, (*rest, self._definitions()))

    def _cover(self) -> Cover:
        brief, words = self._brief, self._words
        facts = [words.text("total", money=words.yuan(brief.total))] if brief.findings else []
        if 0 < len(brief.findings) < 3:
            facts.append(words.text("few", count=len(brief.findings)))
        facts += [self._as_of, *(words.note(one) for one in brief.notes if one.key == "note.late")]
        said = [words.sentence(brief), *facts, *words.notes(brief)]
        listed = [f"{at}. {words.headline(one)}" for at, one in enumerate(brief.findings, 1)]
        return Cover(words.title(brief), words.sentence(brief), tuple(facts), paragraphs(said, listed))

    def _finding(self, at: int, one: Finding) -> FindingPage:
        words = self._words
        worth = words.yuan(one.worth.expected), words.text("worth"), words.arithmetic(one)
        return FindingPage(
            headline=self._headline(one),
            detail=words.detail(one),
            number=self._number(one),
            worth=worth,
            action=(words.text("parts.action"), _sentence(words.what_to_do(one)), self._who(one)),
            proposal=(words.text("parts.proposal"), words.proposal(one)),
            source=self._source(at, one),
            drawing=self._drawing(one),
            notes=self._finding_notes(at, one),
        )

    def _headline(self, one: Finding) -> str:
        worse = self._words.text("deck.worse") if one.worse else ""
        return self._words.headline(one) + worse

    def _number(self, one: Finding) -> tuple[str, str]:
        """Money at stake; where there is none, how many."""
        words = self._words
        if one.money:
            return words.yuan(one.money), words.text("deck.at_stake", count=f"{one.count:,}")
        return f"{one.count:,}", words.text("count")

    def _who(self, one: Finding) -> str:
        return self._words.text("deck.who", who=one.action.who.name or "–", by=self._words.day(one.action.by))

    def _drawing(self, one: Finding) -> Drawing:
        words, series = self._words, one.series
        title = words.series(series)
        return Drawing(
            title=title,
            kind=series.kind,
            unit=series.unit,
            labels=tuple(words.point(series, point) for point in series.points),
            series=((title, tuple(point.value for point in series.points)),),
            marked=frozenset(at for at, point in enumerate(series.points) if point.marked),
        )

    def _source(self, at: int, one: Finding) -> str:
        words = self._words
        parts = [words.text("deck.source", parts=words.comma(self._kinds(one.evidence)))] if one.evidence.rows else []
        if one.since and one.until:
            parts.append(words.text("span", first=one.since, last=one.until))
        return " · ".join([*parts, self._as_of, words.text("deck.see", n=at)])

    def _kinds(self, evidence: Evidence) -> list[str]:
        keys = dict.fromkeys(f"deck.kind.{row.kind}" for row in evidence.rows)
        known = load(self._words.language)
        return list(dict.fromkeys(self._words.text(k if f"briefing.{k}" in known else "deck.kind.other") for k in keys))

    def _finding_notes(self, at: int, one: Finding) -> str:
        words = self._words
        said = [
            f"{at}. {self._headline(one)}",
            words.detail(one),
            f"{words.text('parts.action')}: {words.action(one)}",
            f"{words.text('parts.proposal')}: {words.proposal(one)}",
        ]
        sums = [words.text("parts.arithmetic"), f"{words.text('worth')} = {words.arithmetic(one)}", *words.factors(one)]
        points = [words.series(one.series), *self._points(one)]
        return paragraphs(said, sums, self._evidence_lines(one), points, [self._source(at, one)])

    def _points(self, one: Finding) -> list[str]:
        return [f"{self._words.point(one.series, point)}: {point.value:,.12g}" for point in one.series.points]

    def _evidence_lines(self, one: Finding) -> list[str]:
        words, evidence = self._words, one.evidence
        titles = words.header(evidence)
        rows = ["; ".join(f"{a} {b}" for a, b in zip(titles, row, strict=True)) for row in words.rows(evidence)]
        return [self._how_many(evidence), *rows]

    def _how_many(self, evidence: Evidence) -> str:
        shown, count = len(evidence.rows), len(evidence.ids)
        return self._words.text("deck.largest" if shown < count else "deck.complete", shown=shown, count=f"{count:,}")

    def _evidence(self, at: int, one: Finding) -> TablePage:
        words = self._words
        sums = (f"{words.text('worth')} = {words.arithmetic(one)}", *words.factors(one))
        return TablePage(
            headline=words.text("deck.appendix", n=at, what=words.short(one.finder, one.key)),
            notes=self._finding_notes(at, one) + "\n\n" + "\n".join(one.evidence.ids),
            grid=self._grid(one.evidence),
            blocks=(Block(self._how_many(one.evidence), ()), Block(words.text("parts.arithmetic"), sums)),
            source=self._source(at, one).rsplit(" · ", 1)[0],
        )

    def _grid(self, evidence: Evidence) -> Grid | None:
        words = self._words
        if not evidence.rows:
            return None
        right = tuple(one.unit in _NUMBERS for one in evidence.columns)
        return Grid(tuple(words.header(evidence)), tuple(tuple(row) for row in words.rows(evidence)), right)

    def _nothing(self) -> TablePage:
        words, brief = self._words, self._brief
        blocks = [Block("", (words.sentence(brief),)), *self._also()]
        notes = paragraphs([words.sentence(brief)], *([one.label, *one.lines] for one in self._also()))
        return TablePage(words.text("deck.nothing"), notes, blocks=tuple(blocks), source=self._as_of)

    def _also(self) -> list[Block]:
        """Told before; found, but not among the first three."""
        words, brief = self._words, self._brief
        listed = (("parts.below", brief.below), ("parts.held", brief.held))
        return [Block(words.text(key), tuple(map(self._in_a_line, found))) for key, found in listed if found]

    def _in_a_line(self, one: Finding) -> str:
        words = self._words
        return words.text("deck.line", what=words.brought(one), worth=words.yuan(one.worth.expected))

    def _definitions(self) -> TablePage:
        words, brief = self._words, self._brief
        about = [self._as_of, *words.notes(brief)]
        if brief.dismissed:
            about.append(words.text("deck.dismissed", count=f"{brief.dismissed:,}"))
        blocks = [Block(words.text("parts.definition"), (words.text("how"), words.text("deck.once")))]
        blocks += [Block(words.text("parts.notes"), tuple(about)), *(self._also() if brief.findings else [])]
        notes = paragraphs(*([one.label, *one.lines] for one in blocks))
        return TablePage(words.text("deck.definitions"), notes, blocks=tuple(blocks))


def _sentence(text: str) -> str:
    """Beginning with a capital letter."""
    return text[:1].upper() + text[1:]

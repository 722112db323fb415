"""Chat cards made from playbook cards. Pure: everything comes in as arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from bot.contracts import Action, Card, Citation, Fact, Field, Form, Section
from config.locales import t
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.vocabulary import Vocabulary
from skills.talktracks.numbered import Numbered, from_one, lines
from skills.talktracks.thread import Shown

REASONS = ("wrong_stage", "wrong_customer", "outdated", "other")
EXPIRES_SOON = 30  # days
BUTTONS = 6  # on a list; WeCom shows no more


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    vocabulary: Vocabulary
    language: str
    public_url: str
    today: date

    def answer(self, card: PlaybookCard, shown: Shown, others: Numbered, remarks: Sequence[str] = ()) -> Card:
        """The folded card for a talk-track or a competitor; `others` are the alternatives listed, `remarks`
        what the reader should know before using it."""
        return Card(
            id=new_id(),
            headline=card.point,
            summary="\n".join([*remarks, card.situation or card.title]),
            source=self._source(card),
            facts=self._facts(card, shown),
            sections=self._sections(card, others),
            actions=self._actions(bool(others)),
            citations=self._citations(card),
            url=page_url(self.public_url, card.id, card.language),
        )

    def no_answer(self, nearest: Sequence[PlaybookCard], keeper: str, unknown: str = "") -> Card:
        """Says that nothing fits, offers the nearest titles, and names who keeps the playbook. `unknown`: a maker
        whom no competitor card is about."""
        owner = self._t("gap.owner", name=keeper) if keeper else self._t("gap.owner_unknown")
        guesses = [self._t("gap.others" if unknown else "gap.guess"), *lines(from_one(nearest))] if nearest else []
        return Card(
            id=new_id(),
            headline=self._t("gap.unknown", name=unknown) if unknown else self._t("gap.headline"),
            summary="\n".join([owner, *guesses]),
            source=self._t("source.playbook"),
            actions=self._picks(nearest),
        )

    def rivals(self, cards: Sequence[PlaybookCard]) -> Card:
        """All competitor cards, each with a button."""
        return Card(
            id=new_id(),
            headline=self._t("list.rivals", count=len(cards)),
            summary="\n".join([*lines(from_one(cards)), self._t("list.pick")]),
            source=self._t("source.competitor"),
            actions=self._picks(cards[:BUTTONS]),
        )

    def contents(self, cards: Sequence[PlaybookCard]) -> Card:
        """What the playbook holds: how many talk-tracks for each stage, and where to read them all."""
        tracks = [card for card in cards if not card.names]
        stages = [(key, sum(key in card.stage for card in tracks)) for key in self.vocabulary.keys("stages")]
        counts = [f"{self.vocabulary.label('stages', key, self.language)} {count}" for key, count in stages if count]
        return Card(
            id=new_id(),
            headline=self._t("list.contents", talktracks=len(tracks), rivals=len(cards) - len(tracks)),
            summary="\n".join([" · ".join(counts), self._t("list.ask")]),
            source=self._t("source.playbook"),
            url=f"{self.public_url}/playbook",
        )

    def after_not_fit(self, card: Card, others: Sequence[PlaybookCard]) -> Card:
        """The same card, now with two alternatives and four reasons to choose from; none has to be chosen."""
        notice = self._t("press.not_fit_with_others") if others else self._t("press.not_fit")
        reasons = tuple(Action(key, self._t(f"reason.{key}")) for key in REASONS)
        return replace(card, pressed="not_fit", notice=notice, actions=(*self._picks(others[:2]), *reasons))

    def after_reason(self, card: Card, reason: str) -> Card:
        """The same card, thanking for the reason; the alternatives stay."""
        kept = tuple(action for action in card.actions if action.key.startswith("pick_"))
        return replace(card, pressed=reason, notice=self._thanks(reason), actions=kept)

    def after_explained(self, card: Card, others: Sequence[PlaybookCard], reason: str) -> Card:
        """The same card after a form that said why: thanks, and two alternatives."""
        return replace(card, pressed="not_fit", notice=self._thanks(reason), actions=self._picks(others[:2]))

    def _thanks(self, reason: str) -> str:
        return self._t("press.reason", reason=self._t(f"reason.{reason}"))

    def after_useful(self, card: Card) -> Card:
        """The same card with thanks."""
        return replace(card, pressed="useful", notice=self._t("press.useful"))

    def doubt(self, card: PlaybookCard, others: Numbered) -> str:
        """That the card is only the nearest there is, and what else may be meant."""
        listed = self._t("or_else", titles=" ".join(lines(others))) if others else ""
        return self._t("doubtful", title=card.title) + listed

    def missed(self, card: PlaybookCard, shown: Shown, misses: Sequence[str]) -> tuple[str, ...]:
        """That the card was not written for the stage, industry or product asked about."""
        wanted = {"stage": shown.stage, "industry": shown.industry, "product": shown.product}
        return tuple(
            self._t(
                f"miss.{facet}",
                wanted=self.vocabulary.label(_LISTS[facet], wanted[facet], self.language),
                written=self.vocabulary.labels(_LISTS[facet], getattr(card, facet), self.language),
            )
            for facet in misses
            if wanted[facet]
        )

    def _source(self, card: PlaybookCard) -> str:
        if card.kind == "competitor":
            parts = [self._t("source.competitor"), card.competitor]
        else:
            parts = [self._t("source.playbook"), self.vocabulary.labels("stages", card.stage, self.language)]
        return " · ".join(part for part in (*parts, f"{card.owner} v{card.version}") if part)

    def _facts(self, card: PlaybookCard, shown: Shown) -> tuple[Fact, ...]:
        stages = self.vocabulary.labels("stages", card.stage, self.language) or self._t("fact.any")
        rows = [
            ("fact.stage", stages),
            ("fact.industry", self.vocabulary.labels("industries", card.industry, self.language)),
            ("fact.product", self.vocabulary.labels("products", card.product, self.language)),
            ("fact.customer", self._customer(shown)),
            ("fact.valid", self._validity(card)),
        ]
        return tuple(Fact(self._t(key), value) for key, value in rows if value)

    def _customer(self, shown: Shown) -> str:
        industry = self.vocabulary.label("industries", shown.industry, self.language)
        return " · ".join(part for part in (shown.customer, industry) if part) if shown.customer else ""

    def _validity(self, card: PlaybookCard) -> str:
        days = (card.valid_until - self.today).days
        key = "fact.until_soon" if days <= EXPIRES_SOON else "fact.until"
        return self._t(key, date=card.valid_until.isoformat(), days=days)

    def _sections(self, card: PlaybookCard, others: Numbered) -> tuple[Section, ...]:
        rows = [
            ("say", card.say),  # first: a platform with room for one section shows the words to say
            ("steps", card.steps),
            ("comparison", card.comparison),
            ("avoid", card.avoid),
            ("basis", card.basis),
            ("report", self._report(card)),
            ("links", "\n".join(f"- {_link(link.title, link.url)}" for link in card.links)),
            ("others", "\n".join(lines(others))),
        ]
        return tuple(Section(self._t(f"section.{key}"), body) for key, body in rows if body)

    def _report(self, card: PlaybookCard) -> str:
        report = card.newest_report
        return f"{_link(report.title, report.url)} ({report.date.isoformat()})" if report else ""

    def _actions(self, more: bool) -> tuple[Action, ...]:
        actions = (
            Action("useful", self._t("action.useful"), "primary"),
            Action("not_fit", self._t("action.not_fit"), form=self._why()),
        )
        return (*actions, Action("more", self._t("action.more"))) if more else actions

    def _why(self) -> Form:
        """The reason, asked at once where the platform can; nothing of it has to be filled in."""
        reasons = tuple((key, self._t(f"reason.{key}")) for key in REASONS)
        return Form(
            self._t("action.not_fit"),
            self._t("form.send"),
            (
                Field("reason", self._t("form.reason"), choices=reasons, required=False),
                Field("note", self._t("form.note"), required=False, lines=3),
            ),
        )

    def _picks(self, cards: Sequence[PlaybookCard]) -> tuple[Action, ...]:
        return tuple(Action(f"pick_{n}", card.title) for n, card in enumerate(cards, 1))

    def _citations(self, card: PlaybookCard) -> tuple[Citation, ...]:
        detail = f"{card.owner} v{card.version} · {self._validity(card)}"
        own = Citation(card.title, page_url(self.public_url, card.id, card.language), detail)
        report = card.newest_report
        return (own, Citation(report.title, report.url, report.date.isoformat())) if report else (own,)

    def _t(self, key: str, **values: object) -> str:
        return t(f"talktracks.{key}", self.language, **values)


_LISTS = {"stage": "stages", "industry": "industries", "product": "products"}


def new_id() -> str:
    """An id for a card in a chat."""
    return f"tt-{uuid4().hex}"


def page_url(public_url: str, id_: str, language: str) -> str:
    """Address of a talk-track's page in the console."""
    return f"{public_url}/playbook/{id_}?language={language}"


def talktrack_of(card: Card) -> tuple[str, str]:
    """Id and language of the talk-track that a chat card shows; ("", "") when it shows none."""
    if not card.url:
        return "", ""
    parts = urlsplit(card.url)
    return parts.path.rpartition("/")[2], parse_qs(parts.query).get("language", ["zh"])[0]


def _link(title: str, url: str) -> str:
    return f"[{title}]({url})"

"""The card of a prompt: one line first; unfolded why, evidence and what to say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from bot.contracts import Action, Card, Citation, Fact, Field, Form, Section
from bot.contracts.listening import Evidence, Signal
from config.locales import load, t
from knowledge.playbook.card import PlaybookCard
from knowledge.risk.telling import lines
from knowledge.signals.kind import Kind
from skills.coaching.policy import LEVELS

REASONS = ("wrong", "known", "bad_time", "other")
WRONG = ("wrong_meaning", "wrong_party", "wrong_words", "wrong_over")  # why it is a false positive (A12)
IN_FORMS = (*WRONG, *REASONS[1:])
MOST_QUOTES = 3
_VALUES = ("name", "days", "percent", "title", "quote", "tries", "hours", "stage", "seconds", "characters", "share")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a prompt's card is made of."""

    kind: Kind
    signal: Signal
    customer: str  # as people call it
    talktrack: PlaybookCard | None = None
    recording: bool = False  # the dialogue has a page whose moments can be played


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language. Times are shown in the zone of `now`."""

    language: str
    public_url: str
    now: datetime

    def prompt(self, shown: Shown, card_id: str = "") -> Card:
        """The card. It never asks for anything; every button may be left alone."""
        track = shown.talktrack
        return Card(
            id=card_id or new_id(),
            headline=self.headline(shown),
            summary=self._summary(shown),
            source=self._t("source", customer=shown.customer) if shown.customer else self._t("title"),
            sections=self._sections(shown),
            actions=self._actions(),
            citations=(Citation(track.title, self._page(track), f"{track.owner} v{track.version}"),) if track else (),
            url=self._moment(shown.signal.evidence[0]) if shown.recording and shown.signal.evidence else "",
        )

    def headline(self, shown: Shown) -> str:
        """The point in one line."""
        return self._told(shown, "headline")

    def digest(self, items: Sequence[tuple[str, str]]) -> Card:
        """(customer, headline) of everything that could wait, in one card."""
        lines = [f"- **{customer}** {headline}" if customer else f"- {headline}" for customer, headline in items]
        return Card(
            new_id(),
            headline=self._t("digest.headline", count=len(items)),
            summary=self._t("digest.summary"),
            source=self._t("title"),
            sections=(Section(self._t("digest.title"), "\n".join(lines)),),
            actions=(Action("less", self._t("button.less")), Action("interrupted", self._t("button.interrupted"))),
        )

    def after(self, card: Card, response: str, notice: str) -> Card:
        """The same card after a press: thanks, and the level can still be changed."""
        kept = tuple(action for action in card.actions if action.key in {response, "less"})
        return replace(card, pressed=response, notice=notice, actions=kept)

    def asking(self, card: Card) -> Card:
        """The same card with reasons to choose from, where the platform has no forms; none has to be chosen."""
        reasons = tuple(Action(f"reason_{key}", self._t(f"why_not.{key}")) for key in REASONS)
        return replace(card, pressed="not_fit", notice=self._t("after.ask"), actions=reasons)

    def asking_why(self, card: Card) -> Card:
        """The same card after 误报 with what may be wrong about it; it is noted already."""
        reasons = tuple(Action(f"reason_{key}", self._t(f"why_wrong.{key}")) for key in WRONG)
        return replace(card, pressed="not_fit", notice=self._t("after.ask_wrong"), actions=reasons)

    def choosing(self, card: Card, level: str, notice: str) -> Card:
        """The same card with the mute levels to choose from."""
        return replace(card, notice=notice, actions=self._levels(level))

    def settings(self, level: str, muted: str, lines: Sequence[str]) -> Card:
        """What is set, with a button for each other level and a form."""
        facts = [
            Fact(self._t("level"), self._t(f"level_name.{level}")),
            Fact(self._t("level_means"), self._means(level)),
        ]
        facts += [Fact(self._t("muted_until"), muted)] if muted else []
        return Card(
            new_id(),
            headline=self._t("settings.headline", level=self._t(f"level_name.{level}")),
            summary="\n".join(lines) or self._means(level),
            source=self._t("title"),
            facts=tuple(facts),
            actions=(*self._levels(level), Action("settings", self._t("settings.change"), form=self._form(level))),
        )

    def _levels(self, level: str) -> tuple[Action, ...]:
        others = [key for key in LEVELS if key != level]
        mute = Action("mute", self._t("button.mute"))
        return (*(Action(f"level_{key}", self._t(f"level_name.{key}")) for key in others), mute)

    def _form(self, level: str) -> Form:
        choices = tuple((key, f"{self._t(f'level_name.{key}')} · {self._means(key)}") for key in LEVELS)
        field = Field("level", self._t("level"), choices=choices, value=level)
        return Form(self._t("settings.form"), self._t("settings.save"), (field,))

    def _means(self, level: str) -> str:
        return self._t(f"level_meaning.{level}")

    def _actions(self) -> tuple[Action, ...]:
        choices = tuple((key, self._t(f"why_not.{key}")) for key in IN_FORMS)
        fields = (
            Field("reason", self._t("why_not.label"), choices=choices, value=IN_FORMS[0]),
            Field("note", self._t("why_not.note"), required=False, lines=2),
        )
        form = Form(self._t("why_not.title"), self._t("settings.save"), fields)
        return (
            Action("used", self._t("button.used"), "primary"),
            Action("not_fit", self._t("button.not_fit"), form=form),
            *(Action(key, self._t(f"button.{key}")) for key in ("later", "less", "interrupted")),
        )

    def _summary(self, shown: Shown) -> str:
        if shown.talktrack:
            return self._t("summary", point=shown.talktrack.point)
        return self._told(shown, "why")

    def _sections(self, shown: Shown) -> tuple[Section, ...]:
        track = shown.talktrack
        said = f"{track.point}\n\n{track.say or track.comparison}" if track else ""
        parts = [
            ("section.why", self._told(shown, "why")),
            ("section.risk", "\n".join(f"- {line}" for line in lines(shown.signal.values, self.language))),
            ("section.evidence", "\n".join(self._quoted(one, shown) for one in shown.signal.evidence[:MOST_QUOTES])),
            ("section.talktrack", said),
        ]
        return tuple(Section(self._t(key), body) for key, body in parts if body)

    def _quoted(self, one: Evidence, shown: Shown) -> str:
        when = f"{one.at.astimezone(self.now.tzinfo):%m-%d %H:%M}" if one.at else ""
        if one.start is not None:
            clock = f"{int(one.start) // 60}:{int(one.start) % 60:02}"
            when = f"[{clock}]({self._moment(one)})" if shown.recording else clock
        return f"- “{one.quote}” {when}".rstrip()

    def _moment(self, one: Evidence) -> str:
        anchor = f"#t={one.start:.0f}" if one.start is not None else ""
        return f"{self.public_url}/recordings/{quote(one.dialogue_id, safe='')}{anchor}"

    def _page(self, track: PlaybookCard) -> str:
        return f"{self.public_url}/playbook/{quote(track.id)}?language={track.language}"

    def _told(self, shown: Shown, part: str) -> str:
        return told(shown.kind, shown.signal.values, shown.signal.evidence, part, self.language)

    def _t(self, key: str, **values: object) -> str:
        return t(f"coaching.{key}", self.language, **values)


def told(kind: Kind, values: Mapping[str, str], evidence: Sequence[Evidence], part: str, language: str) -> str:
    """The kind's headline or why, filled in; what isn't known is an ellipsis."""
    known = dict.fromkeys(_VALUES, "…") | {"terms": ""} | dict(values)
    known["quote"] = evidence[0].quote if evidence else "…"
    key = f"{kind.policy.card}.{part}"
    return t(key, language, **known) if key in load(language) else kind.title[language]


def new_id() -> str:
    """An id for a card in a chat."""
    return f"pr-{uuid4().hex}"

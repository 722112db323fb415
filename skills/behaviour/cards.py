"""A diagnosis as the person and their manager read it: evidence and a suggestion, no figure about anybody. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from bot.contracts import Action, Card, Citation, Section
from config.locales import t
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.signals.kind import Kind
from skills.behaviour.aftermath import After

RESPONSES = ("acted", "wrong")
DAYS = 48  # hours from which days are told


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    language: str
    public_url: str
    kinds: Mapping[str, Kind]
    vocabulary: Vocabulary

    def own(self, ability: str, after: Sequence[After], track: PlaybookCard | None) -> Card:
        """For the person: what was left, what came of it, what may help. Nothing has to be pressed."""
        return Card(
            new_id(),
            headline=self._t("own.headline", count=len(after), ability=self.ability(ability)),
            summary=self._t("own.summary"),
            source=self._t("title"),
            sections=self._sections(after, self.advice(ability), track),
            actions=tuple(Action(key, self._t(f"button.{key}")) for key in RESPONSES),
            citations=self._cited(track),
            url=f"{self.public_url}/behaviour",
        )

    def for_manager(self, name: str, ability: str, after: Sequence[After], track: PlaybookCard | None) -> Card:
        """For their own manager: the same evidence, and how to help."""
        return Card(
            new_id(),
            headline=self._t("manager.headline", name=name, count=len(after), ability=self.ability(ability)),
            summary=self._t("manager.summary"),
            source=self._t("title"),
            sections=self._sections(after, self.coaching(ability), track),
            citations=self._cited(track),
            url=f"{self.public_url}/behaviour",
        )

    def listing(self, lines: Sequence[str], what: str) -> Card:
        """The latest diagnoses. `what`: "own" or "team"."""
        return Card(
            new_id(),
            headline=self._t(f"list.{what}" if lines else f"list.no_{what}", count=len(lines)),
            summary="\n".join(f"- {line}" for line in lines) or self._t("list.how"),
            source=self._t("title"),
            url=f"{self.public_url}/behaviour",
        )

    def line(self, day: str, name: str, ability: str, count: int) -> str:
        """One diagnosis in a line."""
        who = f"{name} " if name else ""
        return f"{day} {who}{self._t('list.line', ability=self.ability(ability), count=count)}"

    def ability(self, key: str) -> str:
        """What the prompts were about, as something that one can learn."""
        return self._t(f"ability.{key}.name")

    def advice(self, key: str) -> str:
        """What may help the person."""
        return self._t(f"ability.{key}.advice")

    def coaching(self, key: str) -> str:
        """What their manager may do."""
        return f"{self._t('manager.first')}\n{self._t(f'ability.{key}.coach')}"

    def told(self, one: After) -> str:
        """A prompt and what came of it, in a line."""
        title = self.kinds[one.kind].title[self.language]
        contact = self._contact(one.hours)
        stage = self.vocabulary.label("stages", one.stage, self.language) if one.stage else ""
        key = "lost_why" if one.deal == "lost" and one.reason else one.deal
        deal = self._t(f"deal.{key}", stage=stage, reason=one.reason)
        told = {"customer": one.customer, "title": title, "contact": contact, "deal": deal}
        return self._t("after.line", at=f"{one.at:%m-%d %H:%M}", **told)

    def _contact(self, hours: int | None) -> str:
        if hours is None:
            return self._t("after.no_contact")
        return self._t("after.days", days=hours // 24) if hours >= DAYS else self._t("after.hours", hours=hours)

    def _sections(self, after: Sequence[After], advice: str, track: PlaybookCard | None) -> tuple[Section, ...]:
        lines = "\n".join(f"- {self.told(one)}" for one in after)
        said = [Section(self._t("section.say"), f"{track.point}\n\n{track.say or track.comparison}")] if track else []
        return Section(self._t("section.evidence"), lines), Section(self._t("section.advice"), advice), *said

    def _cited(self, track: PlaybookCard | None) -> tuple[Citation, ...]:
        if track is None:
            return ()
        page = f"{self.public_url}/playbook/{quote(track.id)}?language={track.language}"
        return (Citation(track.title, page, f"{track.owner} v{track.version}"),)

    def _t(self, key: str, **values: object) -> str:
        return t(f"behaviour.{key}", self.language, **values)


def new_id() -> str:
    """An id for a card in a chat."""
    return f"bh-{uuid4().hex}"

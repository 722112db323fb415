"""What skill, page, command and the morning's sending need: the brief of a scope, its words, its picture, its deck."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Person
from bot.contracts.errors import BadInput
from bot.contracts.reply import OutgoingFile
from config.briefing import BriefRules
from config.locales import t
from knowledge.briefing.scopes import choices, choose, home
from knowledge.briefing.stored import Asked, brief
from knowledge.briefing.types import Brief, Scope
from skills.briefing.cards import Maker
from skills.briefing.picture import picture
from skills.briefing.words import Words
from storage.outgoing import keep_outgoing

if TYPE_CHECKING:
    from knowledge.playbook.vocabulary import Vocabulary
    from storage.store import Store

FOLDER = "briefs"  # below the data folder
PNG = "image/png"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BriefDesk:
    """`url`: of the console; `data`: the data folder, in which outgoing files lie; `template`: the company's deck."""

    rules: BriefRules
    vocabulary: Vocabulary
    zone: ZoneInfo
    url: str
    data: Path
    template: Path | None = None

    def words(self, language: str) -> Words:
        """In this language."""
        return Words(language, self.vocabulary)

    def maker(self, language: str) -> Maker:
        """Of cards."""
        return Maker(self.words(language), self.url, self.zone)

    def today(self, now: datetime) -> date:
        """By the company's clock."""
        return now.astimezone(self.zone).date()

    def scopes(self, store: Store, viewer: Person) -> tuple[Scope, ...]:
        """Which the viewer may choose, their own first."""
        return choices(viewer, store.people.visible_to(viewer))

    def scope(self, store: Store, viewer: Person, said: str, language: str) -> Scope:
        """The one that is called so; "" their own. Raises BadInput with the nearest names."""
        return choose(said, self.scopes(store, viewer), language) if said else home(viewer)

    def asked(self, viewer: Person, scope: Scope, day: date, now: datetime, language: str) -> Asked:
        """Raises BadInput for a day that hasn't come."""
        if day > self.today(now):
            raise BadInput(t("briefing.errors.future", language, day=day))
        return Asked(viewer, scope, day, now, self.zone)

    def brief(self, store: Store, asked: Asked) -> Brief:
        """Blocking: a dozen queries."""
        return brief(store, asked, self.rules)

    async def pictured(self, found: Brief, language: str, now: datetime) -> tuple[OutgoingFile, ...]:
        """The picture as a file; none when there is nothing to show, or no letters to draw it with."""
        if not found.findings:
            return ()
        try:
            content = await asyncio.to_thread(picture, found, self.words(language), self.zone)
        except Exception:  # a library's fault must not cost the morning its card
            log.exception("no picture of the brief")
            return ()
        return () if content is None else (await self._file(content, self._name(found, language, "png"), PNG, now),)

    async def deck(self, found: Brief, language: str, now: datetime) -> OutgoingFile:
        """The slides as a file. Raises ConfigurationError when the company's template can't be used."""
        from skills.briefing.deck import file_name, make_deck

        words = self.words(language)
        content = await asyncio.to_thread(make_deck, found, words, self.zone, self.template)
        return await self._file(content, file_name(found, words), PPTX, now)

    async def _file(self, content: bytes, name: str, media_type: str, now: datetime) -> OutgoingFile:
        path = await asyncio.to_thread(keep_outgoing, self.data / FOLDER, content, name.rpartition(".")[2], now)
        return OutgoingFile(str(path.relative_to(self.data)), name, media_type)

    def _name(self, found: Brief, language: str, kind: str) -> str:
        kept = "".join(one if one.isalnum() or one == "-" else "_" for one in self.words(language).title(found))
        return f"{kept}.{kind}"


def names(scopes: Sequence[Scope], words: Words) -> list[tuple[str, str]]:
    """(value, label) of each scope, to choose from."""
    return [(one.name, words.scope(one)) for one in scopes]

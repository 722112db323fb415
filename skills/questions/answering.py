"""From a plan to what is sent: a card and its picture; or the sentence why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import structlog

from bot.contracts import Card, Person
from bot.contracts.reply import OutgoingFile
from knowledge.freshness.flags import warning
from knowledge.metrics.plan import Plan
from knowledge.metrics.refusals import NotAnswerable
from knowledge.questions.outcome import Piece
from skills.questions import cards, reasoning
from skills.questions.answer import Answer
from skills.questions.desk import Desk
from skills.questions.drawing import draw
from skills.questions.export import MEDIA, exported
from skills.questions.naming import Names
from skills.questions.noting import note_rows
from skills.questions.picture import picture
from skills.questions.refusing import refusal
from skills.questions.sentences import own, subject
from storage.outgoing import keep_outgoing
from storage.warehouse import WarehouseUnavailable

log = structlog.get_logger(__name__)
FOLDER = "answers"  # of the data folder
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, when, in which language."""

    person: Person
    now: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Made:
    """What is sent. `text` stands alone where there is no card; `refused`: it says why there is no number."""

    text: str = ""
    card: Card | None = None
    files: tuple[OutgoingFile, ...] = ()
    refused: bool = False
    empty: bool = False


class Answering:
    """One for the process. `data`: the folder that files are sent from."""

    def __init__(self, desk: Desk, data: Path, public_url: str) -> None:
        self.desk, self.public_url = desk, public_url
        self.data = data

    async def make(self, plan: Plan, asker: Asker, words: Sequence[str] = (), pieces: Sequence[Piece] = ()) -> Made:
        """The answer, by the asker's rights."""
        try:
            answer = await self.desk.answer(plan, asker.person, asker.now, asker.language, words, pieces)
            card = await self.card(answer)
        except (NotAnswerable, WarehouseUnavailable) as error:
            return Made(self.sorry(error, asker), refused=True)
        return Made("", card, await self._pictured(answer, card), empty=answer.is_empty)

    async def file(self, plan: Plan, asker: Asker) -> tuple[str, OutgoingFile | None]:
        """The table as a workbook to send, and what is said beside it."""
        names = self.names(asker)
        try:
            answer = await self.desk.answer(plan, asker.person, asker.now, asker.language)
        except (NotAnswerable, WarehouseUnavailable) as error:
            return self.sorry(error, asker), None
        if answer.is_empty:
            return names.text("file.empty"), None
        await note_rows(self.desk, asker, plan, "questions.exported")
        content = await asyncio.to_thread(exported, answer, "xlsx")
        file = await self._file(content, f"{_file_name(answer)}.xlsx", MEDIA["xlsx"], asker.now)
        count = len(answer.result.listed) or len(answer.result.groups) or 1
        return names.text("file.sent", count=count), file

    def sorry(self, error: Exception, asker: Asker) -> str:
        """Why there is no number."""
        if isinstance(error, WarehouseUnavailable):
            log.exception("no figures")
        said = refusal(error, self.names(asker), asker.person)
        if isinstance(error, NotAnswerable) and error.reason == "model":
            return f"{said}\n\n{self.attribution(error)}"
        return said

    def attribution(self, error: NotAnswerable) -> str:
        """The page that answers by a model of attribution."""
        model = error.values.get("model", "")
        return f"{self.public_url}/attribution" + (f"?{urlencode({'model': str(model)})}" if model else "")

    def names(self, asker: Asker) -> Names:
        """Words of the asker's language."""
        return self.desk.names(asker.now, asker.language)

    async def card(self, answer: Answer, behind: reasoning.Behind = None) -> Card:
        """An answer's card. Raises NotAnswerable. `behind`: what was computed besides, where somebody did so."""
        if answer.plan.kind not in {"why", "what_if", "evidence"}:
            return cards.answered(answer, self.public_url)
        return reasoning.card(answer, behind or await reasoning.behind_of(self.desk, answer), self.public_url)

    async def _pictured(self, answer: Answer, card: Card) -> tuple[OutgoingFile, ...]:
        """A chart where there are groups or a trend. An answer is worth sending without one."""
        drawing = draw(answer)
        if drawing is None:
            return ()
        try:
            content = await asyncio.to_thread(picture, drawing, subject(answer), _footer(answer, card))
        except Exception:  # a library's fault must not cost the answer
            log.exception("no picture")
            return ()
        if content is None:
            return ()
        return (await self._file(content, f"{_file_name(answer)}.png", "image/png", answer.now),)

    async def _file(self, content: bytes, name: str, media_type: str, now: datetime) -> OutgoingFile:
        kind = name.rpartition(".")[2]
        path = await asyncio.to_thread(keep_outgoing, self.data / FOLDER, content, kind, now)
        return OutgoingFile(str(path.relative_to(self.data)), name, media_type)


def _footer(answer: Answer, card: Card) -> str:
    """What has to go with a picture wherever it is forwarded to: until when its data is, and what is late."""
    as_of = answer.result.as_of
    until = f"{answer.names.text('fact.as_of')} {as_of.astimezone(answer.zone):%Y-%m-%d %H:%M}" if as_of else ""
    return " · ".join(
        one for one in (card.source, own(answer), until, warning(answer.flags, answer.names.language)) if one
    )


def _file_name(answer: Answer) -> str:
    """Of letters and digits that every system takes."""
    kept = "".join(one if one.isalnum() or one in "-_" else " " for one in subject(answer))
    return "_".join(kept.split())[:LONGEST_NAME] or "answer"

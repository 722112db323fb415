"""话术: a rep says what the customer said and gets the talk-track that fits, with its source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Context, Happening, Message, Outcome, Reply, Role
from config.locales import t
from knowledge.playbook.playbook import LONGEST_QUESTION, Playbook
from knowledge.playbook.printable import printable
from skills.talktracks.answers import Answer, Answers, Moment
from skills.talktracks.examples import COMMANDS, EXAMPLES, PATTERNS
from skills.talktracks.feedback import keep_gap
from skills.talktracks.presses import Presses, outcomes
from skills.talktracks.thread import Shown, Thread

if TYPE_CHECKING:
    from storage.database import Database

_COMMAND = re.compile(rf"^({'|'.join(COMMANDS)})[\s:：,，]*", re.IGNORECASE)


class TalkTracksSkill:
    """Questions, follow-ups and the buttons of its cards."""

    name = "talktracks"
    commands = COMMANDS
    patterns = PATTERNS
    examples = EXAMPLES
    roles: frozenset[Role] = frozenset()

    def __init__(
        self, database: Database, playbook: Playbook, public_url: str = "", time_zone: str = "Asia/Shanghai"
    ) -> None:
        """`public_url`: where cards' pages are; `time_zone`: where a card's last day ends at midnight."""
        self._zone = ZoneInfo(time_zone)
        self._database = database
        self._answers = Answers(playbook, database, public_url)
        self._presses = Presses(self._answers, database)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press; events concern other skills."""
        if not isinstance(happening, Message):
            return []
        context = replace(context, now=context.now.astimezone(self._zone))
        if happening.press:
            return await self._presses.handle(happening, happening.press, context)
        text = _COMMAND.sub("", printable(happening.text), count=1)
        return await self._said(text, happening, context)

    async def _said(self, text: str, message: Message, context: Context) -> Sequence[Outcome]:
        thread = Thread.read(context.memory)
        moment = await self._answers.moment(text, context)
        answer = await self._answer(text, thread.last, moment, context)
        if isinstance(answer, str):
            return [Reply(context.to, answer)]
        if answer.empty:
            return [Reply(context.to, t("talktracks.say_more", moment.language))]
        if answer.gap:
            await keep_gap(self._database, message.id, answer.shown, context)
        cut = [Reply(context.to, t("talktracks.cut", moment.language, limit=LONGEST_QUESTION))]
        shown = outcomes(answer.card, answer.shown, thread, context)
        return [*cut, *shown] if len(text) > LONGEST_QUESTION else shown

    async def _answer(self, text: str, last: Shown | None, moment: Moment, context: Context) -> Answer | str:
        """An answer, or the sentence that says why there is none."""
        today = context.now.date()
        asked = self._answers.understand(text, last, moment)
        if last is None or asked.kind == "question":
            return await self._answers.question(text, moment, today)
        if asked.kind == "language":
            found = self._answers.in_language(last, asked.language, today) if last.card else None
            return found or t(f"talktracks.no_{asked.language}_version", last.language)
        if asked.kind == "next":
            shown = (self._answers.show(id_, last, today) for id_ in last.queue)
            return next((answer for answer in shown if answer), None) or t("talktracks.no_more", last.language)
        return await self._answers.follow_up(text, last, moment, today, shift=asked.kind == "shift")

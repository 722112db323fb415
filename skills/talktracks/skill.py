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
from skills.talktracks.understanding import Asked, language_of

if TYPE_CHECKING:
    from storage.database import Database

_COMMAND = re.compile(rf"^({'|'.join(COMMANDS)})[\s:：,，]*", re.IGNORECASE)
# Sounds like going on, but asks about customers: "那我的客户有哪些呢".
_OTHER_SUBJECT = re.compile(
    r"我的客户|(哪些|几个|几家|多少[个家]?)客户|客户(列表|名单|有哪些|有多少)|"
    r"\b(my|how many|list|which) (\w+ )?customers?\b",
    re.IGNORECASE,
)


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

    async def claims(self, text: str, context: Context) -> bool:
        """Whether the text goes on with the talk-track that was shown last: 展开, 2, 英文版, 那要是他还嫌贵呢."""
        if not context.memory or _OTHER_SUBJECT.search(text):
            return False
        thread = Thread.read(context.memory)
        moment = await self._answers.moment(text, context)
        return self._answers.understand(text, thread.last, moment).kind != "question"

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
        """An answer, or the sentence that stands for one."""
        today = context.now.date()
        asked = self._answers.understand(text, last, moment)
        if asked.kind == "question":
            return await self._answers.question(text, moment, today)
        if asked.kind == "courtesy":
            # "ok" is said in Chinese too: then the language is that of the conversation.
            spoken = moment.language if language_of(text) == "zh" else last.language if last else context.language
            return t(f"talktracks.courtesy.{asked.word}", spoken)
        if last is None:
            return t(f"talktracks.once.{asked.word}" if asked.word else "talktracks.say_more", moment.language)
        if asked.kind in {"elliptic", "shift"}:
            return await self._answers.follow_up(text, last, moment, today, shift=asked.kind == "shift")
        return self._again(asked, last, moment, context)

    def _again(self, asked: Asked, last: Shown, moment: Moment, context: Context) -> Answer | str:
        """Something about what was shown last."""
        today = context.now.date()
        if asked.kind == "next":
            last = replace(last, language=moment.language)  # after "英文版", 换一个 is in the asker's language again
            shown = (self._answers.show(id_, last, today) for id_ in last.queue)
            return next((answer for answer in shown if answer), None) or t("talktracks.no_more", last.language)
        if asked.kind == "language":
            wanted = replace(last, language=asked.word)
            found = self._answers.show(last.card, wanted, today, told_in=moment.language) if last.card else None
        elif asked.kind == "pick":
            found = self._answers.picked(last, asked.place, today)
        else:
            found = self._answers.again(last, today)
        if found and found.card and asked.kind == "unfold":
            found = replace(found, card=replace(found.card, unfolded=True))
        return found or t("talktracks.say_more", last.language)

"""话术: a rep says what the customer said and gets the talk-track that fits, with its source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Context, Happening, Message, Outcome, Reply, Role
from bot.contracts.model import Model, NoModel
from config.locales import t
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.finding import LONGEST_QUESTION
from knowledge.playbook.playbook import Playbook
from knowledge.playbook.printable import printable
from skills.talktracks.advice import Advisor
from skills.talktracks.answers import Answer, Answers, Moment
from skills.talktracks.courtesies import says_no_language
from skills.talktracks.examples import COMMANDS, EXAMPLES, PATTERNS
from skills.talktracks.feedback import keep_gap
from skills.talktracks.presses import Presses, outcomes
from skills.talktracks.thread import Shown, Thread
from skills.talktracks.understanding import Asked

if TYPE_CHECKING:
    from storage.database import Database

_COMMAND = re.compile(
    rf"^({'|'.join(COMMANDS)})(?!库|卡|都|里|有(哪些|什么|多少)|列表|清单|目录|大全)[\s:：,，]*", re.IGNORECASE
)
# Sounds like going on, but asks about customers ("那我的客户有哪些呢"), or for a rule ("那客户说贵就提醒我").
_OTHER_SUBJECT = re.compile(
    r"(提醒|通知|告诉)我|\b(remind|alert|notify|tell) me (when|if|once|whenever)\b|"
    r"我的客户|(哪些|几个|几家|多少[个家]?)客户|客户(列表|名单|有哪些|有多少)|"
    r"\b(my|how many|list|which) (\w+ )?customers?\b",
    re.IGNORECASE,
)
# What sounds like nothing that a customer says: other skills know these, or nobody does.
_LIST_OF_CUSTOMERS = re.compile(
    r"^\s*(请|帮我|给我|看看|查一?下|导出|下载|列出|所有|全部|我|的|上个?月|本月|这个月|今年|最近|新增|新|一下)+"
    r"(客户|顾客)(资料|列表|名单|信息|有哪些|有多少)?[\s。.?？!！]*$"
)

MOST_OFFERED = 60  # cards among which a model chooses: about 3,000 tokens
ASKING = frozenset({"question", "elliptic", "shift"})  # what says something; 展开 and 换一个 only point


class TalkTracksSkill:
    """Questions, follow-ups and the buttons of its cards."""

    name = "talktracks"
    commands = COMMANDS
    patterns = PATTERNS
    examples = EXAMPLES
    roles: frozenset[Role] = frozenset()
    private = False

    def __init__(
        self,
        database: Database,
        playbook: Playbook,
        public_url: str = "",
        time_zone: str = "Asia/Shanghai",
        model: Model | None = None,
    ) -> None:
        """`public_url`: where cards' pages are; `time_zone`: where a card's last day ends at midnight."""
        self._zone = ZoneInfo(time_zone)
        self._database = database
        self._answers = Answers(playbook, database, public_url)
        self._presses = Presses(self._answers, database)
        self._advisor = Advisor(model or NoModel())

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
        asked = self._answers.understand(text, thread.last, moment)
        if line := _one_line(text, asked, thread.last, moment, context):
            return [Reply(context.to, line)]
        answer = await self._answer(text, asked, thread.last, moment, context)
        if isinstance(answer, str):
            return [Reply(context.to, answer)]
        if answer.empty:
            return [Reply(context.to, t("talktracks.say_more", moment.language))]
        if asked.kind in ASKING:
            answer = await self._advised(answer, text, context)
        if answer.gap:
            await keep_gap(self._database, message.id, answer.shown, context)
        cut = [Reply(context.to, t("talktracks.cut", moment.language, limit=LONGEST_QUESTION))]
        shown = outcomes(answer.card, answer.shown, thread, context)
        return [*cut, *shown] if len(text) > LONGEST_QUESTION else shown

    async def _advised(self, answer: Answer, text: str, context: Context) -> Answer:
        """The same answer with what a language model adds to it."""
        today, question = context.now.date(), _whole(text, answer.shown)
        if answer.gap:
            meant = await self._advisor.meant(text, self._possible(answer.shown, today), answer.shown.language)
            answer = (self._answers.show(meant, answer.shown, today) if meant else None) or answer
        talktrack = self._answers.playbook.version(answer.shown.card, answer.shown.language, today)
        if answer.card is None or talktrack is None:
            return answer
        return replace(answer, card=await self._advisor.worded(answer.card, talktrack, question, context.draft))

    def _possible(self, shown: Shown, today: date) -> Sequence[PlaybookCard]:
        """What may have been meant: the guesses; where search has none, any card."""
        guesses = self._answers.others(shown, shown.language, today, len(shown.queue))
        return guesses or self._answers.playbook.valid(shown.language, today)[:MOST_OFFERED]

    async def _answer(
        self, text: str, asked: Asked, last: Shown | None, moment: Moment, context: Context
    ) -> Answer | str:
        """An answer, or the sentence that stands for one."""
        today = context.now.date()
        if asked.kind == "question":
            return await self._answers.question(text, moment, today)
        if asked.kind == "list":
            return self._answers.listing(asked.word, moment, today)
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


def _one_line(text: str, asked: Asked, last: Shown | None, moment: Moment, context: Context) -> str:
    """What is said without looking anything up; "" when something has to be found."""
    if asked.kind == "courtesy":
        # "ok" is said in Chinese too: then the language is that of the conversation.
        spoken = last.language if last else context.language
        return t(f"talktracks.courtesy.{asked.word}", spoken if says_no_language(text) else moment.language)
    if asked.kind == "question" and _LIST_OF_CUSTOMERS.match(text):
        return t("talktracks.about_customers", moment.language)
    return ""


def _whole(text: str, shown: Shown) -> str:
    """The question with the former one that it leans on."""
    return text if text.startswith(shown.question) else f"{shown.question}\n{text}"

"""问数: figures in answer to a question, follow-ups that change one part of it, and answers that come again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.contracts import Context, Example, Happening, Message, Outcome, Reply, Role
from knowledge.metrics.plan import Plan
from knowledge.questions.outcome import Ambiguous, Fault, Understood, Unknown
from skills.questions import cards
from skills.questions.answering import Answering, Asker
from skills.questions.examples import COMMANDS, EXAMPLES, LISTING, PATTERNS
from skills.questions.noting import note
from skills.questions.presses import Presses
from skills.questions.refusing import fault
from skills.questions.remembering import pieces_of, plan_of, remember, words_of
from skills.questions.subscribing import Subscribing, stop_wish
from skills.questions.wishes import wish

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_CLAIM = 200  # characters; longer texts tell a story, or are somebody else's
FOLLOW_UPS = 8  # in a row that stay one question


class QuestionsSkill:
    """Answers of what the asker may see; words that it doesn't know it doesn't guess."""

    name = "questions"
    commands = COMMANDS
    patterns = PATTERNS
    examples: tuple[Example, ...] = EXAMPLES
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, answering: Answering, keeps: Callable[[str, Plan], bool]) -> None:
        """`keeps`: whether another skill answers a text better, though it could be understood as this plan."""
        self._answering, self._keeps = answering, keeps
        self._subscribing = Subscribing(answering)
        self._presses = Presses(answering, self._subscribing)

    async def claims(self, text: str, context: Context) -> bool:
        """A question that is understood as one of figures, or what goes on with the last one."""
        if len(text) > LONGEST_CLAIM:
            return False
        if stop_wish(text) or (context.memory and wish(text)):
            return True
        asked = wish(text)
        sent = bool(asked and asked.rest)
        return await self._is_mine(asked.rest if asked and sent else text, context, sure=sent)

    async def _is_mine(self, text: str, context: Context, *, sure: bool) -> bool:
        """`sure`: only what is understood; to be reminded of something else is another wish."""
        from knowledge.questions.understanding import is_question

        desk, last = self._answering.desk, plan_of(context.memory)
        scope = await desk.glance(text, context.person, context.now, context.language, last)
        if not is_question(text, scope):
            return False
        outcome = await desk.read(text, scope, surely=True)
        if isinstance(outcome, Understood):
            return outcome.changed or not self._keeps(text, outcome.plan)
        if isinstance(outcome, Ambiguous):
            return not self._keeps(text, outcome.choices[0].plan)
        return not sure and not self._keeps(text, Plan())

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """A card with its picture, a question back, or a sentence."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._presses.handle(happening.press, context)
        text = _without_command(happening.text.strip())
        asker = Asker(context.person, context.now, context.language)
        if stop := stop_wish(text):
            return await self._subscribing.stop(stop, asker, context.to)
        if text.casefold() in LISTING:
            return await self._subscribing.listed(asker, context.to)
        if wanted := wish(text):
            return await self._subscribing.wanted(
                wanted, words_of(context.memory), plan_of(context.memory), asker, context.to
            )
        return await self._ask(text, asker, context)

    async def _ask(self, text: str, asker: Asker, context: Context) -> Sequence[Outcome]:
        desk, names = self._answering.desk, self._answering.names(asker)
        last = plan_of(context.memory)
        outcome = await desk.read(text, await desk.scope(text, asker.person, asker.now, asker.language, last))
        url = self._answering.public_url
        if isinstance(outcome, Fault):
            await note(desk, asker, text, "refused")
            return [Reply(context.to, fault(outcome, names))]
        if isinstance(outcome, Unknown):
            await note(desk, asker, text, "unknown")
            return [Reply(context.to, card=cards.unknown(outcome, (text,), names, url))]
        if isinstance(outcome, Ambiguous):
            await note(desk, asker, text, "asked_back")
            return [Reply(context.to, card=cards.choices(outcome, (text,), names, url))]
        before = (words_of(context.memory), pieces_of(context.memory)) if outcome.changed else ((), ())
        words, pieces = (*before[0], text)[-FOLLOW_UPS:], (*outcome.pieces, *before[1])
        made = await self._answering.make(outcome.plan, asker, words, pieces)
        await note(desk, asker, text, "refused" if made.refused else "answered", outcome.plan)
        return [Reply(context.to, made.text, made.card, made.files), remember(outcome.plan, words, pieces)]


def _without_command(text: str) -> str:
    """问数 上周线索 → 上周线索; the command alone stays."""
    names = "|".join(re.escape(one) for one in ("问数", "ask"))
    return re.sub(rf"^/?({names})[\s:：,，]+(?=\S)", "", text, flags=re.IGNORECASE)

"""客户: answers only from the customers that the asker may see (D9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contracts import Context, Happening, Message, Outcome, Remember, Reply, Role
from config.locales import t
from knowledge.playbook.printable import printable
from knowledge.playbook.vocabulary import Vocabulary
from skills.customers.answers import Answers
from skills.customers.cards import owner_lines
from skills.customers.conditions import Words
from skills.customers.examples import COMMANDS, EXAMPLES, PATTERNS
from skills.customers.lookup import Lookup
from skills.customers.presses import Presses
from skills.customers.query import Memory, Reading, read_question
from skills.customers.understanding import is_english, opens_like_a_follow_up, page_step

if TYPE_CHECKING:
    from storage.database import Database

LONGEST_QUESTION = 300
LONGEST_CLAIM = 60  # characters; longer texts tell a story


class CustomersSkill:
    """Who, how many, whose."""

    name = "customers"
    commands = COMMANDS
    patterns = PATTERNS
    examples = EXAMPLES
    roles: frozenset[Role] = frozenset()

    def __init__(self, database: Database, vocabulary: Vocabulary | None = None) -> None:
        self._words = Words(vocabulary or Vocabulary.load())
        self._lookup = Lookup(database)
        self._answers = Answers(self._lookup, self._words)
        self._presses = Presses(self._answers, self._lookup, self._words)

    async def claims(self, text: str, context: Context) -> bool:
        """Conditions and nothing else, or a name and nothing else."""
        if len(text) > LONGEST_CLAIM:
            return False
        memory = Memory.read(context.memory)
        if memory.query and page_step(text):
            return True
        reading = await self._read(text, memory, context)
        if reading.stands_alone or (context.memory and reading.complete):
            return True
        if not reading.rest or (opens_like_a_follow_up(text) and not context.memory):
            return False
        return await self._lookup.is_name(context.person, text)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._presses.handle(happening.press, context)
        text = printable(happening.text)[:LONGEST_QUESTION]
        if is_english(text):
            context = replace(context, language=await self._lookup.chosen_language(context.person) or "en")
        memory = Memory.read(context.memory)
        if step := page_step(text):
            if memory.query:
                return await self._answers.turn(memory.query, memory.page + step, memory, context)
            return [Reply(context.to, t("customers.no_list", context.language))]
        reading = await self._read(text, memory, context)
        if reading.query and not (reading.rest and await self._lookup.is_name(context.person, text)):
            return await self._several(reading, memory, context)
        return await self._one(text, reading, memory, context)

    async def _read(self, text: str, memory: Memory, context: Context) -> Reading:
        values = await self._lookup.values(context.person)
        return read_question(text, self._words, values, memory.query)

    async def _several(self, reading: Reading, memory: Memory, context: Context) -> Sequence[Outcome]:
        assert reading.query is not None  # noqa: S101  # for the type checker: `handle` has looked
        return await self._answers.several(reading.query, reading.rest, memory, context)

    async def _one(self, text: str, reading: Reading, memory: Memory, context: Context) -> Sequence[Outcome]:
        found = await self._lookup.named(context.person, text)
        if not found:
            return [Reply(context.to, t("customers.none", context.language)), Remember(memory.json())]
        if reading.intent == "owner":
            await self._lookup.note("customers.one", found, context)
            return [Reply(context.to, owner_lines(found, context.person.id, context.language))]
        return await self._answers.one(found, memory, context)

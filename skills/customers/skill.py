"""客户: answers only from the customers that the asker may see (D9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Card, Context, Happening, Message, Outcome, Remember, Reply, Role
from config.locales import t
from knowledge.playbook.printable import printable
from knowledge.playbook.vocabulary import Vocabulary
from skills.customers.answers import Answers
from skills.customers.conditions import Words
from skills.customers.examples import COMMANDS, EXAMPLES, PATTERNS
from skills.customers.home import home_card
from skills.customers.lookup import Lookup, is_name
from skills.customers.presses import Presses
from skills.customers.query import Memory, Reading, read_question
from skills.customers.understanding import (
    Intent,
    asks_about_it,
    intent_of,
    is_english,
    opens_like_a_follow_up,
    page_step,
)

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.customers import Customer, Values
    from storage.store import Store

LONGEST_QUESTION = 300
LONGEST_CLAIM = 60  # characters; longer texts tell a story


class CustomersSkill:
    """Who, how many, whose."""

    name = "customers"
    commands = COMMANDS
    patterns = PATTERNS
    examples = EXAMPLES
    roles: frozenset[Role] = frozenset()
    private = True  # the asker's rows are nobody else's in a group

    def __init__(
        self, database: Database, vocabulary: Vocabulary | None = None, time_zone: str = "Asia/Shanghai"
    ) -> None:
        self._zone = ZoneInfo(time_zone)
        self._words = Words(vocabulary or Vocabulary.load())
        self._lookup = Lookup(database)
        self._answers = Answers(self._lookup, self._words)
        self._presses = Presses(self._answers, self._lookup, self._words)

    async def claims(self, text: str, context: Context) -> bool:
        """Conditions and nothing else, or a name and nothing else."""
        if len(text) > LONGEST_CLAIM:
            return False
        memory = Memory.read(context.memory)
        if (memory.query and page_step(text)) or (memory.subject and asks_about_it(text)):
            return True
        return await self._lookup.look(lambda store: self._says_so(text, memory, context, store))

    def _says_so(self, text: str, memory: Memory, context: Context, store: Store) -> bool:
        """Every message comes by here, so this is one look at the database."""
        reading = self._reading(text, memory, context, store.customers.values(context.person))
        if reading.stands_alone or (context.memory and reading.complete):
            return True
        if not reading.rest or (opens_like_a_follow_up(text) and not context.memory):
            return False
        return is_name(store, context.person, text)

    async def at_home(self, context: Context) -> Sequence[Card]:
        """One's own customers, or those of one's people."""
        customers = await self._lookup.all(context.person)
        card = home_card(customers, context.person, context.language)
        if card is None:
            return []
        await self._lookup.note("customers.home", customers, context)
        return [card]

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
            return await self._turn(step, memory, context)
        if asks_about_it(text):
            return await self._about_it(text, memory, context)
        return await self._answer(text, memory, context)

    async def _answer(self, text: str, memory: Memory, context: Context) -> Sequence[Outcome]:
        reading = await self._read(text, memory, context)
        if reading.intent == "team":
            return await self._answers.team(memory, context)
        if reading.query and not (reading.rest and await self._lookup.is_name(context.person, text)):
            return await self._answers.several(
                reading.query, memory, context, rest=reading.rest, as_file=reading.as_file
            )
        found = await self._lookup.named(context.person, text)
        return await self._one(found, reading.intent, memory, context)

    async def _turn(self, step: int, memory: Memory, context: Context) -> Sequence[Outcome]:
        """The next page of the list that was shown last, or the one before."""
        if memory.query is None:
            return [Reply(context.to, t("customers.no_list", context.language))]
        return await self._answers.turn(memory.query, memory.page + step, memory, context)

    async def _read(self, text: str, memory: Memory, context: Context) -> Reading:
        return self._reading(text, memory, context, await self._lookup.values(context.person))

    def _reading(self, text: str, memory: Memory, context: Context, values: Values) -> Reading:
        return read_question(text, self._words, values, memory.query, context.now.astimezone(self._zone).date())

    async def _about_it(self, text: str, memory: Memory, context: Context) -> Sequence[Outcome]:
        """Something about the customer that was shown last."""
        if not memory.subject:
            return [Reply(context.to, t("customers.which_one", context.language)), Remember(memory.json())]
        found = await self._lookup.by_ids(context.person, [memory.subject])
        return await self._one(found, intent_of(text), memory, context)

    async def _one(
        self, found: Sequence[Customer], intent: Intent, memory: Memory, context: Context
    ) -> Sequence[Outcome]:
        if not found:
            return [Reply(context.to, t("customers.none", context.language)), Remember(memory.json())]
        if intent == "owner":
            return await self._answers.owner(found, memory, context)
        return await self._answers.one(found, memory, context)

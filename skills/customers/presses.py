"""What the buttons of customers' cards do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contracts import Context, Outcome, Press, Reply
from bot.contracts.skill import Ask
from config.locales import t
from skills.customers.answers import Answers
from skills.customers.cards import objection
from skills.customers.conditions import Conditions, Words
from skills.customers.lookup import Lookup
from skills.customers.query import Memory, Query
from storage.repositories.customers import Customer


class Presses:
    """Buttons mean what the conversation kept of their card."""

    def __init__(self, answers: Answers, lookup: Lookup, words: Words) -> None:
        self._answers = answers
        self._lookup = lookup
        self._words = words

    async def handle(self, press: Press, context: Context) -> Sequence[Outcome]:
        """Turn a page, show a picked customer, or go on from the one that is shown."""
        memory = Memory.read(context.memory)
        means = memory.means(press.card_id)
        what, _, which = press.action.rpartition("_")
        if means.get("query") and what == "page" and which.isdecimal():
            return await self._answers.turn(Query.read(means["query"]), int(which), memory, context, press)
        if not means.get("customers"):
            return [Reply(context.to, t("customers.forgotten", context.language))]
        place = int(which) - 1 if what == "pick" and which.isdecimal() else 0
        found = await self._lookup.by_ids(context.person, list(means["customers"])[place : place + 1])
        if not found:
            return [Reply(context.to, t("customers.none", context.language))]
        return await self._go_on(press.action, found[0], memory, context)

    async def _go_on(self, action: str, customer: Customer, memory: Memory, context: Context) -> Sequence[Outcome]:
        if action == "objection":
            return [Ask(objection(customer, context.language))]
        if action == "same_industry":
            industry = Conditions(industries=(self._words.industry(customer.industry),))
            return await self._answers.several(Query("list", industry), memory, context)
        if action == "same_province":
            province = Conditions(provinces=(self._words.province(customer.province),))
            return await self._answers.several(Query("list", province), memory, context)
        return await self._answers.one([customer], memory, context)

"""录音: takes recordings in, tells what was said in them, and keeps the tasks that were promised there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Remember, Reply, Role
from config.locales import t
from skills.recordings.cards import Maker
from skills.recordings.intake import Intake
from skills.recordings.names import dialogue_of_card
from skills.recordings.presses import Presses
from skills.recordings.reading import last, latest, named
from skills.recordings.understanding import Asked, asked

if TYPE_CHECKING:
    from skills.recordings.ports import Desk
    from storage.database import Database
    from storage.repositories.customers import Customer
    from storage.repositories.tasks import State, Task


class RecordingsSkill:
    """Reads storage as the asker may; what changes a recording goes through the desk."""

    name = "recordings"
    commands = ("录音", "我的录音", "待办", "我的待办", "recordings", "my recordings", "tasks", "my tasks")
    patterns = (
        r"^\s*(完成|做完|搞定|不用做|去掉)\s*第?\s*\d{1,3}\s*[件个条]?[。!！]?\s*$",
        r"(?i)^\s*(done|drop)\s+\d{1,3}\s*[.!]?\s*$",
        r"我的(待办|录音)",
        r"(上次|上回|最近|昨天|今天).{0,20}(通话|录音|电话|会议).{0,6}(说|讲|谈|聊)",
        r"(?i)\bmy (tasks|to-?dos|recordings|calls)\b",
        r"(?i)\bwhat was (said|the last (call|recording|meeting) .{1,40} about)\b",
    )
    examples = (
        Example("我的录音", shown=True),
        Example("我的待办", shown=True),
        Example("上次和客户的通话说了什么"),
        Example("最近一次录音讲了什么"),
        Example("昨天那个电话聊了什么"),
        Example("我答应了客户什么"),
        Example("完成 1"),
        Example("有哪些待办要做"),
        Example("my recordings", "en", shown=True),
        Example("my tasks", "en", shown=True),
        Example("what was said in the last call", "en"),
        Example("what did I promise the customer", "en"),
        Example("done 1", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, desk: Desk, public_url: str) -> None:
        self._database = database
        self._public_url = public_url
        self._intake = Intake(database, desk, self._maker)
        self._presses = Presses(database, desk, self._intake, self._maker)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a recording, a sentence, or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._presses.handle(happening.press, context)
        if happening.attachments:
            return await self._intake.received(happening, context)
        return await self._said(happening.text, context)

    async def at_home(self, context: Context) -> Sequence[Card]:
        """What there is to do."""
        tasks = await self._tasks(context)
        return [self._maker(context).tasks(tasks, f"home-recordings-{context.person.id}")] if tasks else []

    async def _said(self, text: str, context: Context) -> list[Outcome]:
        wish = asked(text)
        if wish.wish == "close":
            return await self._close(wish, context)
        if wish.wish == "tasks":
            return self._listed(await self._tasks(context), context)
        customers = await self._database.read(lambda store: named(store, context, text))
        if wish.wish == "last":
            return [await self._last(customers, context)]
        return [await self._list(context)]

    async def _close(self, wish: Asked, context: Context) -> list[Outcome]:
        """By the numbers that were shown last; else by those that would be shown now."""
        shown = list(context.memory.get("tasks", ()))
        tasks = {task.id: task for task in await self._tasks(context)}
        ids = shown or list(tasks)
        task = tasks.get(ids[wish.number - 1]) if 0 < wish.number <= len(ids) else None
        if task is None:
            return [Reply(context.to, t("recordings.tasks.no_number", context.language, number=wish.number))]
        state: State = "dropped" if wish.drop else "done"
        await self._database.write(lambda store: store.tasks.close(task.id, state, context.now))
        key = "let_go" if wish.drop else "closed"
        return [Reply(context.to, t(f"recordings.tasks.{key}", context.language, text=task.text))]

    def _listed(self, tasks: Sequence[Task], context: Context) -> list[Outcome]:
        card = self._maker(context).tasks(tasks)
        return [Reply(context.to, card=card), Remember({"tasks": [task.id for task in tasks]})]

    async def _last(self, customers: Sequence[Customer], context: Context) -> Reply:
        found = await self._database.read(lambda store: last(store, context, customers))
        if found is None:
            return Reply(context.to, t("recordings.list.unknown", context.language))
        card = found(self._maker(context))
        return Reply(context.to, card=replace(card, id=f"{dialogue_of_card(card.id)}_{uuid4().hex}"))

    async def _list(self, context: Context) -> Reply:
        records, names = await self._database.read(lambda store: latest(store, context))
        return Reply(context.to, card=self._maker(context).listing(records, names))

    async def _tasks(self, context: Context) -> list[Task]:
        who = context.person
        return await self._database.read(lambda store: store.tasks.visible_to(who, person_id=who.id))

    def _maker(self, context: Context) -> Maker:
        return Maker(context.language, self._public_url)

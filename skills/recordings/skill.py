"""录音: takes recordings in, tells what was said in them, and keeps the tasks that were promised there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Remember, Reply, Role
from bot.contracts.listening import Source
from config.locales import t
from skills.recordings.cards import OFFERED, Maker
from skills.recordings.names import (
    ASKING,
    PICK,
    SIDE,
    dialogue_of_card,
    file_asked_about,
    is_recording,
    picked,
)
from skills.recordings.report import report_of
from skills.recordings.understanding import Asked, asked

if TYPE_CHECKING:
    from skills.recordings.ports import Desk
    from storage.database import Database
    from storage.repositories.customers import Customer
    from storage.repositories.dialogues import DialogueRecord
    from storage.repositories.files import FileRecord
    from storage.repositories.tasks import State, Task
    from storage.store import Store

LISTED = 10
Draw = Callable[[Maker], Card]
AGREED = "agreed_"


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
        self._desk = desk
        self._public_url = public_url

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a recording, a sentence, or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        if happening.attachments:
            return await self._received(happening, context)
        return await self._said(happening.text, context)

    async def at_home(self, context: Context) -> Sequence[Card]:
        """What there is to do."""
        tasks = await self._tasks(context)
        return [self._maker(context).tasks(tasks, f"home-recordings-{context.person.id}")] if tasks else []

    async def _received(self, message: Message, context: Context) -> list[Outcome]:
        found = await self._database.read(lambda store: _files(store, message))
        outcomes = [await self._file(number, file, message.text, context) for number, file in found]
        return [
            Reply(context.to, outcome) if isinstance(outcome, str) else Reply(context.to, card=outcome)
            for outcome in outcomes
        ]

    async def _file(self, number: int, file: FileRecord, text: str, context: Context) -> str | Card:
        customers = await self._database.read(lambda store: _named(store, context, f"{text} {file.name}"))
        if len(customers) == 1:
            return await self._begin(file.id, customers[0], file.name, context)
        offered = customers or await self._database.read(lambda store: _recent(store, context))
        return self._maker(context).ask_customer(number, file.name, offered[:OFFERED])

    async def _begin(self, file_id: str, customer: Customer | None, name: str, context: Context) -> str | Card:
        begun = await self._desk.begin(file_id, customer.id if customer else "", context.person)
        if begun == "no_consent":
            return self._maker(context).no_consent(customer)
        if begun == "gone":
            return t("recordings.gone", context.language)
        return t("recordings.received", context.language, name=name)

    async def _said(self, text: str, context: Context) -> list[Outcome]:
        wish = asked(text)
        if wish.wish == "close":
            return await self._close(wish, context)
        if wish.wish == "tasks":
            return self._listed(await self._tasks(context), context)
        customers = await self._database.read(lambda store: _named(store, context, text))
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
        found = await self._database.read(lambda store: _last(store, context, customers))
        if found is None:
            return Reply(context.to, t("recordings.list.unknown", context.language))
        card = found(self._maker(context))
        return Reply(context.to, card=replace(card, id=f"{dialogue_of_card(card.id)}_{uuid4().hex}"))

    async def _list(self, context: Context) -> Reply:
        records, names = await self._database.read(lambda store: _latest(store, context))
        return Reply(context.to, card=self._maker(context).listing(records, names))

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        if press.action.startswith(AGREED):
            return await self._agreed(press, context)
        if press.card_id.startswith(ASKING):
            return await self._picked(press, context)
        id_ = dialogue_of_card(press.card_id)
        record = await self._database.read(lambda store: store.dialogues.seen(context.person, id_))
        if record is None or record.state != "ready":
            return [Reply(context.to, t("recordings.gone", context.language))]
        if press.action in {"tasks_done", "tasks_dropped"}:
            return await self._all(record, press, context)
        return await self._corrected(record, press, context)

    async def _agreed(self, press: Press, context: Context) -> list[Outcome]:
        id_ = picked(press.action.removeprefix(AGREED))
        seen = await self._database.read(lambda store: store.customers.seen(context.person, [id_]))
        customer = seen[0] if seen else None
        name = (customer.short_name or customer.name) if customer else id_
        noted = customer is not None and await self._desk.agree(customer.id, context.person)
        return [
            Reply(context.to, t(f"recordings.consent.{'noted' if noted else 'refused'}", context.language, name=name))
        ]

    async def _picked(self, press: Press, context: Context) -> list[Outcome]:
        """Whose recording it is."""
        id_ = picked(press.action) if press.action.startswith(PICK) else ""
        found = await self._database.read(lambda store: _asked_about(store, press, context, id_))
        if found is None:
            return [Reply(context.to, t("recordings.gone", context.language))]
        file, card, customer = found
        outcome = await self._begin(file.id, customer, file.name, context)
        if isinstance(outcome, Card):
            return [Reply(context.to, card=outcome)]
        done = replace(card, pressed=press.action, notice=outcome)
        return [Reply(context.to, card=done, update=CardUpdate(card.id, press.handle))]

    async def _all(self, record: DialogueRecord, press: Press, context: Context) -> list[Outcome]:
        done = press.action == "tasks_done"

        def close(store: Store) -> Card | None:
            for task in store.tasks.of_dialogue(context.person, record.id):
                store.tasks.close(task.id, "done" if done else "dropped", context.now)
            stored = store.cards.get(press.card_id)
            return stored.card if stored else None

        card = await self._database.write(close)
        notice = t(f"recordings.tasks.{'all_done' if done else 'all_dropped'}", context.language)
        return [_changed(card, press, context, notice)] if card else [Reply(context.to, notice)]

    async def _corrected(self, record: DialogueRecord, press: Press, context: Context) -> list[Outcome]:
        ours, customer = _correction(record, press.action)
        if ours is None and customer is None:
            return []
        if not await self._desk.correct(record.id, ours=ours, customer_id=customer):
            return [Reply(context.to, card=self._maker(context).no_consent(None))]
        make = await self._database.read(lambda store: _result(store, context, record.id))
        if make is None:
            return [Reply(context.to, t("recordings.gone", context.language))]
        card = replace(make(self._maker(context)), id=press.card_id)
        return [_changed(card, press, context, t("recordings.result.fixed", context.language), pressed="")]

    async def _tasks(self, context: Context) -> list[Task]:
        who = context.person
        return await self._database.read(lambda store: store.tasks.visible_to(who, person_id=who.id))

    def _maker(self, context: Context) -> Maker:
        return Maker(context.language, self._public_url)


def _changed(card: Card, press: Press, context: Context, notice: str, pressed: str | None = None) -> Reply:
    shown = replace(card, pressed=press.action if pressed is None else pressed, notice=notice)
    return Reply(context.to, card=shown, update=CardUpdate(press.card_id, press.handle))


def _correction(record: DialogueRecord, action: str) -> tuple[str | None, str | None]:
    """Who is ours, or that it isn't this customer's."""
    speakers = list(report_of(record.summary).sides)
    if action == "not_mine":
        return None, ""
    number = action.removeprefix(SIDE)
    known = action.startswith(SIDE) and number.isdigit() and int(number) < len(speakers)
    return (speakers[int(number)] if known else None), None


def _files(store: Store, message: Message) -> list[tuple[int, FileRecord]]:
    kept = ((number, store.files.get(f"{message.id}#{number}")) for number in range(len(message.attachments)))
    return [(number, file) for number, file in kept if file is not None and is_recording(file)]


def _named(store: Store, context: Context, text: str) -> list[Customer]:
    """Customers whose name stands there; of names inside each other the longest."""
    found = store.customers.mentioned_in(context.person, text)
    longest = max((len(one.short_name or one.name) for one in found), default=0)
    return found if len(found) < 2 else [one for one in found if len(one.short_name or one.name) == longest]


def _recent(store: Store, context: Context) -> list[Customer]:
    """Those of the last dialogues, then the largest."""
    who = context.person
    talked = [one.customer_id for one in store.dialogues.visible_to(who, person_id=who.id, limit=20) if one.customer_id]
    last = {one.id: one for one in store.customers.seen(who, dict.fromkeys(talked))}
    recent = [last[id_] for id_ in dict.fromkeys(talked) if id_ in last]
    return recent + [one for one in store.customers.visible_to(who, limit=OFFERED) if one.id not in last]


def _recordings(store: Store, context: Context, customer_id: str = "", person_id: str = "") -> list[DialogueRecord]:
    found = store.dialogues.visible_to(
        context.person, source=Source.RECORDING, customer_id=customer_id, person_id=person_id
    )
    return [one for one in found if one.state != "purged"]


def _latest(store: Store, context: Context) -> tuple[list[DialogueRecord], dict[str, str]]:
    records = _recordings(store, context, person_id=context.person.id)[:LISTED]
    customers = store.customers.records({one.customer_id for one in records if one.customer_id})
    return records, {id_: one.short_name or one.name for id_, one in customers.items()}


def _last(store: Store, context: Context, customers: Sequence[Customer]) -> Draw | None:
    found = (
        _recordings(store, context, customers[0].id)
        if customers
        else _recordings(store, context, person_id=context.person.id)
    )
    ready = [one for one in found if one.state == "ready"]
    return _result(store, context, ready[0].id) if ready else None


def _result(store: Store, context: Context, dialogue_id: str) -> Draw | None:
    """Makes the card of a finished recording, given who draws it; None when it isn't there for this viewer."""
    record = store.dialogues.seen(context.person, dialogue_id)
    if record is None or record.state != "ready":
        return None
    customer = store.customers.get(record.customer_id) if record.customer_id else None
    signals = [one.signal for one in store.signals.visible_to(context.person, dialogue_id=dialogue_id)]
    name = (customer.short_name or customer.name) if customer else ""
    report = report_of(record.summary)
    return lambda maker: maker.result(record, name, report, signals)


def _asked_about(
    store: Store, press: Press, context: Context, customer_id: str
) -> tuple[FileRecord, Card, Customer | None] | None:
    stored = store.cards.get(press.card_id)
    file = store.files.get(file_asked_about(press.card_id, stored.message_id)) if stored else None
    if stored is None or file is None or file.person_id != context.person.id:
        return None
    customers = store.customers.seen(context.person, [customer_id]) if customer_id else []
    if customer_id and not customers:
        return None
    return file, stored.card, customers[0] if customers else None

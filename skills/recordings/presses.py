"""What the buttons of a recording's cards do: whose it is, who agreed, who is who, and which tasks are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contracts import Card, CardUpdate, Context, Outcome, Press, Reply
from config.locales import t
from skills.recordings.cards import AGREED, Maker
from skills.recordings.names import ASKING, PICK, SIDE, dialogue_of_card, picked
from skills.recordings.reading import asked_about, result
from skills.recordings.report import report_of

if TYPE_CHECKING:
    from skills.recordings.intake import Intake
    from skills.recordings.ports import Desk
    from storage.database import Database
    from storage.repositories.dialogues import DialogueRecord
    from storage.store import Store


class Presses:
    """Answers presses; cards change in place."""

    def __init__(self, database: Database, desk: Desk, intake: Intake, maker: Callable[[Context], Maker]) -> None:
        self._database, self._desk, self._intake, self._maker = database, desk, intake, maker

    async def handle(self, press: Press, context: Context) -> list[Outcome]:
        """Do it."""
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
        found = await self._database.read(lambda store: asked_about(store, press, context, id_))
        if found is None:
            return [Reply(context.to, t("recordings.gone", context.language))]
        file, card, customer = found
        outcome = await self._intake.begin(file.id, customer, file.name, context)
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
        make = await self._database.read(lambda store: result(store, context, record.id))
        if make is None:
            return [Reply(context.to, t("recordings.gone", context.language))]
        card = replace(make(self._maker(context)), id=press.card_id)
        return [_changed(card, press, context, t("recordings.result.fixed", context.language), pressed="")]


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

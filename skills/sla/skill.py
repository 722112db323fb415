"""SLA 看板: what is late, whose, and what people do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.contracts import CardUpdate, Context, Example, Happening, Message, Outcome, Press, Remember, Reply, Role
from config.locales import t
from knowledge.listening.due import due_in
from knowledge.slas.rule import Rule
from skills.sla.board import board, case
from skills.sla.cards import CHOICES, DEADLINES, Maker, deadlines_on, until_of
from skills.sla.deciding import LONGEST_REASON, acknowledge, resolve, snooze
from skills.sla.understanding import Meant, meant

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

WAITING = "deadlines"  # in the memory: ids that a reason was asked for
DOING = "doing"


@dataclass(frozen=True, slots=True)
class Habits:
    """What the settings say about reminders."""

    acknowledged_hours: float
    later_hours: float
    morning: timedelta  # after midnight, when people are told things again


class SlaSkill:
    """Everybody may ask; rows by permission."""

    name = "sla"
    commands = ("SLA看板", "时限看板")
    patterns = (
        r"(?i)\bsla\b.{0,4}(看板|board)|时限看板|超时看板",
        r"(哪些|哪个|什么|有没有|多少).{0,6}(订单|工单|线索|排产|发货|采购单|单子|环节).{0,8}(卡住|卡着|卡在|超时|超期|拖着)",
        r"(订单|工单|线索|单子).{0,6}(卡住了|卡着|卡在)",
        r"谁.{0,6}(超时|超期)|(超时|超期).{0,4}(最多|排行|排名)",
        r"(?i)[a-z]{1,6}[-_]?\d{3,}.{0,8}(时限|超时|sla|deadline)",
        r"(?i)\b(which|what) (orders?|tickets?|leads?) (are|is) (stuck|late|overdue)\b|\bwho is late\b",
    )
    examples = (
        Example("SLA 看板", shown=True),
        Example("哪些订单卡住了", shown=True),
        Example("谁的超时最多", shown=True),
        Example("哪些环节超时了"),
        Example("哪些工单超时"),
        Example("采购单超时的有哪些"),
        Example("有没有快到期的时限"),
        Example("SO00012 的时限"),
        Example("哪个环节卡住了"),
        Example("SLA board", "en", shown=True),
        Example("which orders are stuck", "en", shown=True),
        Example("who is late most often", "en"),
        Example("deadlines of SO00012", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(
        self,
        database: Database,
        rules: Mapping[str, Rule],
        make: Callable[[str, datetime], Maker],
        habits: Habits,
    ) -> None:
        self._database, self._rules, self._make, self._habits = database, rules, make, habits

    async def claims(self, text: str, context: Context) -> bool:
        """The reason that was asked for, unless another question comes instead."""
        asked = bool(context.memory.get(WAITING))
        return asked and not text.strip().endswith(("?", "？")) and len(text) <= LONGEST_REASON

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        if context.memory.get(WAITING) and await self.claims(happening.text, context):
            said = await self._explained(happening.text.strip(), context)
            return [Reply(context.to, said), Remember({})]
        return await self._asked(happening.text, context)

    async def _asked(self, text: str, context: Context) -> list[Outcome]:
        regions = await self._database.read(_regions)
        wanted = meant(text, self._rules, regions)
        return [await self._database.read(lambda store: self._answer(store, wanted, context))]

    def _answer(self, store: Store, wanted: Meant, context: Context) -> Reply:
        maker = self._maker(context)
        if wanted.kind == "case":
            found = case(store, context.person, self._rules, wanted.asked.case)
            if not found:
                return Reply(context.to, t("slas.card.no_case", context.language, no=wanted.asked.case))
            return Reply(context.to, card=maker.case(found))
        known = board(store, context.person, self._rules, context.now, context.language, wanted.asked)
        cards = {"late": maker.late, "people": maker.people, "board": maker.board}
        return Reply(context.to, card=cards[wanted.kind](known))

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        stored = await self._database.read(lambda store: store.cards.get(press.card_id))
        ids = (stored.context.get(DEADLINES) if stored else None) or deadlines_on(press.card_id)
        if stored is None or not ids:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        if press.action in ("snooze", "resolve") and not press.values.get("reason", "").strip():  # no form here: words
            asked = t(f"slas.ask.{press.action}", context.language)
            return [Reply(context.to, asked), Remember({WAITING: list(ids), DOING: press.action})]
        said = await self._done(press.action, ids, press.values, context)
        card = replace(stored.card, pressed=press.action, notice=said, actions=())
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    async def _done(self, do: str, ids: Sequence[int], values: Mapping[str, str], context: Context) -> str:
        reason = values.get("reason", "").strip()[:LONGEST_REASON]
        if do == "mine":
            return await self._mine(ids, context)
        if do == "resolve":
            return await self._resolved(ids, reason, context)
        choice = values.get("until", "later") if do == "snooze" else "later"
        habits, zone = self._habits, self._maker(context).zone
        chosen = choice if choice in CHOICES else "later"
        until = until_of(chosen, context.now, zone, habits.morning, habits.later_hours)
        return await self._snoozed(ids, until, reason, context)

    async def _mine(self, ids: Sequence[int], context: Context) -> str:
        person, now, hours = context.person, context.now, self._habits.acknowledged_hours
        count = await self._database.write(lambda store: acknowledge(store, ids, person, now, hours))
        return self._said("mine", count, context, hours=f"{hours:g}")

    async def _resolved(self, ids: Sequence[int], reason: str, context: Context) -> str:
        person, now = context.person, context.now
        count = await self._database.write(lambda store: resolve(store, ids, person, reason, now))
        return self._said("resolved", count, context)

    async def _snoozed(self, ids: Sequence[int], until: datetime, reason: str, context: Context) -> str:
        person, now = context.person, context.now
        count = await self._database.write(lambda store: snooze(store, ids, person, until, reason, now))
        return self._said("snoozed", count, context, until=self._maker(context).moment(until))

    async def _explained(self, text: str, context: Context) -> str:
        """The words that a press asked for where there is no form."""
        ids, reason = [int(id_) for id_ in context.memory[WAITING]], text[:LONGEST_REASON]
        if context.memory.get(DOING) == "resolve":
            return await self._resolved(ids, reason, context)
        maker = self._maker(context)
        day = due_in(text, context.now.astimezone(maker.zone).date())
        until = context.now + timedelta(hours=self._habits.later_hours)
        if day is not None and day > context.now.astimezone(maker.zone).date():
            until = datetime(day.year, day.month, day.day, tzinfo=maker.zone) + self._habits.morning
        return await self._snoozed(ids, until, reason, context)

    def _said(self, key: str, count: int, context: Context, **values: object) -> str:
        if not count:
            return t("slas.done.gone", context.language)
        return t(f"slas.done.{key if count == 1 else f'{key}s'}", context.language, count=count, **values)

    def _maker(self, context: Context) -> Maker:
        return self._make(context.language, context.now)


def _regions(store: Store) -> list[str]:
    return store.deadline_board.regions()

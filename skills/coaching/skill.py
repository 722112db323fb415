"""提示: mute levels, visits, why there were fewer, how prompts fare, and the buttons of their cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Reply, Role
from config.locales import t
from skills.coaching.cards import Maker
from skills.coaching.casework import MUTED, Desk
from skills.coaching.presses import Presses, set_level, set_mute
from skills.coaching.report import effect_card, rate_line, why_card
from skills.coaching.understanding import Asked, arrived_at, mute_until, understand
from storage.fold import fold
from storage.repositories.visits import Visit

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

READERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.SALES_OPS, Role.ADMIN})
LONGEST = 200  # characters; a wish about prompts is short


class CoachingSkill:
    """Keeps what a person chose in `preferences`, visits in `visits`, responses in `prompts`."""

    name = "coaching"
    commands = (
        "提示设置",
        "静音",
        "免打扰",
        "基础级",
        "场景级",
        "智能级",
        "提示效果",
        "为什么少推了",
        "恢复提示",
        "mute",
        "unmute",
    )
    patterns = (
        r"为什么.{0,4}(少推|没推|不推)",
        r"(取消|解除|结束)(静音|免打扰)|(静音|免打扰)\s*[\d半一两二三]|别打扰我",
        r"^\s*(改成|切换到?|换成|设为|用)?\s*(基础级|场景级|智能级)[\s。!！]*$",
        r"^\s*我?(现在|已经)?(在|到)客户(这|那|现场|公司|了)",
        r"^\s*我?(已经)?离开(客户|了)|拜访结束|结束拜访",
        r"提示(的)?(效果|级别|设置)",
        r"(?i)\bwhy .{0,12}(fewer|no|less) prompts\b|\b(un)?mute prompts\b",
    )
    examples = (
        Example("为什么少推了", shown=True),
        Example("免打扰 2 小时", shown=True),
        Example("改成智能级"),
        Example("我在客户这"),
        Example("离开了客户"),
        Example("提示太多了，少发点"),
        Example("提示效果怎么样", shown=True, roles=READERS),
        Example("提示设置"),
        Example("why did I get fewer prompts", "en", shown=True),
        Example("mute prompts for two hours", "en"),
        Example("only prompt me on visits", "en"),
        Example("I am at the customer", "en"),
        Example("how do prompts fare", "en", roles=READERS),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, desk: Desk, public_url: str) -> None:
        self._database = database
        self._desk = desk
        self._public_url = public_url
        self._presses = Presses(database, desk, self._maker)

    async def claims(self, text: str, context: Context) -> bool:
        """刚到恒锐: somebody is at one of their customers."""
        where = fold(arrived_at(text[:LONGEST]))
        if not where:
            return False
        named = await self._database.read(lambda store: store.customers.mentioned_in(context.person, text))
        return any(fold(name).startswith(where) for one in named for name in (one.name, one.short_name))

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._presses.handle(happening.press, context)
        text = happening.text[:LONGEST]
        asked = understand(text)
        answer = await self._database.write(lambda store: self._answer(store, asked, text, happening.id, context))
        return [Reply(context.to, card=answer) if isinstance(answer, Card) else Reply(context.to, answer)]

    async def at_home(self, context: Context) -> Sequence[Card]:
        """What is set."""
        card = await self._database.read(lambda store: self._settings(store, context))
        return [replace(card, id=f"home-coaching-{context.person.id}")]

    def _answer(self, store: Store, asked: Asked, text: str, message_id: str, context: Context) -> Card | str:
        if asked.wish in {"level", "mute", "unmute"}:
            return self._set(store, asked, context)
        if asked.wish == "why":
            card = why_card(store, self._desk, context.person, context.language, context.now)
            return card or t("coaching.why.none", context.language)
        if asked.wish == "effect":
            return self._effect(store, context)
        if asked.wish == "arrive":
            return self._arrive(store, text, message_id, context)
        return self._leave(store, context) if asked.wish == "leave" else self._settings(store, context)

    def _set(self, store: Store, asked: Asked, context: Context) -> str:
        if asked.wish == "level":
            return set_level(store, context.person.id, asked.level, context)
        if asked.wish == "mute":
            until = mute_until(asked.hours, context.now.astimezone(self._desk.zone), self._desk.rules)
            return set_mute(store, context.person.id, until, context)
        store.preferences.set(context.person.id, MUTED, "", context.now)
        return t("coaching.set.unmuted", context.language)

    def _effect(self, store: Store, context: Context) -> Card | str:
        if context.person.role not in READERS:
            return t("coaching.effect.denied", context.language)
        card = effect_card(store, self._desk, context.person, context.language, context.now)
        return card or t("coaching.effect.none", context.language)

    def _arrive(self, store: Store, text: str, message_id: str, context: Context) -> str:
        """A visit begins; of which customer, if the sentence names one."""
        named = store.customers.mentioned_in(context.person, text)
        customer = named[0] if len(named) == 1 else None
        hours = self._desk.rules.visit_hours
        end = context.now + timedelta(hours=hours)
        known = customer.id if customer else ""
        store.visits.put(Visit(f"said:{message_id}", context.person.id, context.now, end, "said", known))
        name = (customer.short_name or customer.name) if customer else t("coaching.visit.somebody", context.language)
        return t("coaching.visit.begun", context.language, customer=name, hours=f"{hours:g}")

    def _leave(self, store: Store, context: Context) -> str:
        visit = store.visits.now(context.person.id, context.now)
        if visit is None:
            return t("coaching.visit.none", context.language)
        store.visits.end(visit.id, context.now)
        return t("coaching.visit.ended", context.language)

    def _settings(self, store: Store, context: Context) -> Card:
        wishes = self._desk.wishes(store, context.person.id)
        until = wishes.muted_until
        muted = f"{until.astimezone(self._desk.zone):%m-%d %H:%M}" if until and until > context.now else ""
        smart = wishes.level == "smart"
        lines = [rate_line(store, self._desk, context.person.id, context.language, context.now)] if smart else []
        return self._maker(context).settings(wishes.level, muted, lines)

    def _maker(self, context: Context) -> Maker:
        return Maker(context.language, self._public_url, context.now.astimezone(self._desk.zone))

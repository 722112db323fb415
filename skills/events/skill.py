"""业务事件 in chat: what waits in quarantine, and what somebody decides about it (C6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.contracts import CardUpdate, Context, Example, Happening, Message, Outcome, Press, Remember, Reply, Role
from config.locales import t
from knowledge.events.waiting import Group, groups_of
from skills.events.cards import LONGEST_REASON, Maker
from skills.events.ports import Decision, QuarantineDesk
from skills.events.seeing import KEEPERS, may_see, producers_for, systems_of

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.cards import StoredCard
    from storage.store import Store

_DAY = timedelta(days=1)


class EventsSkill:
    """Sales ops, admins and owners of systems decide; what is shown are messages between systems."""

    name = "events"
    commands = ("业务事件", "隔离区", "隔离事件", "event quarantine")
    patterns = (
        r"(事件|消息).{0,4}(隔离|被拦|读不懂|没接收|卡住)|隔离(区|的).{0,4}事件|哪些事件.{0,4}(没|不)",
        r"(?i)\b(quarantined? events?|event quarantine|events? (waiting|stuck|in quarantine))\b",
    )
    examples = (
        Example("隔离区里有什么", shown=True, roles=KEEPERS),
        Example("有没有读不懂的业务事件"),
        Example("哪些事件没接收"),
        Example("今天各系统发来多少业务事件"),
        Example("event quarantine", "en", shown=True, roles=KEEPERS),
        Example("which business events are waiting for a decision", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, desk: QuarantineDesk, make: Callable[[str], Maker]) -> None:
        """`make`: by language."""
        self._database, self._desk, self._make = database, desk, make

    async def claims(self, text: str, context: Context) -> bool:
        """The reason, when one was asked for."""
        return bool(context.memory.get("discard")) and 0 < len(text.strip()) <= LONGEST_REASON

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        if key := str(context.memory.get("discard", "")):
            return [Reply(context.to, await self._discarded(key, happening.text, context)), Remember({})]
        return await self._overview(context)

    async def _overview(self, context: Context) -> list[Outcome]:
        maker = self._make(context.language)

        def look(store: Store) -> Reply:
            systems = systems_of(store, maker.catalog)
            allowed = producers_for(context.person, systems)
            if allowed is not None and not allowed:
                return Reply(context.to, t("events.not_yours", context.language))
            groups = groups_of(store.quarantine.open(allowed))
            counts = store.events.counts(context.now - _DAY)
            today = sum(n for (producer, _), n in counts.items() if allowed is None or producer in allowed)
            return Reply(context.to, card=maker.overview(groups, systems, today))

        return [await self._database.read(look)]

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        stored, group = await self._database.read(lambda store: self._found(store, press.card_id, context))
        if stored is None:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        if group is None:
            return [self._updated(stored, press, t("events.done.gone", context.language), context)]
        return await self._decided(press, stored, group, context)

    async def _decided(self, press: Press, stored: StoredCard, group: Group, context: Context) -> list[Outcome]:
        if press.action == "original":
            return [Reply(context.to, await self._original(group, context))]
        if press.action == "discard" and not press.values.get("reason", "").strip():
            return [Reply(context.to, t("events.ask_reason", context.language)), Remember({"discard": group.key})]
        if press.action == "discard":
            said = await self._discarded(group.key, press.values["reason"], context)
            return [self._updated(stored, press, said, context)]
        decide = self._desk.approve if press.action == "approve" else self._desk.retry
        decided = await decide(group.key, context.person)
        said = outcome(decided, context.language)
        if decided and not decided.done:  # nothing has changed: the buttons stay
            return [Reply(context.to, said)]
        return [self._updated(stored, press, said, context)]

    async def _discarded(self, key: str, reason: str, context: Context) -> str:
        group = await self._database.read(lambda store: self._group(store, key, context))
        done = await self._desk.discard(key, reason.strip()[:LONGEST_REASON], context.person) if group else None
        if done is None or not done.done:
            return t("events.done.gone", context.language)
        return t("events.done.discarded", context.language, count=done.done)

    async def _original(self, group: Group, context: Context) -> str:
        """Of the newest: what is sent now is what has to be mended."""
        rows = await self._database.read(lambda store: store.quarantine.these(group.ids[-1:]))
        return self._make(context.language).original(rows[0].envelope) if rows else t("events.done.gone")

    def _found(self, store: Store, card_id: str, context: Context) -> tuple[StoredCard | None, Group | None]:
        stored = store.cards.get(card_id)
        key = str(stored.context.get("group", "")) if stored else ""
        return stored, self._group(store, key, context)

    def _group(self, store: Store, key: str, context: Context) -> Group | None:
        group = next((one for one in groups_of(store.quarantine.open()) if one.key == key), None)
        systems = systems_of(store, self._make(context.language).catalog)
        return group if group and may_see(context.person, systems, group.producer) else None

    def _updated(self, stored: StoredCard, press: Press, said: str, context: Context) -> Reply:
        card = replace(stored.card, pressed=press.action, notice=said, actions=())
        return Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))


def outcome(decided: Decision | None, language: str) -> str:
    """What came of a release, in a sentence."""
    if decided is None:
        return t("events.done.gone", language)
    if not decided.done:
        return t("events.done.still", language, left=decided.left)
    key = "events.done.released_some" if decided.left else "events.done.released"
    return t(key, language, count=decided.done, left=decided.left)

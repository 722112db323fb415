"""数据灯: which data is late, and what its owner does about a warning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.contracts import CardUpdate, Context, Example, Happening, Message, Outcome, Press, Remember, Reply, Role
from config.locales import t
from skills.freshness.asked import LONGEST_REASON, meant, until_when
from skills.freshness.cards import CHOICES, Maker, alarms_on, name_of, until_of
from skills.freshness.deciding import READERS, decidable, seen, snooze

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.alarms import Alarm
    from storage.repositories.lights import Light
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer is made of."""

    lights: Sequence[Light]
    alarms: Sequence[Alarm]  # open ones that the asker may decide about
    owners: dict[str, str]


class FreshnessSkill:
    """Everybody may ask: lights hold no rows of customers. Deciding is for owners, sales ops and admins."""

    name = "freshness"
    commands = ("数据灯", "数据新鲜度", "data lights")
    patterns = (
        r"数据灯|(数据|渠道).{0,6}(新不新|新鲜|晚了|晚到|迟了|延迟|过期|停了|断了)",
        r"(哪些|哪个|什么)(渠道|数据|来源).{0,4}(晚|迟|没到|没来|没更新)",
        r"数据.{0,4}(到了吗|来了吗|到了没|更新了吗|更新了没|更新到)",
        r"(?i)\bdata (freshness|lights?)\b|\b(which|what) (channels?|data|sources?) (is|are) (late|stale|overdue)\b"
        r"|\bis .{1,30} data (in|late|stale|fresh|up to date)\b",
    )
    examples = (
        Example("数据灯", shown=True),
        Example("数据新不新"),
        Example("哪些渠道数据晚了"),
        Example("展会数据到了吗"),
        Example("数据更新到什么时候"),
        Example("今天的数据来了吗"),
        Example("哪个来源的数据没更新"),
        Example("哪些数据源是红灯"),
        Example("回款数据什么时候更新的"),
        Example("data freshness", "en", shown=True),
        Example("which channels are late", "en"),
        Example("is the trade fair data in yet", "en"),
        Example("how old is our data", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = False

    def __init__(self, database: Database, make: Callable[[str, bool, datetime], Maker], morning: timedelta) -> None:
        """`make`: by language, whether the page may be opened, and now; `morning`: when people are told things again,
        after midnight."""
        self._database, self._make, self._morning = database, make, morning

    async def claims(self, text: str, context: Context) -> bool:
        """A reason with a time, when one was asked for."""
        return bool(context.memory.get("alarms")) and self._until(text, context) is not None

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        asked = [int(id_) for id_ in context.memory.get("alarms", ())]
        until = self._until(happening.text, context) if asked else None
        if until is not None:
            reason = happening.text.strip()[:LONGEST_REASON]
            said = await self._snoozed(asked, until, reason, context, until > context.now + timedelta(days=365))
            return [Reply(context.to, said), Remember({})]
        return await self._lights(happening.text, context)

    async def _lights(self, text: str, context: Context) -> list[Outcome]:
        found = await self._database.read(lambda store: _found(store, context))
        if not found.lights:
            return [Reply(context.to, t("freshness.card.nothing", context.language))]
        maker, named = self._maker(context), meant(text, found.lights)
        if len(named) == 1:
            own = [alarm for alarm in found.alarms if alarm.subject == named[0].subject]
            return [Reply(context.to, card=maker.one(named[0], own, found.owners))]
        return [Reply(context.to, card=maker.overview(named or found.lights, found.alarms, found.owners))]

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        stored = await self._database.read(lambda store: store.cards.get(press.card_id))
        ids = alarms_on(press.card_id)
        if stored is None or not ids:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        if press.action == "snooze" and not press.values:  # no forms here: words
            return [Reply(context.to, t("freshness.ask", context.language)), Remember({"alarms": list(ids)})]
        said = await self._decided(ids, press, context)
        card = replace(stored.card, pressed=press.action, notice=said, actions=())
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    async def _decided(self, ids: Sequence[int], press: Press, context: Context) -> str:
        if press.action == "seen":
            count = await self._database.write(lambda store: seen(store, ids, context.person, context.now))
            return t("freshness.done.seen" if count else "freshness.done.gone", context.language)
        choice = press.values.get("until", "later")
        choice = choice if choice in CHOICES else "later"
        maker = self._maker(context)
        until = until_of(choice, context.now, maker.zone, self._morning, maker.later_hours)
        reason = press.values.get("reason", "").strip()[:LONGEST_REASON]
        return await self._snoozed(ids, until, reason, context, choice == "news")

    async def _snoozed(
        self, ids: Sequence[int], until: datetime, reason: str, context: Context, until_news: bool
    ) -> str:
        person, now = context.person, context.now
        if not await self._database.write(lambda store: snooze(store, ids, person, until, reason, now)):
            return t("freshness.done.gone", context.language)
        if until_news:
            return t("freshness.done.snoozed_news", context.language)
        return t("freshness.done.snoozed", context.language, until=self._maker(context).moment(until))

    def _until(self, text: str, context: Context) -> datetime | None:
        return until_when(text, context.now, self._maker(context).zone, self._morning)

    def _maker(self, context: Context) -> Maker:
        return self._make(context.language, context.person.role in READERS, context.now)


def _found(store: Store, context: Context) -> _Found:
    """Where a source has lights of its parts, the whole's would say it twice."""
    lights = store.lights.all()
    split = {one.source for one in lights if one.part}
    shown = [one for one in lights if one.part or one.source not in split]
    shown.sort(key=lambda one: name_of(one, context.language))
    alarms = decidable(store, context.person, store.alarms.open("late"))
    return _Found(shown, alarms, store.people.names(one.owner_id for one in shown))

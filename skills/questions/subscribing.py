"""Subscriptions: an answer that comes again. Made and ended in words, by buttons and on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Address, Outcome, Reply
from knowledge.metrics.plan import Plan, dump, read
from knowledge.questions.outcome import Understood
from skills.questions import cards
from skills.questions import rhythm as rhythms
from skills.questions.desk import shape
from skills.questions.rhythm import Rhythm
from skills.questions.wishes import Wish
from storage.repositories.questions import MOST, Subscription

if TYPE_CHECKING:
    from skills.questions.answering import Answering, Asker
    from storage.store import Store

_STOP = re.compile(
    r"(取消|退|停掉|不要|删除)了?(我的)?(第\s*)?(?P<a>\d{1,2})?\s*(个|号|条)?(的|这个|所有|全部)?订阅(第?\s*(?P<b>\d{1,2}))?"
    r"|(?i:\bunsubscribe\b\D{0,12}(?P<c>\d{1,2})?|\b(cancel|end|stop)\b.{0,12}\bsubscription\b\D{0,6}(?P<d>\d{1,2})?)"
)
SUBSCRIBABLE = frozenset({"value", "list"})


def stop_wish(text: str) -> str:
    """Which subscription is to end: its number, "?" when none was said; "" when nothing is to end."""
    found = _STOP.search(text)
    if not found or len(text) > 40:
        return ""
    return next((number for number in found.groupdict().values() if number), "?")


class Subscribing:
    """Everybody's own."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._desk = answering.desk

    async def wanted(
        self, wish: Wish, words: Sequence[str], plan: Plan | None, asker: Asker, to: Address
    ) -> Sequence[Outcome]:
        """Said in words: with a question, or after one."""
        names = self._answering.names(asker)
        if wish.rest:
            scope = await self._desk.scope(wish.rest, asker.person, asker.now, asker.language)
            outcome = await self._desk.read(wish.rest, scope)
            if not isinstance(outcome, Understood):
                return [Reply(to, names.text("subscription.unclear"))]
            words, plan = (wish.rest,), outcome.plan
        if plan is None or not words:
            return [Reply(to, names.text("errors.nothing_yet"))]
        if wish.rhythm is None:
            return [Reply(to, names.text("subscription.when"))]
        return [Reply(to, await self.subscribe(plan, words, wish.rhythm, asker))]

    async def subscribe(self, plan: Plan, words: Sequence[str], when: Rhythm, asker: Asker) -> str:
        """Keep it; what to say."""
        names = self._answering.names(asker)
        if plan.kind not in SUBSCRIBABLE:
            return names.text("subscription.not_this")
        new = Subscription(
            id=uuid4().hex[:16],
            person_id=asker.person.id,
            words=tuple(words),
            plan=dump(plan),
            rhythm=when.code,
            minute=when.minute,
            created_at=asker.now,
            language=asker.language,
        )

        def keep(store: Store) -> tuple[Subscription | None, bool]:
            same = next((one for one in store.questions.subscriptions_of(asker.person.id) if _same(one, new)), None)
            if same is None and (added := store.questions.subscribe(new)):
                detail = {"rhythm": when.code, "minute": when.minute, "number": added.number}
                store.audit.add(asker.person.id, "questions.subscribed", added.id, detail, asker.now)
                return added, True
            return same, False

        kept, added = await self._desk.database.write(keep)
        if kept is None:
            return names.text("subscription.full", count=MOST)
        said = {"when": cards.rhythm_name(kept.rhythm, names), "clock": when.clock, "number": kept.number}
        following = when.following(asker.now, self._desk.zone)
        next_ = f"{following:%m-%d %H:%M}" if following else "–"
        return names.text(
            "subscription.done" if added else "subscription.already", question=question(kept), next=next_, **said
        )

    async def listed(self, asker: Asker, to: Address) -> Sequence[Outcome]:
        """All of one's own."""
        names = self._answering.names(asker)
        found = await self.of(asker)
        lines = [(one.number, question(one), self.when(one, asker)) for one in found]
        return [Reply(to, card=cards.subscriptions(lines, names, self._answering.public_url))]

    async def of(self, asker: Asker) -> Sequence[Subscription]:
        """One's own, by number."""
        return await self._desk.database.read(lambda store: store.questions.subscriptions_of(asker.person.id))

    async def stop(self, which: str, asker: Asker, to: Address) -> Sequence[Outcome]:
        """End one; of several it must be said which."""
        names, found = self._answering.names(asker), await self.of(asker)
        if which == "?" and len(found) > 1:
            asked = names.text("subscription.which", example=found[0].number)
            return [Reply(to, asked), *await self.listed(asker, to)]
        number = found[0].number if which == "?" and found else int(which) if which.isdigit() else 0
        return [Reply(to, await self.end(number, asker))]

    async def end(self, number: int, asker: Asker) -> str:
        """End it; what to say."""
        names = self._answering.names(asker)

        def end(store: Store) -> Subscription | None:
            mine = store.questions.subscriptions_of(asker.person.id)
            one = next((one for one in mine if one.number == number), None)
            if one is None or not store.questions.end(one.id, asker.person.id, "stopped", asker.now):
                return None
            store.audit.add(asker.person.id, "questions.unsubscribed", one.id, {"number": number}, asker.now)
            return one

        ended = await self._desk.database.write(end)
        if ended is None:
            return names.text("subscription.no_such")
        return names.text("subscription.ended", number=number, question=question(ended))

    def when(self, one: Subscription, asker: Asker) -> str:
        """每周一 09:00."""
        names = self._answering.names(asker)
        clock = rhythms.read(one.rhythm, one.minute).clock
        return names.text("subscription.line", when=cards.rhythm_name(one.rhythm, names), clock=clock)


def question(one: Subscription) -> str:
    """The words, in order."""
    return " → ".join(one.words)


def _same(one: Subscription, other: Subscription) -> bool:
    alike = (one.rhythm, one.minute, one.words) == (other.rhythm, other.minute, other.words)
    return alike and shape(read(one.plan)) == shape(read(other.plan))

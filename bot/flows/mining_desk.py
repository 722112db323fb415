"""Mining as durable work: asked for in a chat or on the page, and every month; the result comes as cards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.contracts import Adapter, Address, Clock, Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine, Job
from bot.flows.mining import MINED, Mining, Run
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from skills.mining.cards import Maker
from storage.database import Database
from storage.store import Store

SKILL, KIND, PARTITION = "mining", "mining", "patterns"  # one partition: one run at a time
MOST_CARDS = 3  # of one run; the page has all
LATE = timedelta(hours=1)


class MiningDesk:
    """Fulfils `skills.mining.ports.Desk`."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        mining: Mining,
        maker: Maker,
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._delivery = delivery
        self._adapters = adapters
        self._mining = mining
        self._maker = maker

    async def begin(self, key: str, person: Person, to: Address | None) -> None:
        """Have it done beside everything else."""
        place = (to.channel, to.conversation) if to else ("", "")
        subject = "\n".join((key, person.id, *place))
        job = Job(KIND, f"mining:{key}", subject, PARTITION)
        await persistently(lambda: self._database.write(lambda store: self._engine.enqueue(store, job)))

    async def work(self, subject: str) -> None:
        """The job: mine and tell who asked."""
        key, person_id, channel, conversation = subject.split("\n")
        run = await self._mining.run(person_id)
        to = Address(channel, conversation) if channel in self._adapters else None

        def tell(store: Store) -> None:
            person = store.people.get(person_id)
            if person is not None:
                self._tell(store, key, person, to, run)

        await persistently(lambda: self._database.write(tell))

    async def monthly(self, slot: datetime) -> None:
        """The job of every month: mine, and tell sales ops if there is something to decide.

        A first start is no outage: where nothing was mined yet, a slot that passed before is not caught up.
        """
        begun = await persistently(lambda: self._database.read(_was_mined))
        if not begun and self._clock.now() - slot > LATE:
            return
        run = await self._mining.run(OPERATOR.id)

        def tell(store: Store) -> None:
            for person in store.people.visible_to(OPERATOR):
                if person.role is Role.SALES_OPS and any(one.state == "found" for one in run.patterns):
                    self._tell(store, f"{slot.isoformat()}:{person.id}", person, None, run)

        await persistently(lambda: self._database.write(tell))

    def _tell(self, store: Store, key: str, person: Person, to: Address | None, run: Run) -> None:
        to, language = to or address_of(store, person, self._adapters), language_of(store, person)
        if to is None:
            return
        told = run.patterns[:MOST_CARDS]
        text = self._maker.told(len(run.patterns), run.won, run.lost, run.dialogues, run.tried, language)
        replies = [Reply(to, text), *(Reply(to, card=self._maker.pattern(one, language)) for one in told)]
        for number, reply in enumerate(replies):
            if reply.card:
                store.cards.add(reply.card, SKILL, to, person.id, "", self._clock.now())
            self._delivery.post(store, f"mining:{key}:{number}", "", to, self._adapters[to.channel].render(reply))


def _was_mined(store: Store) -> bool:
    return bool(store.audit.listing(OPERATOR, 1, (MINED,)))

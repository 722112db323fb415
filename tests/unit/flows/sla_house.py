"""A company whose orders have deadlines: events come in through the real door, the clock stands until it is moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Context, Event, Message, Person, Press, Reply, Role
from bot.contracts.reply import Address
from bot.flows.business_event import EventFlow
from bot.nerve_slas import Slas, make_slas
from knowledge.events.catalog import load_catalog
from knowledge.events.systems import System
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.deadlines import Deadline
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.flows.telling import Telling

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
OTHER = Person("E2", "王磊", Role.REP, "华东组", ("华东",), "M1")
MANAGER = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",), "D1")
DIRECTOR = Person("D1", "沈国华", Role.DIRECTOR, "东南大区", ("华东", "华南"))
OPS = Person("O1", "周敏", Role.SALES_OPS, "销售运营部")
SOUTH = Person("E9", "黄俊杰", Role.REP, "华南组", ("华南",), "M9")
PEOPLE = (REP, OTHER, MANAGER, DIRECTOR, OPS, SOUTH)
ALL = System("erp", "ERP", "erp", "O1", frozenset(one.name for one in load_catalog()), ("/erp",))


class House(Telling):
    """Deadlines of one company."""

    made: Slas

    def __init__(self, database: Database, at: datetime = NOW, **settings: Any) -> None:
        self._more = settings
        self._numbers = count(1)
        super().__init__(database, at)
        self.events = EventFlow(database, self.clock, load_catalog(), [self.made.consequence])

    def anew(self) -> Slas:
        if self._more:
            self.settings = self.settings.model_copy(update={"slas": self.settings.slas.model_copy(update=self._more)})
        adapters = cast("Mapping[str, Adapter]", self.adapters)
        where = self.settings, self.clock, self.database, self.delivery, adapters
        return make_slas(*where, load_catalog(), lambda _store, system: OPS.id if system else "")

    async def happen(self, type_: str, order: str = "SO1", *, minutes: float = 0, **data: Any) -> str:
        """An event about an order, said to have happened so many minutes from now."""
        said = {"order_no": order, **_DATA.get(type_, {}), **data}
        at = self.clock.at + timedelta(minutes=minutes)
        event = Event(f"e{next(self._numbers)}", "/erp", type_, at, order, said)
        [verdict] = await self.events.accept([event], ALL)
        assert verdict.outcome == "accepted", verdict
        return event.id

    async def pass_(self, minutes: float = 0) -> list[str]:
        """Time passes, and the ladder is looked at once; what people got for it."""
        self.clock.at += timedelta(minutes=minutes)
        before = len(await self.told())
        await self.made.ladder.look()
        return (await self.told())[before:]

    async def course(self, minutes: int) -> list[str]:
        """So long, with a look whenever the last one asked for it, as a ticker does: `10:15 user:E1: …`."""
        said, end = [], self.clock.at + timedelta(minutes=minutes)
        while (due := await self.made.ladder.look()) is not None and due <= end:
            self.clock.at = max(due, self.clock.at)
            said += [f"{self.clock.at.astimezone(SHANGHAI):%H:%M} {one}" for one in await self.pass_()]
        self.clock.at = end
        return said

    async def deadlines(self, sla: str = "order_to_purchase") -> list[Deadline]:
        """All of a rule."""
        found = await self.database.read(lambda store: store.deadline_board.seen(OPS, limit=1000))
        return [one for one in found if one.sla == sla]

    async def states(self, sla: str = "order_to_purchase") -> list[str]:
        """Of all of a rule."""
        return [one.state for one in await self.deadlines(sla)]

    async def press(self, person: Person, action: str, **values: str) -> str:
        """A button of the card that was shown last; what the card says then."""
        card = self.phone.shown[-1]
        said = Message(
            "m",
            "wecom",
            f"user:{person.id}",
            person.id,
            "press",
            self.clock.at,
            press=Press(card.id, action, "h", values),
        )
        [*_, reply] = await self.made.skill.handle(said, self.context(person))
        return reply.card.notice if isinstance(reply, Reply) and reply.card else str(reply)

    async def say(self, person: Person, text: str, **memory: Any) -> list[Any]:
        """What the skill answers."""
        said = Message("m", "wecom", f"user:{person.id}", person.id, "text", self.clock.at, text)
        return list(await self.made.skill.handle(said, self.context(person, memory)))

    def context(self, person: Person, memory: Any = None) -> Context:
        """Of a private chat."""
        return Context(person, Address("wecom", f"user:{person.id}"), "zh", self.clock.at, memory or {})


_DATA: dict[str, dict[str, Any]] = {
    "order.confirmed": {"amount_cny": 500_000, "customer_no": "C1", "region": "华东"},
    "purchase_order.created": {"purchase_order_no": "PO1"},
    "order.cancelled": {"reason": "客户暂停"},
    "order.changed": {"change": "数量"},
    "production.scheduled": {"due_date": "2026-03-20"},
    "production.delayed": {"due_date": "2026-03-25", "reason": "缺料"},
    "payment.forecast": {"expected_cny": 1, "expected_on": "2026-03-20"},
}


def company(store: Store) -> None:
    """People with a phone each, and a customer of the rep's."""
    for one in PEOPLE:
        accounts = {"wecom": one.id}
        record = PersonRecord(one.id, one.name, one.role, one.team, one.regions, one.manager_id, accounts=accounts)
        store.people.upsert(record)
    store.customers.upsert(Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", region="华东", owner_id=REP.id))

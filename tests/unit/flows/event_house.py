"""A company with a CRM and an ERP connected: events come in over real sockets, the clock stands until it is moved."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from adapters.webhooks.translate import BATCH, STRUCTURED
from bot.contracts import Card, Context, Message, Outcome, Person, Press, Role
from bot.contracts.reply import Address
from bot.flows.event_writing import Consequence
from bot.nerve_in import EventsIn, make_events_in, make_registry
from config.settings import Settings
from knowledge.events.types import Stored
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.events import Asked, EventRecord
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.flows.telling import Telling

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
OPS = Person("O1", "周敏", Role.SALES_OPS)
OWNER = Person("W1", "林工", Role.CHANNEL_OWNER)
PEOPLE = (REP, OPS, OWNER)
CRM_TOKEN = "crm_token"  # its name; the value is below
TOKENS = {"crm_token": "crm-token-of-24-letters!", "erp_token": "erp-token-of-24-letters!"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the library's own example
CRM = """\
system: crm
title: CRM
kind: crm
owner: W1
produces: [order.confirmed, order.changed]
token: ${crm_token}
secret: ${crm_in}
"""
ERP = """\
system: erp
title: ERP
kind: erp
owner: O1
produces: [purchase_order.created, goods.shipped]
source: [/erp, /warehouse/east]
token: ${erp_token}
"""


class House(Telling):
    """The way in, with what was accepted."""

    made: EventsIn
    secrets = {**TOKENS, "crm_in": SECRET}  # noqa: RUF012 - nobody changes it

    def __init__(self, database: Database, at: datetime = NOW) -> None:
        self.seen: list[Stored] = []
        self.consequences: list[Consequence] = [lambda _store, stored: self.seen.extend(stored)]
        super().__init__(database, at)

    def anew(self) -> EventsIn:
        secrets = {name: SecretStr(value) for name, value in self.secrets.items()}
        events = self.settings.events.model_copy(update={"secrets": secrets, "body_mb": 0.5, "batch_events": 2000})
        self.settings: Settings = self.settings.model_copy(update={"events": events})
        registry = make_registry(self.settings, self.clock, self.database)
        where = self.settings, self.clock, self.database, self.delivery, self.adapters, registry
        return make_events_in(*where, self.consequences)

    async def open(self) -> None:
        """People, a customer, two systems."""

        def fill(store: Store) -> None:
            store.people.upsert_all([_record(one) for one in PEOPLE])
            store.customers.upsert_all([Customer("C1", "恒锐精密", region="华东", owner_id=REP.id)])

        await self.database.write(fill)
        for text in (CRM, ERP):
            await self.made.registry.apply(text, "entry.yaml", OPS.id)

    @asynccontextmanager
    async def door(self) -> AsyncIterator[Door]:
        """Where systems post."""
        app = web.Application()
        self.made.door.mount(app)
        async with TestServer(app) as server, ClientSession() as session:
            yield Door(server, session)

    async def events(self) -> list[EventRecord]:
        """All that are stored, in order."""
        found = await self.database.read(lambda store: store.events.listing(Asked(), 100_000))
        return found[::-1]

    async def cards(self) -> list[Card]:
        """A minute passes; what people are shown for it."""
        before = len(self.phone.shown)
        await self.made.quarantine.look(self.clock.at)
        return self.phone.shown[before:]

    async def press(self, card: Card, action: str, person: Person = OPS, **values: str) -> Sequence[Outcome]:
        """A button of a card."""
        return await self._handled(Press(card.id, action, values=values), "", person)

    async def say(self, text: str, person: Person = OPS, **memory: Any) -> Sequence[Outcome]:
        """A sentence."""
        return await self._handled(None, text, person, memory)

    async def _handled(self, press: Press | None, text: str, person: Person, memory: Any = None) -> Sequence[Outcome]:
        place = Address("wecom", f"user:{person.id}")
        kind = "press" if press else "text"
        message = Message("m1", "wecom", place.conversation, person.id, kind, self.clock.at, text, press=press)
        return await self.made.skill.handle(message, Context(person, place, "zh", self.clock.at, memory or {}))


class Door:
    """Posts as a system does."""

    def __init__(self, server: TestServer, session: ClientSession) -> None:
        self._server, self._session = server, session

    async def post(
        self, body: Any, token: str = CRM_TOKEN, kind: str = "", path: str = "/events", **headers: str
    ) -> tuple[int, Any]:
        """(Status, answer)."""
        said = {"Content-Type": kind or (BATCH if isinstance(body, list) else STRUCTURED)}
        if token:
            said["Authorization"] = f"Bearer {TOKENS.get(token, token)}"
        data = body if isinstance(body, bytes | AsyncIterator) else json.dumps(body).encode()
        url = self._server.make_url(path)
        async with self._session.post(url, data=data, headers={**said, **headers}) as answer:
            return answer.status, await answer.json()


def order(id_: str, number: str = "SO1", **data: Any) -> dict[str, Any]:
    """客户确认订单, as the CRM says it."""
    said = {"order_no": number, "amount_cny": 1000, "customer_no": "C1", **data}
    return envelope(id_, "order.confirmed", "/crm", {name: one for name, one in said.items() if one is not None})


def bought(id_: str, number: str = "SO1") -> dict[str, Any]:
    """ERP 生成采购单."""
    return envelope(id_, "purchase_order.created", "/erp", {"order_no": number, "purchase_order_no": f"PO{number}"})


def envelope(id_: str, type_: str, source: str, data: Any, **more: Any) -> dict[str, Any]:
    """A structured CloudEvent."""
    said = {"specversion": "1.0", "id": id_, "source": source, "type": type_, "time": "2026-03-04T09:59:00+08:00"}
    return {**said, "data": data, **more}


def _record(person: Person) -> PersonRecord:
    place = {"wecom": person.id}
    return PersonRecord(
        person.id, person.name, person.role, person.team, person.regions, person.manager_id, accounts=place
    )

"""C2, C3, C5, C8, D9: /systems: entries, states, deliveries, what people do about them; and rehearsals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from adapters.webhooks.addresses import Allowed
from adapters.webhooks.client import WebhookClient
from bot.contracts import Address, Context, Message, Page, PageRequest, Person, Reply, Role, SystemClock
from bot.flows.event_fanout import FanOut, settle
from bot.flows.event_systems import EventSecrets, SystemRegistry, systems_in
from bot.flows.rehearsal import RehearsalDesk, RehearsalFlow
from bot.flows.rehearsal_run import RehearsalRun
from bot.flows.system_desk import SubscriptionDesk
from config.groups.events import Events as Rules
from config.settings import load_settings
from skills.sandbox.pages import sandbox_pages
from skills.sandbox.skill import SandboxSkill
from skills.systems.pages import system_pages
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.flows.eventing import CATALOG, accept, entry, listening, order

OPS = Person("O1", "周敏", Role.SALES_OPS)
ADMIN = Person("A1", "蒋文博", Role.ADMIN)
OWNER = Person("E0034", "郑强", Role.REP)
REP = Person("E2", "王磊", Role.REP)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENTRY = entry("erp", listening("https://erp.example/hooks/xiaoce", more='where: {amount_cny: {">=": 1000}}'))


@dataclass
class House:
    """Pages and skill on a real database; nothing is really sent."""

    database: Database
    clock: SystemClock
    desk: SubscriptionDesk
    rehearsals: RehearsalFlow
    skill: SandboxSkill
    pages: list[Page]
    view: View
    fan_out: FanOut

    async def get(self, path: str, viewer: Person = OPS, language: str = "zh") -> str:
        """The page as it is drawn; "404" when there is none."""
        return await self._ask(PageRequest(viewer, language), path)

    async def post(self, path: str, viewer: Person = OPS, **form: str) -> str:
        """Where it leads, or the page that says what is wrong."""
        return await self._ask(PageRequest(viewer, "zh", "POST", form=form), path)

    async def accept(self, *numbers: int) -> None:
        """Orders."""
        events = [order(number) for number in numbers]
        await self.database.write(lambda store: accept(store, events, self.fan_out, self.clock, "crm"))

    async def do(self, work: Any) -> Any:
        """In the database."""
        return await self.database.write(work)

    async def say(self, text: str, person: Person = OPS) -> str:
        """What the bot answers."""
        now, to = self.clock.now(), Address("console", f"user:{person.id}")
        message = Message("m1", "console", to.conversation, person.id, "text", now, text)
        outcome = await self.skill.handle(message, Context(person, to, "zh", now))
        assert isinstance(outcome[0], Reply)
        return outcome[0].text

    async def _ask(self, request: PageRequest, path: str) -> str:
        path, _, query = path.partition("?")
        parts = path.strip("/").split("/")
        names = {"name": parts[1] if len(parts) > 1 else "", "id": parts[3] if len(parts) > 3 else ""}
        page = self.pages[len(parts) - 1]  # /systems, /systems/x, /systems/x/rehearsal, /systems/x/rehearsal/id
        given = dict(one.split("=", 1) for one in query.split("&") if one)
        asked = PageRequest(request.viewer, request.language, request.method, names, given, request.form)
        result = await page.show(asked)
        if result.redirect:
            return result.redirect
        if not result.template:
            return str(result.status)
        shown = self.view.page(
            result.template,
            Visitor(asked.viewer, "csrf-mark"),
            asked.language,
            folder=page.templates,
            path=path,
            **result.values,
        )
        return str(shown.text)


@pytest.fixture
async def house(migrated_sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """One system with one subscription that was never rehearsed."""
    database, clock = Database(migrated_sqlite_url), SystemClock()
    secrets = EventSecrets({"erp": SecretStr(SECRET)})
    registry = SystemRegistry(database, clock, CATALOG, secrets)
    client = WebhookClient(Allowed([]), 1, 1000)

    def entries(store: Store) -> Any:
        return systems_in(store, CATALOG)

    def fill(store: Store) -> None:
        for one in (OPS, ADMIN, OWNER, REP):
            store.people.upsert(PersonRecord(one.id, one.name, one.role))
        store.systems.save("erp", ENTRY, OPS.id, clock.now())
        settle(store, entries(store), secrets.put_in, clock.now())

    await database.write(fill)
    desk = SubscriptionDesk(database, clock, entries, registry)
    rehearsals = RehearsalFlow(database, clock, entries, RehearsalRun(client, secrets.put_in, CATALOG, Rules()))
    played = RehearsalDesk(rehearsals, database, entries)
    pages = [
        *system_pages(database, desk, CATALOG, clock, SHANGHAI),
        *sandbox_pages(database, played, SHANGHAI),
    ]
    view = View(load_settings(data=tmp_path), Seal(load_key(tmp_path), clock), pages)
    yield House(database, clock, desk, rehearsals, SandboxSkill(played), pages, view, FanOut(entries, clock))
    await client.close()
    database.close()


async def test_who_sees_what(house: House) -> None:
    """D9: sales ops and admins all systems, an owner their own; for others there is no such page."""
    assert "erp.example/hooks" in await house.get("/systems")
    assert "erp.example/hooks" in await house.get("/systems/erp", OWNER)
    assert "检查并生效" not in await house.get("/systems/erp", OWNER), "an entry says what a system may send"
    assert await house.post("/systems/erp", OWNER, do="apply", text=ENTRY) == "404"
    for path in ("/systems", "/systems/erp", "/systems/erp/rehearsal"):
        assert await house.get(path, REP) == "404"
    assert await house.post("/systems/erp", REP, do="remove") == "404"
    assert await house.get("/systems/none") == "404"
    assert SECRET not in await house.get("/systems/erp", ADMIN)


async def test_an_entry_is_checked_and_kept_in_versions(house: House) -> None:
    """C5: faults at their lines; what was written stays; a former version comes back."""
    wrong = await house.post("/systems/erp", do="apply", after="1", text=ENTRY.replace("kind: erp", "kind: erb"))
    assert all(words in wrong for words in ('role="alert"', ":3:", "kind: erb"))
    better = ENTRY.replace("title: erp", "title: 用友 ERP")
    assert await house.post("/systems/erp", do="apply", after="1", text=better) == "/systems/erp?done=applied"
    assert "用友 ERP" in await house.get("/systems")
    late = await house.post("/systems/erp", do="apply", after="1", text=ENTRY)
    assert 'role="alert"' in late, "somebody was quicker"
    assert "-title: 用友 ERP" not in await house.get("/systems/erp")
    assert "用友 ERP" in await house.get("/systems/erp?version=1")
    assert await house.post("/systems/erp", do="revert", number="1", after="2") == "/systems/erp?done=applied"
    other = entry("mes", listening("https://mes.example/", secrets="mes"))
    assert await house.post("/systems", text=other) == "/systems/mes?done=applied"
    assert "XIAOCE_EVENTS__SECRETS__MES" in await house.get("/systems/mes"), "the secret isn't set"
    assert await house.post("/systems/mes", do="remove") == "/systems?done=removed&count=0"


async def test_locked_opened_paused_enabled(house: House) -> None:
    """C8: what comes before is kept back; an admin opens with a reason, which stands on the page."""
    await house.accept(1, 2)
    page = await house.get("/systems/erp")
    assert "未演练" in page
    assert "暂存" in page
    refused = await house.post("/systems/erp/rehearsal", ADMIN, do="open", subscription="orders", reason=" ")
    assert 'role="alert"' in refused
    assert await house.post("/systems/erp/rehearsal", OPS, do="open", subscription="orders", reason="急") == "404"
    opened = await house.post("/systems/erp/rehearsal", ADMIN, do="open", subscription="orders", reason="老系统")
    assert opened == "/systems/erp?done=opened"
    page = await house.get("/systems/erp")
    assert all(words in page for words in ("蒋文博", "老系统", "正常", "待投递"))
    paused = await house.post("/systems/erp", OWNER, do="pause", subscription="orders", reason="盘点")
    assert paused == "/systems/erp?done=paused&count=0"
    assert "盘点" in await house.get("/systems/erp", OWNER)
    assert "已暂停" in await house.get("/systems")
    assert await house.post("/systems/erp", do="enable", subscription="orders") == "/systems/erp?done=enabled&count=0"
    assert await house.post("/systems/erp", do="enable", subscription="orders") == "/systems/erp?done=gone&count=0"


async def test_dead_letters_are_sent_again(house: House) -> None:
    """C3: one, all, or those of a stretch of time; why they failed is said in words."""
    await house.post("/systems/erp/rehearsal", ADMIN, do="open", subscription="orders", reason="试")
    await house.accept(1, 2, 3)

    def bury(store: Store) -> None:
        store.event_deliveries.bury("erp", "orders", "status|503", house.clock.now())

    await house.do(bury)
    page = await house.get("/systems/erp?state=dead")
    assert all(words in page for words in ("对方返回 503", "重发 3 条死信", "SO00001", 'class="dead"'))
    id_ = (await house.do(lambda store: store.event_deliveries.listing()))[0].id
    assert await house.post("/systems/erp", do="replay", id=str(id_)) == "/systems/erp?done=replayed&count=1"
    assert await house.post("/systems/erp", do="replay", id="99999") == "/systems/erp?done=none&count=0"
    times = {"since": "2020-01-01T00:00", "until": "2020-01-02T00:00"}
    assert (await house.post("/systems/erp", OPS, do="range", **times)).endswith("count=0")
    times["until"] = "2099-01-01T00:00"
    assert (await house.post("/systems/erp", OPS, do="range", **times)).endswith("count=2")
    assert "未演练" not in await house.get("/systems", language="zh")
    assert "Waiting" in await house.get("/systems/erp", language="en")


async def test_a_rehearsal_from_the_page_and_from_chat(house: House) -> None:
    """C8: begun, watched, and its report; what can't be done is said."""
    to = await house.post("/systems/erp/rehearsal", subscription="orders", events="100", fault_timeouts="1")
    running = await house.get(to)
    assert all(words in running for words in ("data-running", "<progress", "0 / 100"))
    again = await house.post("/systems/erp/rehearsal", subscription="orders", events="100")
    assert "正在演练" in again
    assert "正在演练：0 / 100" in await house.say("演练 erp")
    await house.rehearsals.perform(to.rpartition("/")[2])
    page = await house.get(to, language="en")
    assert all(words in page for words in ("did not pass", "None of the first", "Rules and results"))
    assert "演练记录" in await house.get("/systems/erp")
    assert "开始演练 erp/orders" in await house.say("请演练一下 ERP", OWNER)
    assert "不归您管" in await house.say("演练 erp", REP)
    assert await house.get("/systems/erp/rehearsal/r0") == "404"

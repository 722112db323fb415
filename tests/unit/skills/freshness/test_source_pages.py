"""B1, B12, D9: /sources: a file is connected, loaded, a refused row is mended, a late channel is put off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from adapters.sources.adapter import Limits, SourceReaders
from bot.contracts import Page, PageRequest, Person, Role
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.source_desk import PageDesk
from bot.flows.sources import SourcesFlow
from bot.flows.sources_definitions import Definitions
from bot.flows.sources_mending import Mending
from bot.loop_freshness import make_freshness
from config.settings import load_settings
from storage.database import Database
from storage.imports.files import ImportedTables
from storage.repositories.people import PersonRecord
from storage.store import Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI)
OPS = Person("O1", "周敏", Role.SALES_OPS)
OWNER = Person("C1", "钱学文", Role.CHANNEL_OWNER)
OTHER = Person("C2", "方晓", Role.CHANNEL_OWNER)
DEFINITION = """source: touches
title: 市场触点
system: marketing
owner: C1
from: {kind: file, path: touches.csv}
fresh: {by: exported_at, per: channel}
to: touch
fields: {id: touch_id, visitor_id: visitor, channel: channel, at: touched_at}
"""
ROWS = """touch_id,visitor,channel,touched_at,exported_at
T1,V1,展会扫码,2026-03-01 09:00:00,2026-03-01 21:00:00
T2,V2,搜索,2026-03-03 09:00:00,2026-03-04 02:00:00
T3,V3,搜索,上周三,2026-03-04 02:00:00
"""


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """The pages on a real database; loads are run by hand."""

    database: Database
    loads: SourcesFlow
    pages: list[Page]
    view: View

    async def get(self, path: str, viewer: Person = OPS, language: str = "zh") -> str:
        return await self._ask(PageRequest(viewer, language), path)

    async def post(self, path: str, viewer: Person = OPS, **form: str) -> str:
        """Where it leads, or the page that says what is wrong."""
        form = {name.replace("__", ":"): value for name, value in form.items()}
        return await self._ask(PageRequest(viewer, "zh", "POST", form=form), path)

    async def _ask(self, request: PageRequest, path: str) -> str:
        path, _, query = path.partition("?")
        name = path.removeprefix("/sources").strip("/")
        page = self.pages[1 if name else 0]
        assert request.viewer.role in page.roles
        asked = PageRequest(
            request.viewer,
            request.language,
            request.method,
            {"name": name} if name else {},
            dict([query.split("=")]) if query else {},
            request.form,
        )
        result = await page.show(asked)
        if result.redirect or not result.template:
            return result.redirect or str(result.status)
        visitor = Visitor(request.viewer, "csrf-mark")
        shown = self.view.page(
            result.template, visitor, request.language, folder=page.templates, path=path, **result.values
        )
        return str(shown.text)


@pytest.fixture
async def house(tmp_path: Path, migrated_sqlite_url: str) -> AsyncIterator[House]:
    """An owner, another one, sales ops, and a file that nobody has connected yet."""
    (tmp_path / "touches.csv").write_text(ROWS, encoding="utf-8")
    database, clock, settings = Database(migrated_sqlite_url), Clock(), load_settings(data=tmp_path / "data")
    engine = Engine(database)
    engine.enqueue = lambda _store, _job: None  # type: ignore[method-assign]  # no engine is started
    readers = SourceReaders([tmp_path], ImportedTables(1000), {}, Limits())
    made = make_freshness(settings, clock, database, DeliveryFlow(database, engine, clock, {}, (1,)), {})
    loads = SourcesFlow(database, None, clock, readers, settings.sources, "Asia/Shanghai", after=[made.flow.loaded])
    desk = PageDesk(loads, Definitions(database, clock, readers), Mending(database, clock, SHANGHAI))
    pages = made.pages(database, desk, clock)
    settings.data.mkdir()

    def fill(store: Store) -> None:
        for person in (OPS, OWNER, OTHER):
            store.people.upsert(PersonRecord(person.id, person.name, person.role))

    await database.write(fill)
    yield House(database, loads, pages, View(settings, Seal(load_key(settings.data), clock), pages))
    database.close()


async def test_from_a_definition_to_lights_and_mended_rows(house: House) -> None:
    """B1, B12: faults are said at their lines; what holds is loaded; a late channel is red; a bad row is mended."""
    assert "还没有接入数据源" in await house.get("/sources")
    wrong = await house.post("/sources", do="apply", text=DEFINITION.replace("touch_id,", "touch_id, nonsense: x,"))
    assert all(words in wrong for words in ('role="alert"', "nonsense", ":8:"))
    assert await house.post("/sources", do="apply", text=DEFINITION) == "/sources/touches?done=applied"
    running = await house.get("/sources?done=nothing-we-know")
    assert "data-running" in running
    assert "正在读取" in running
    await house.loads.run("touches")
    listed = await house.get("/sources")
    assert "data-running" not in listed
    assert all(
        words in listed for words in ("市场触点", "红灯 · 晚了", "展会扫码", "61 小时前", "钱学文", "03-04 02:00")
    )
    shown = await house.get("/sources/touches")
    assert all(words in shown for words in ("没收下的行（1）", "上周三", 'name="v:touched_at"', "T2", "v1"))
    assert shown.index('name="v:touched_at"') < shown.index('name="v:touch_id"'), "what is wrong comes first"
    [refused] = await house.database.read(lambda store: store.refusals.open("touches"))
    same = await house.post("/sources/touches", do="mend", id=str(refused.id), v__touched_at="上周三")
    assert "没有改动" in same
    mended = await house.post("/sources/touches", do="mend", id=str(refused.id), v__touched_at="2026-03-02 10:00")
    assert mended == "/sources/touches?done=mended"
    await house.loads.run("touches", "replay")
    assert "没有，全部收下了" in await house.get("/sources/touches")
    assert "没有改动：可能已经处理过" in await house.get("/sources?done=gone")
    again = await house.post("/sources/touches", do="mend", id=str(refused.id), v__touched_at="2026-03-02 11:00")
    assert again == "/sources/touches?done=gone"


async def test_owners_see_their_own_and_put_off_what_they_were_told(house: House) -> None:
    """D9, B12: another channel owner sees neither rows nor buttons; nobody but keepers applies definitions."""
    await house.post("/sources", do="apply", text=DEFINITION)
    await house.loads.run("touches")
    assert "接入或更新数据源" not in await house.get("/sources", OWNER)
    assert "展会扫码" in await house.get("/sources", OWNER)
    assert "您名下还没有数据源" in await house.get("/sources", OTHER)
    assert await house.get("/sources/touches", OTHER) == "404"
    assert await house.post("/sources", OTHER, do="load", source="touches") == "/sources?done=gone"
    assert await house.post("/sources", OTHER, do="apply", text="x") == "/sources"
    [alarm] = await house.database.read(lambda store: store.alarms.open("late"))
    put_off = {"do": "snooze", "alarms": str(alarm.id), "reason": "周末供应商不发数", "until": "monday"}
    assert await house.post("/sources", OTHER, **put_off) == "/sources?done=gone"
    assert await house.post("/sources", OWNER, **put_off) == "/sources?done=snoozed"
    assert "推迟到 03-09 08:30：周末供应商不发数" in await house.get("/sources", OWNER)
    assert await house.post("/sources/touches", OWNER, do="seen", alarms=str(alarm.id)) == "/sources/touches?done=seen"
    assert "负责人已知晓" in await house.get("/sources/touches", OWNER)
    english = await house.get("/sources/touches", OWNER, "en")
    assert all(words in english for words in ("Red · late", "Rows not taken (1)", "definition v1"))

"""Attribution in the product: numbers that sum, confidence beside them, rows behind them, nothing of others (B4–B6)."""

from __future__ import annotations

import csv
import math
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
import pytest_asyncio

from bot.contracts import Address, Clock, Context, Message, PageRequest, Person, Reply
from bot.flows.attribution import AttributionFlow
from config.attribution import load_channels
from config.groups.attribution import Attribution
from knowledge.journeys.built import Journeys, Worth
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import USUAL
from knowledge.journeys.paths import paths_of
from skills.attribution.answer import answer
from skills.attribution.confidence import set_confidence
from skills.attribution.desk import Desk
from skills.attribution.export import table
from skills.attribution.lines import lines
from skills.attribution.pages import AttributionPages, _may_know, attribution_pages
from skills.attribution.question import Question, read
from skills.attribution.rows import chain
from skills.attribution.skill import AttributionSkill
from skills.attribution.tracing import trace
from skills.attribution.words import Words
from storage.database import Database
from storage.warehouse import Warehouse
from tests.unit.skills.attribution.house import CHANNELS, DIRECTOR, EAST, FAIRS, NOW, OPS, keep, one_more

pytestmark = pytest.mark.asyncio(loop_scope="module")
ZONE = ZoneInfo("Asia/Shanghai")
WORDS = Words("zh", ZONE)


class Standing(Clock):
    def now(self):  # type: ignore[no-untyped-def]  # as the protocol says
        return NOW


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("attribution")
    (folder / "xiaoce.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    await database.write(keep)
    warehouse = Warehouse(database, folder / "warehouse", 128)
    yield Desk(database, warehouse, load_channels(), Attribution(draws=200), ZONE)
    await warehouse.close()
    database.close()


async def ask(desk: Desk, text: str, person: Person = OPS) -> Reply:
    message = Message("m", "console", f"user:{person.id}", person.id, "text", NOW, text=text)
    skill = AttributionSkill(desk, "http://here")
    [reply] = await skill.handle(message, Context(person, Address("console", f"user:{person.id}"), "zh", NOW))
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize("value", ["count", "amount", "payment"])
async def test_every_models_parts_sum_to_the_whole(desk: Desk, value: str) -> None:
    """B4: shares are 100.00 %, and the journeys behind each channel sum to its number, for every model."""
    question = read({"value": value}, desk.settings)
    found = await desk.find(OPS, question, NOW)
    assert found.answer.total == {"count": 40, "amount": 40 * 1000 + sum(range(0, 120, 3)), "payment": 20000}[value]
    for model in USUAL:
        assert math.isclose(math.fsum(found.answer.shares(model).values()), 100.0, abs_tol=1e-9), model
        for channel in CHANNELS:
            traced = trace(found.answer, model, channel)
            assert math.isclose(traced.listed, traced.total, rel_tol=1e-9), (model, channel)
            assert math.isclose(sum(part.part for part in traced.parts), traced.total, rel_tol=1e-9)


async def test_a_channel_that_only_led_to_others_is_traced_too() -> None:
    """B4: Markov credits it though no journey with it converted; its journeys' parts still sum to its number."""
    paths = paths_of([["论坛", "搜索"], ["搜索"]], [0, 3], nulls=[2, 1])
    keys = pa.chunked_array([["none:V1", "deal:D1"]])
    worth = Worth(paths.value, paths.value, paths.value)
    found = answer(Journeys(paths, worth, keys, keys), "count", ModelSettings(), 0)
    traced = trace(found, "markov", "论坛")
    assert found.credit("markov", "论坛") > 0
    assert math.isclose(traced.listed, traced.total)
    assert [part.key for part in traced.parts] == ["none:V1"]


async def test_money_in_and_out(desk: Desk) -> None:
    """What touches cost; return on it where money is asked for."""
    found = await desk.find(OPS, Question(value="payment"), NOW)
    rows = lines(found, OPS)
    assert sum(line.spent or 0 for line in rows) == 10 * sum(1 + number % 4 for number in range(120))
    best = rows[0]
    assert best.roas is not None
    assert best.spent is not None
    assert math.isclose(best.roas * best.spent, best.credit)


async def test_everybody_sees_their_own(desk: Desk) -> None:
    """D9: a manager the team's, a director the region's, a channel owner the campaigns'; drill-down likewise."""
    counts = {}
    for viewer in (OPS, EAST, DIRECTOR, FAIRS):
        found = await desk.find(viewer, Question(), NOW)
        counts[viewer.id] = found.answer.total
        assert found.seen.spends is (viewer in (OPS, FAIRS))
    assert counts["E4"] == 40
    assert counts["E2"] + counts["E3"] == 40
    assert 0 < counts["E5"] < 40
    east, south = "deal:D000", "deal:D003"
    assert (await desk.find(EAST, Question(), NOW)).answer.journeys.find(south) is None
    seen = await desk.database.read(lambda store: chain(store, EAST, east, ["T0000"]))
    assert [record.entity for record in seen.records] == ["lead", "deal", "contract", "payment"]
    assert (seen.amount, seen.paid) == (1000.0, 500.0)
    assert seen.records[1].sources == [("crm", 7, {"商机编号": "D000"})]
    assert seen.records[0].sources == [("crm", 7, {"线索编号": "L000", "手机": "•••"})]
    assert not {"mobile", "contact", "email"} & set(seen.records[0].facts)
    assert not _may_know(await desk.find(FAIRS, Question(), NOW), south)  # counted, but no single deal's money
    fairs = await desk.find(FAIRS, Question(conversion="lead", value="payment"), NOW)
    leads = sorted(fairs.seen.scope.leads)
    closed = await desk.database.read(lambda store: store.attribution.leads_with_hidden_deals(leads, FAIRS))
    assert closed
    assert closed < set(leads)
    page = AttributionPages(desk, Standing(), Path("unused"))
    query = {"channel": "展会扫码", "conversion": "lead", "value": "payment"}
    shown = (await page.journeys(PageRequest(FAIRS, "zh", query=query))).values
    assert {part.key for part in shown["trace"].parts if not shown["worth_of"](part.key)} >= {
        part.key for part in shown["trace"].parts if part.worth
    }
    hidden = await desk.database.read(lambda store: chain(store, EAST, south, ["T0030"]))
    assert hidden.records == []


async def test_confidence_stands_everywhere_and_is_changed_by_whom_it_concerns(desk: Desk) -> None:
    """B5: 85 % and 62 % by default; sales ops any channel, its owner that one, a manager none; audited."""
    card = (await ask(desk, "各渠道贡献")).card
    assert card
    body = "\n".join(section.body for section in card.sections)
    assert "| 展会扫码 | 62% |" in body
    assert "置信度 85%" in body
    assert (await ask(desk, "把展会扫码的置信度改成 70%", FAIRS)).text == "展会扫码的置信度已改为 70%。"
    assert "负责人能改" in (await ask(desk, "把搜索的置信度改成 10%", FAIRS)).text
    assert "负责人能改" in (await ask(desk, "把搜索的置信度改成 10%", EAST)).text
    assert "0–100" in (await ask(desk, "把搜索的置信度改成 170%")).text
    assert "请说清" in (await ask(desk, "渠道置信度改一下")).text
    [entry] = await desk.database.read(lambda store: store.audit.listing(OPS, actions=["attribution.confidence"]))
    assert (entry.actor, entry.subject, entry.detail["percent"]) == (FAIRS.id, "展会扫码", 70)
    [fair] = [line for line in lines(await desk.find(EAST, Question(), NOW), EAST) if line.channel == "展会扫码"]
    assert (fair.trust.percent, fair.trust.by, fair.settable) == (70, FAIRS.id, False)
    assert not await desk.database.write(lambda store: set_confidence(store, EAST, "搜索", 1, "", NOW))


async def test_answers_in_the_chat(desk: Desk) -> None:
    """The first line is the point; then models, intervals, method, and the way to the rows."""
    fair = (await ask(desk, "展会的贡献怎么算的")).card
    assert fair
    assert fair.headline.startswith("展会扫码带来赢单")
    assert "不是因果" in fair.summary
    assert "/attribution/journeys?" in fair.url
    paid = (await ask(desk, "搜索带来多少回款")).card
    assert paid
    assert paid.headline.startswith("搜索带来赢单的回款")
    without = (await ask(desk, "去掉展会会怎样")).card
    assert without
    assert without.headline.startswith("去掉展会扫码，这些旅程的赢单会少")
    assert "不是预测，也不是因果" in without.summary
    assert "想去掉哪个渠道" in (await ask(desk, "去掉会怎样")).text
    assert "夜间重估" in (await ask(desk, "归因上次以来变了什么")).text
    assert (await ask(desk, "为什么模型不一样")).card


async def test_nothing_to_attribute_is_said(desk: Desk) -> None:
    nobody = Person("E77", "新来的", OPS.role.MANAGER, team="空组")
    assert "还没有可归因的赢单" in (await ask(desk, "归因", nobody)).text
    result = await AttributionPages(desk, Standing(), Path("unused")).overview(PageRequest(nobody, "zh"))
    assert result.values["rows"] == []


async def test_the_night_keeps_an_estimate_and_explains_the_change(desk: Desk) -> None:
    """B6: a win more in the morning, and what it changed, in words. Other roles don't see the company's."""
    flow = AttributionFlow(desk, desk.warehouse, Standing())
    await flow.nightly(NOW)
    await desk.database.write(one_more)
    await flow.nightly(NOW + timedelta(days=1))
    await flow.nightly(NOW + timedelta(days=1))  # again, after a crash: the same estimate, not one that changed nothing
    told = (await ask(desk, "归因上次以来变了什么")).card
    assert told
    assert "新增 1 次转化" in told.headline
    assert "新增的 1 次里 1 次有它参与" in told.summary
    assert "夜间重估" in (await ask(desk, "归因上次以来变了什么", EAST)).text


async def test_the_file(desk: Desk, tmp_path: Path) -> None:
    """All channels and models; what a spreadsheet would run is text."""
    found = await desk.find(OPS, Question(), NOW)
    read_back = list(csv.reader(table(found, lines(found, OPS), WORDS).splitlines()))
    assert len(read_back[0]) == 7 + len(USUAL)
    assert {row[0] for row in read_back[1:4]} == set(CHANNELS)
    pages = AttributionPages(desk, Standing(), tmp_path)
    result = await pages.export(PageRequest(OPS, "zh"))
    assert result.file
    assert result.file.path.read_bytes().startswith(b"\xef\xbb\xbf")


async def test_a_full_disk_is_said(desk: Desk, tmp_path: Path) -> None:
    """No copy can be made: chat and page say so and what to do; nothing else breaks."""
    (tmp_path / "warehouse").write_text("a file where the folder should be")
    warehouse = Warehouse(desk.database, tmp_path / "warehouse", 128)
    broken = Desk(desk.database, warehouse, desk.channels, desk.settings, ZONE)
    assert "检查磁盘空间" in (await ask(broken, "归因")).text
    [page, *_] = attribution_pages(broken, Standing(), tmp_path)
    assert (await page.show(PageRequest(OPS, "zh"))).status == 503
    await warehouse.close()


async def test_strange_addresses(desk: Desk, tmp_path: Path) -> None:
    pages = AttributionPages(desk, Standing(), tmp_path)
    strange = {"model": "x", "level": "'", "lookback": "-1", "span": "９", "value": "", "without0": "没有的渠道"}
    result = await pages.overview(PageRequest(OPS, "zh", query=strange))
    assert result.values["question"] == Question(removed=("没有的渠道",))
    assert result.values["removal"] == ""
    assert (await pages.journeys(PageRequest(OPS, "zh", query={"channel": "没有"}))).status == 404
    assert (await pages.journey(PageRequest(OPS, "zh", path={"key": "deal:x"}))).status == 404
    wrong = PageRequest(OPS, "zh", "POST", form={"channel": "搜索", "percent": "abc"})
    assert (await pages.overview(wrong)).status == 422

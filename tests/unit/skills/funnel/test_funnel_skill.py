"""B7, B8, B10, B11, B15 in chat and console: the sample company's planted facts are found, by whoever may see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from bot.contracts import Card, PageRequest, Person, Role
from bot.contracts.person import OPERATOR
from config.settings import Settings
from knowledge.funnel.stored import load_marks
from knowledge.playbook.vocabulary import Vocabulary
from skills.funnel.pages import funnel_pages
from skills.funnel.skill import FunnelSkill
from skills.funnel.understanding import understand
from storage.database import Database
from tests.unit.skills.funnel.sample import NOW, TODAY, ZONE, load
from tests.unit.skills.house import Chat, open_database

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = Vocabulary.load()
MANAGER = Person("E2001", "主管", Role.MANAGER, "华东组", ("华东",))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sample(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    folder = tmp_path_factory.mktemp("sample")
    database = open_database(folder)
    await load(database, folder / "company")
    yield database
    database.close()


async def card(database: Database, text: str, viewer: Person = OPERATOR) -> Card:
    return await Chat(FunnelSkill(database, WORDS, "http://x", "Asia/Shanghai"), database, viewer).card(text)


async def test_rejected_leads_that_came_back_are_found(sample: Database) -> None:
    """Planted: 480 of 1,500 (32 %), of which 200 (41.7 %) converted later."""
    found = await card(sample, "拒绝的线索里有多少后来成交")
    assert "480 条线索被标为无效（占 32.0%），其中 200 条（41.7%）后来成了商机" in found.headline
    assert "200/480" in found.summary
    assert any("280 条" in section.body or "条，如" in section.body for section in found.sections)


async def test_the_weak_industry_is_marked_alone(sample: Database) -> None:
    """Planted: 新能源 12 %, all others together 30 %; also in the report of a load."""
    found = await card(sample, "新能源转化为什么低")
    assert found.headline.startswith("新能源 线索→SQL 11.8%")
    assert "明显偏低" in found.headline
    marks = await sample.read(lambda store: load_marks(store, NOW, ZONE))
    assert [one.split()[0] for one in marks] == ["新能源"]


async def test_the_whole_funnel_and_what_is_not_connected(sample: Database) -> None:
    found = await card(sample, "线索转化率怎么样")
    assert "27.8%" in found.headline
    assert "417/1,500" in found.headline
    channels = next(one.body for one in found.sections if one.title == "渠道")
    assert "| 展会扫码 |" in channels
    assert "62 %" in channels, "how far the channel is trusted (B5)"
    missing = await card(sample, "还有哪些数据没接入")
    assert missing.headline.startswith("未接入：工单。")


async def test_a_change_is_explained_or_called_chance(sample: Database) -> None:
    """Seven leads in a week say nothing: the card says so, and looks at more days."""
    found = await card(sample, "上周华东线索转化为什么跌了")
    assert "华东、2026-07-06 至 2026-07-12" in found.headline
    assert "可能只是偶然" in found.summary
    assert any("近 90 天" in one.title for one in found.sections)


async def test_every_proposal_has_its_arithmetic(sample: Database) -> None:
    found = await card(sample, "预算该往哪调")
    assert found.headline.startswith("预算：把")
    bodies = "\n".join(one.body for one in found.sections)
    assert all(words in bodies for words in ("每个赢单花", "ROAS", "数据可信度", "多 34 个 SQL", "200/480"))


async def test_a_manager_is_not_told_a_rate_that_would_be_wrong(sample: Database) -> None:
    """D9: a manager sees leads through deals alone; a rate over them would be 100 %."""
    found = await card(sample, "线索转化率怎么样", MANAGER)
    assert found.headline.startswith("您能看到的商机")
    assert "不算线索转化率" in found.summary
    assert "%" not in found.headline


async def test_the_smallest_loop_works_and_the_empty_one_says_so(tmp_path: Path) -> None:
    """B11: nothing but leads and deals is needed; without these there is no number."""
    database = open_database(tmp_path)
    found = await card(database, "线索转化率怎么样")
    assert "没有线索" in found.headline
    assert "缺 线索、商机 就没有漏斗" in found.summary
    for text in ("拒绝的线索里有多少后来成交", "预算该往哪调", "上周线索转化为什么跌了", "各行业转化和基准比怎么样"):
        assert (await card(database, text)).headline
    database.close()


@pytest.mark.parametrize(
    "query", [{}, {"days": "90", "by": "month", "along": "region"}, {"days": "x", "by": "'"}], ids=str
)
async def test_the_page_draws_it(sample: Database, tmp_path: Path, query: dict[str, str]) -> None:
    clock = type("Still", (), {"now": lambda self: NOW})()
    [page] = funnel_pages(sample, clock, "Asia/Shanghai")
    view = View(Settings(data=tmp_path), Seal(load_key(tmp_path), clock), [page])
    for viewer, words in ((OPERATOR, "480 条线索被标为无效"), (MANAGER, "不算线索转化率")):
        result = await page.show(PageRequest(viewer, "zh", query=query))
        html = view.page(
            "funnel.html", Visitor(viewer, "x"), "zh", folder=page.templates, path="/funnel", **result.values
        )
        assert words in str(html.text)
        assert '<rect x="' in str(html.text)
        folded = str(html.text).count('<details class="fold">')
        assert folded >= (4 if viewer is OPERATOR else 0), "a phone's first screens carry the point"


@pytest.mark.parametrize(
    ("text", "intent", "region"),
    [
        ("上周华东线索转化为什么跌了", "why", "华东"),
        ("华东上月转化为什么下降", "why", "华东"),
        ("线索转化率怎么样", "overview", ""),
        ("拒绝的线索里有多少后来成交", "rejected", ""),
        ("新能源转化为什么低", "industry", ""),
        ("预算该往哪调", "advice", ""),
        ("还有哪些数据没接入", "connected", ""),
        ("why did lead conversion rate drop last week in East China", "why", "华东"),
        ("how many rejected leads converted later", "rejected", ""),
        ("where should the budget go", "advice", ""),
        ("which data is not connected yet", "connected", ""),
    ],
)
async def test_questions_are_understood(text: str, intent: str, region: str) -> None:
    found = understand(text, WORDS, TODAY)
    assert (found.intent, found.region) == (intent, region)

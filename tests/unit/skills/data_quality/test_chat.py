"""B13 in chat: the board, one gate, and pairs with buttons; in both languages, of one's own rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from knowledge.quality.gates import load_standards
from skills.data_quality.skill import DataQualitySkill
from skills.data_quality.understanding import read
from skills.data_quality.words import percent, sureness
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.identity import SEARCHED, Match
from storage.store import Store
from tests.unit.skills.house import MANAGER, NOW, OPS, REP, Chat, fill, open_database

STANDARDS = load_standards()
TWIN = Customer("C5", "苏州泓达农业机械有限责任公司", "泓达农机", "", "江苏", "华东", None, "E1")


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(tmp_path)

    def begin(store: Store) -> None:
        fill(store)
        store.customers.upsert(TWIN)
        store.identity.propose([Match("customer", "C1", "C5", 0.998, {"brand": "key", "place": "same"}, NOW)])
        store.audit.add("identity", SEARCHED, "", {}, NOW)

    await database.write(begin)
    yield database
    database.close()


@pytest.fixture
def skill(database: Database) -> DataQualitySkill:
    return DataQualitySkill(database, STANDARDS, "http://x", ZoneInfo("Asia/Shanghai"), 7)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("数据质量怎么样", "board"),
        ("有哪些重复客户", "pairs"),
        ("which customers are duplicates", "pairs"),
        ("哪些客户缺行业", "customer.industry.filled"),
        ("which customers have no industry", "customer.industry.filled"),
        ("哪些客户没填年采购额", "customer.annual_amount.filled"),
        ("线索缺手机的有哪些", "lead.mobile.filled"),
        ("线索有多少无效的", "lead.valid"),
        ("how many leads are invalid", "lead.valid"),
        ("行业写得不规范的有哪些", "customer.industry.listed"),
        ("哪些回款对不上合同", "payment.linked"),
        ("payments without a contract", "payment.linked"),
        ("有没有日期不合理的商机", "deal.possible"),
        ("show the data quality gates", "board"),
    ],
)
def test_what_is_asked_for(text: str, wish: str) -> None:
    asked = read(text, STANDARDS)
    assert (asked.gate.name if asked.gate else asked.wish) == wish


async def test_the_board_begins_with_what_is_red(database: Database, skill: DataQualitySkill) -> None:
    card = await Chat(skill, database, OPS).card("数据质量怎么样")
    assert card.headline.startswith("数据质量：")
    assert "客户·行业填写率 80%" in card.summary
    english = await Chat(skill, database, OPS, "en").card("how good is our data")
    assert "Customer: Industry filled in 80%" in english.summary


async def test_a_gate_names_its_rows_and_what_to_do(database: Database, skill: DataQualitySkill) -> None:
    card = await Chat(skill, database, REP).card("哪些客户缺行业")
    assert card.headline == "客户·行业填写率：75%"
    assert "4 条里 1 条没填" in card.summary
    assert any("C5 苏州泓达农业机械有限责任公司 · 张敏" in section.body for section in card.sections)
    none = await Chat(skill, database, REP).card("线索有多少无效的")
    assert none.headline == "还没有线索的数据。"


async def test_a_manager_merges_and_the_list_is_empty(database: Database, skill: DataQualitySkill) -> None:
    chat = Chat(skill, database, MANAGER)
    card = await chat.card("有哪些重复客户")
    assert [action.key for action in card.actions] == ["merge", "apart", "later"]
    assert "名称相同，只是写法不同；同一城市。" in card.summary
    later = await chat.press(card, "later")
    assert later[0].card
    assert later[0].card.notice == "先放着，随时可以再看。"
    again = await chat.card("有哪些重复客户")
    done, rest = await chat.press(again, "merge")
    assert done.card
    assert done.card.notice.startswith("已合并，保留 苏州泓达农业机械有限公司")
    assert rest.text == "没有待确认的重复客户。"
    assert await database.read(lambda store: store.identity.effective("C5")) == "C1"
    twice = await chat.press(card, "apart")
    assert twice[0].card
    assert "已经处理过" in twice[0].card.notice


async def test_who_doesnt_decide_hears_how_many(database: Database, skill: DataQualitySkill) -> None:
    (reply,) = await Chat(skill, database, REP).say("有哪些重复客户")
    assert "1 对" in reply.text
    assert reply.card is None


def test_figures_are_never_flattered() -> None:
    """94.96 % isn't 95 %, and nothing is 100 % sure."""
    assert (percent(0.9496), percent(0.95), percent(1)) == ("94.9%", "95%", "100%")
    assert sureness(0.9999) == "99"

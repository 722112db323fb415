"""B9: every number of an answer is the result's; what can't be computed, is few or late says so (B5, B12)."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.metrics.plan import Filter, Order, Plan, Span, Threshold
from skills.questions import cards
from skills.questions.answering import Answering, Asker
from skills.questions.remarks import remarks
from skills.questions.sentences import headline
from storage.repositories.lights import Light
from storage.store import Store
from tests.unit.knowledge.metrics.small_company import NOVEMBER, NOW, OPS
from tests.unit.skills.questions.told import unexplained

pytestmark = pytest.mark.asyncio(loop_scope="package")

YEAR = Span(date(2026, 1, 1), date(2026, 11, 20), "今年")
PLANS = {
    "value": Plan(metrics=("leads",), span=NOVEMBER),
    "usual days": Plan(metrics=("won_amount",)),
    "now": Plan(metrics=("open_deals",)),
    "rate": Plan(metrics=("win_rate",), span=NOVEMBER),
    "by channel": Plan(metrics=("leads",), by=("channel",), span=YEAR),
    "rate by channel": Plan(metrics=("mql_to_sql",), by=("channel",), span=NOVEMBER, against="before"),
    "two things": Plan(metrics=("won_amount",), by=("region",), where=(Filter("region", ("华东", "华南")),), span=YEAR),
    "ranking": Plan(metrics=("won_amount",), by=("rep",), order=Order("won_amount"), limit=1, span=YEAR),
    "trend": Plan(metrics=("payments_received",), grain="month", against="year_ago"),
    "trend by": Plan(metrics=("leads",), by=("channel",), grain="week"),
    "share": Plan(metrics=("leads",), by=("channel",), share=True, span=YEAR),
    "threshold": Plan(
        metrics=("won_amount",), by=("rep",), having=(Threshold("won_amount", ">", 1_000_000),), span=YEAR
    ),
    "several": Plan(metrics=("leads", "won_deals", "win_rate"), span=NOVEMBER),
    "two dimensions": Plan(metrics=("quoted_amount",), by=("region", "product"), span=YEAR),
    "list": Plan(kind="list", rows="deal", having=(Threshold("amount", ">", 400_000),), order=Order("amount")),
    "evidence": Plan(kind="evidence", metrics=("win_rate",), span=NOVEMBER),
    "nothing": Plan(metrics=("win_rate",), span=Span(date(2020, 1, 1), date(2020, 1, 31))),
    "compared with nothing": Plan(metrics=("average_deal",), span=NOVEMBER, against="year_ago"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PLANS)
async def test_every_number_is_the_results(answering: Answering, name: str, language: str) -> None:
    """Found again in the result by arithmetic of its own, not by how numbers are written."""
    answer = await answering.desk.answer(PLANS[name], OPS, NOW, language, ("x",))
    card = cards.answered(answer, "http://xiaoce.example")
    assert unexplained(answer, card) == []


async def test_the_checker_notices(answering: Answering) -> None:
    """The test above can fail."""
    answer = await answering.desk.answer(PLANS["value"], OPS, NOW, "zh")
    card = cards.answered(answer, "", point="11-01 至 11-20的线索数：7（99%），11-19")
    assert unexplained(answer, card) == ["11-19", "7", "99%"]


async def test_what_is_said(answering: Answering) -> None:
    """The number, its comparison, its flags."""

    async def told(name: str) -> str:
        answer = await answering.desk.answer(PLANS[name], OPS, NOW, "zh")
        return " ".join((headline(answer), *remarks(answer)))

    assert await told("value") == "11-01 至 11-20的线索数：4。 比前一期（10-01 至 10-20，1）多 3（+300.0%）。"
    assert "50.0%" in await told("two things") or "万元" in await told("two things")
    assert (await told("rate")).startswith("11-01 至 11-20的赢单率：66.7%（2/3）。")
    assert "样本少（n=3），仅供参考。" in await told("rate")
    assert "没有数据。" in await told("nothing")
    assert "没说时间，按 10-22 至 11-20 算。" in await told("usual days")
    assert "这是现在的数" in await told("now")
    assert "（置信度 85%）" in await told("by channel")


async def test_late_data_is_flagged(answering: Answering, ops: Asker) -> None:
    """B12: behind touches, not behind payments."""

    def late(store: Store) -> None:
        light = Light("touches", "展会扫码", "市场触点", "touch", "E5001", None, None, "red", NOW)
        store.lights.put([light])

    await answering.desk.database.write(late)
    touches = await answering.desk.answer(Plan(metrics=("touches",), span=NOVEMBER), OPS, NOW, "zh")
    paid = await answering.desk.answer(Plan(metrics=("payments_received",), span=NOVEMBER), OPS, NOW, "zh")
    assert any("展会扫码" in line for line in remarks(touches))
    assert not any("展会扫码" in line for line in remarks(paid))

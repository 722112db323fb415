"""B9, B10, A13, D1: what a critical reader of answers looks for: premises, ties, lists, and what a model proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.contracts.model import NoModel
from knowledge.metrics.explaining import Explained, explain
from knowledge.metrics.plan import Filter, Order, Plan, Span
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.result import Group, Result
from knowledge.questions.outcome import Understood, Unknown
from skills.questions.answering import Answering, Asker
from skills.questions.columns import MOST, chosen
from skills.questions.desk import Desk
from skills.questions.presenting import fair
from skills.questions.reasoning import behind_of, distinct
from skills.questions.table import narrow, table
from tests.unit.knowledge.metrics.small_company import MANAGER, NOVEMBER, NOW, OPS

pytestmark = pytest.mark.asyncio(loop_scope="package")

YEAR = Span(date(2026, 1, 1), date(2026, 11, 20), "今年")


class Fills(NoModel):
    """A model that understands everybody alike; `available` as told, and it counts how often it is asked."""

    def __init__(self, *, available: bool = True, **said: Any) -> None:
        self._available, self.said, self.asked = available, said, 0

    @property
    def available(self) -> bool:  # type: ignore[override]  # a plain attribute in NoModel
        return self._available

    async def fill(self, instruction: str, text: str, schema: type[Any]) -> Any:
        self.asked += 1
        return schema(**self.said)


def with_model(answering: Answering, model: Fills) -> Desk:
    desk = answering.desk
    return Desk(desk.database, desk.warehouse, lambda: desk.registry, desk.vocabulary, desk.zone, model)


async def test_a_wrong_premise_is_told_first(answering: Answering, ops: Asker) -> None:
    """B10: 为什么跌了 of what rose."""
    plan = Plan(kind="why", metrics=("leads",), span=NOVEMBER, against="before")
    fell = await answering.make(plan, ops, ("本月线索为什么跌了",))
    rose = await answering.make(plan, ops, ("本月线索为什么涨了",))
    assert fell.card
    assert rose.card
    assert fell.card.headline.startswith("其实没有下降。")
    assert rose.card.headline.startswith("本月" if NOVEMBER.said else "11-01")
    assert "样本少（前一段" in fell.card.summary


async def test_nobody_is_the_reason(answering: Answering) -> None:
    """A13: neither unasked nor when asked by rep; the same rows under two names are told once."""
    for by in ((), ("rep",)):
        plan = Plan(kind="why", metrics=("won_amount",), by=by, span=YEAR, against="before")
        found = await explain(plan, OPS, NOW, answering.desk.sources())
        assert "rep" not in found.dimensions
        told = distinct((found.rates or found.sums).findings)  # type: ignore[union-attr]  # one of them always is
        assert len({(one.kind, one.part.before, one.part.after) for one in told}) == len(told)


async def test_a_supposition_has_both_numbers(answering: Answering, ops: Asker) -> None:
    """B9: what is computed besides the answer is what its card says."""
    scope = await answering.desk.scope("", OPS, NOW, "zh")
    outcome = await answering.desk.read("如果没有搜索渠道，今年的线索会怎样", scope)
    assert isinstance(outcome, Understood)
    answer = await answering.desk.answer(outcome.plan, OPS, NOW, "zh")
    card = await answering.card(answer, await behind_of(answering.desk, answer))
    assert "假设没有搜索" in card.headline
    assert "假设没有搜索" in card.facts[0].value
    assert not isinstance(await behind_of(answering.desk, answer), Explained | None)


async def test_a_list_shows_what_matters(answering: Answering, ops: Asker) -> None:
    """Three rows on the face, the largest first; six columns; the count and the sum in the first line."""
    scope = await answering.desk.scope("", OPS, NOW, "zh")
    outcome = await answering.desk.read("超过40万的商机有几个", scope)
    assert isinstance(outcome, Understood)
    answer = await answering.desk.answer(outcome.plan, OPS, NOW, "zh")
    amounts = [row["amount"] for row in answer.result.listed]
    assert amounts == sorted(amounts, reverse=True)
    card = await answering.card(answer)
    assert "（预计金额超过 40 万元）" in card.headline
    assert f"共 {len(amounts)} 条" in card.headline
    face = card.summary.split("\n\n")[0].splitlines()
    assert len(face) == min(3, len(amounts))
    assert face[0].startswith("1. ")
    assert "万元" in face[0]
    shown = narrow(table(answer), answer)
    assert len(shown.heads) <= MOST < len(table(answer).heads)
    assert {"id", "amount"} <= {head.column for head in shown.heads}


async def test_columns_are_about_the_question(answering: Answering) -> None:
    """Days without follow-up of stalled deals, the day of payment of what is due."""
    registry = answering.desk.registry
    columns = [name for name, one in registry.tables["deal"].columns.items() if one.listed]
    said = {name: {"a", "b"} for name in columns}
    stalled = chosen(Plan(kind="list", rows="deal", metrics=("stalled_deals",)), registry, "deal", columns, said)
    assert {"id", "name", "owner_name", "amount", "idle_days"} <= set(stalled)
    won = Plan(kind="list", rows="deal", where=(Filter("result", ("won",)),))
    assert "closed" in chosen(won, registry, "deal", columns, said)


async def test_a_month_that_was_cut_is_told(answering: Answering, ops: Asker) -> None:
    """近半年按月 begins on the 21st: so little in that month is no fall."""
    plan = Plan(metrics=("payments_received",), span=Span(date(2026, 10, 21), date(2026, 11, 20)), grain="month")
    made = await answering.make(plan, ops)
    assert made.card
    assert "2026-10 只从 10-21 算起，不是整段。" in made.card.summary
    whole = await answering.make(replace(plan, span=Span(date(2026, 10, 1), date(2026, 11, 20))), ops)
    assert whole.card
    assert "算起" not in whole.card.summary


async def test_ones_own_team_is_not_named_twice(answering: Answering) -> None:
    """您团队的 says it already."""
    plan = Plan(metrics=("won_amount",), where=(Filter("team", ("华东组",)),), span=YEAR)
    made = await answering.make(plan, Asker(MANAGER, NOW, "zh"))
    assert made.card
    assert made.card.headline.startswith("您团队今年")
    assert "华东组" not in made.card.headline


async def test_ties_are_told() -> None:
    """Who shares the last place stays; 未填 takes none."""
    plan = Plan(metrics=("x",), by=("rep",), order=Order("x"), limit=1)
    groups = [Group((key,), {"x": value}) for key, value in (("", 9.0), ("A", 2.0), ("B", 2.0), ("C", 1.0))]
    found = fair(Result(replace(plan, limit=21), groups, groups[0], 14, more=5), plan)
    assert [one.key for one in found.groups] == [("A",), ("B",), ("",)]
    assert found.more == 6
    assert found.plan == plan
    assert fair(Result(plan, groups, groups[0], 14), Plan(metrics=("x",), by=("rep",))).groups == groups


async def test_a_model_proposes_only_what_the_grammar_does_not_know(answering: Answering) -> None:
    """D1: asked only then; the plan is checked; the answer says so; down or wrong: as without a model."""
    text = "咱家单子谁家地盘成色最足"
    scope = await answering.desk.scope(text, OPS, NOW, "zh")
    sound = Fills(metrics=["won_amount"], by=["region"], order="most")
    desk = with_model(answering, sound)
    assert isinstance(await desk.read("本月线索多少", scope), Understood)
    assert isinstance(await desk.read(text, scope, surely=True), Unknown)
    assert sound.asked == 0
    outcome = await desk.read(text, scope)
    assert isinstance(outcome, Understood)
    answer = await desk.answer(outcome.plan, OPS, NOW, "zh", (text,), outcome.pieces)
    card = await answering.card(answer)
    assert card.facts[0].value.endswith("（由模型理解）")
    for model in (
        Fills(available=False, metrics=["won_amount"]),
        Fills(metrics=["made_up"]),
        Fills(metrics=["won_amount"], time="上周"),
    ):
        assert isinstance(await with_model(answering, model).read(text, scope), Unknown)


async def test_a_model_of_attribution_has_its_page(answering: Answering, ops: Asker) -> None:
    """B9: the sentence leads there."""
    made = await answering.make(Plan(metrics=("won_amount",), by=("channel",), model="linear"), ops)
    assert made.text.endswith("http://xiaoce.example/attribution?model=linear")
    assert "http" not in answering.sorry(NotAnswerable("why", metric="leads"), ops)

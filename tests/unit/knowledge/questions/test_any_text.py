"""B9, B14: whatever is written, reading never raises and never takes a character twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.contracts.model import NoModel
from knowledge.metrics.plan import Plan, dump, read
from knowledge.questions.lexicon import lexicon
from knowledge.questions.outcome import Ambiguous, Fault, Scope, Understood, Unknown
from knowledge.questions.proposals import Proposal, checked, plan_of, proposed
from knowledge.questions.reading import folded
from knowledge.questions.reading import read as pieces_of
from knowledge.questions.understanding import is_question, understand

WORDS = [
    "上周",
    "线索",
    "各",
    "渠道",
    "前三",
    "最高",
    "占比",
    "超过",
    "100万",
    "三成",
    "除了",
    "抖音",
    "华东",
    "为什么",
    "如果",
    "去掉",
    "翻一倍",
    "按月",
    "趋势",
    "对比",
    "和",
    "我",
    "谁",
    "哪些",
    "商机",
    "清单",
    "2月30日",
    "怎么算",
    "的",
    "呢",
    "换成",
    "回款",
    "同比",
    "leads",
    "by",
    "channel",
    "last",
    "week",
    "top",
    "3",
    "why",
    "what",
    "if",
    "drop",
    "over",
    "1m",
    "my",
    ",",
    "。",
    "'",
    ";",
    "select",
    "满意指数",
    "A级",
    "P1",
    "从",
    "到",
    "以来",
    "截至",
]
LASTS = (None, read({"metrics": ["leads"], "by": ["channel"]}), read({"kind": "list", "rows": "deal"}))
sentences = st.lists(st.sampled_from(WORDS), max_size=9).map("".join) | st.lists(
    st.sampled_from(WORDS), max_size=9
).map(" ".join)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(text=sentences | st.text(max_size=40), last=st.sampled_from(LASTS))
def test_reading_never_raises_and_plans_name_what_exists(text: str, last: Plan | None, scope: Scope) -> None:
    found = understand(text, replace(scope, last=last))
    assert isinstance(found, Understood | Ambiguous | Unknown | Fault)
    plans = [found.plan] if isinstance(found, Understood) else []
    plans += [one.plan for one in found.choices] if isinstance(found, Ambiguous) else []
    for plan in plans:
        assert checked(plan, scope) == plan
        assert read(dump(plan)) == plan
    assert isinstance(is_question(text, scope), bool)


@relaxed
@given(text=sentences | st.text(max_size=60))
def test_pieces_do_not_overlap_and_stand_where_they_say(text: str, scope: Scope) -> None:
    sentence = folded(text)
    tokens = pieces_of(sentence, lexicon(scope), scope.today)
    assert all(one.end <= other.start for one, other in pairwise(tokens))
    assert all(one.said and sentence[one.start : one.end] == one.said for one in tokens if one.has("unknown"))


@pytest.mark.parametrize(
    "text",
    [
        "客户说太贵了怎么回",
        "上周的通话总结",
        "设置静音",
        "客户压价",
        "谢谢",
        "帮助",
        "客户嫌贵",
        "The customer has no budget this year",
    ],
)
def test_what_others_are_told_is_no_question_of_figures(text: str, scope: Scope) -> None:
    assert not is_question(text, scope)


@pytest.mark.parametrize("text", ["上周线索", "我这个月赢了几单", "leads by channel", "今年的收入", "2月30日线索"])
def test_questions_of_figures_are_recognised(text: str, scope: Scope) -> None:
    assert is_question(text, scope)


def test_follow_ups_are_questions_only_behind_one(scope: Scope) -> None:
    assert not is_question("那华南呢", scope)
    assert is_question("那华南呢", replace(scope, last=LASTS[1]))


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        ({"metrics": ["profit"]}, "profit"),
        ({"metrics": ["leads"], "by": ["salary"]}, "salary"),
        ({"metrics": ["leads"], "where": [{"dimension": "channel", "values": ["微博"]}]}, "微博"),
        ({"metrics": ["leads"], "order": {"by": "id; drop table"}}, "id; drop table"),
        ({"kind": "list", "metrics": ["leads"]}, "rows"),
        ({"kind": "what_if", "metrics": ["leads"]}, "change"),
        ({"metrics": ["leads"], "limit": 100_000}, "limit"),
        ({"metrics": ["leads"], "span": {"first": "2026-11-02", "last": "2026-11-01"}}, "span"),
    ],
)
def test_plans_are_checked_whoever_made_them(plan: dict[str, object], wrong: str, scope: Scope) -> None:
    found = checked(read(plan), scope)
    assert isinstance(found, Fault)
    assert found.values["said"] == wrong


QUESTION = "上周抖音拉来的潜客，前三个区域"  # 潜客 is no word of the registry


@pytest.mark.parametrize(
    "filled",
    [
        Proposal(metrics=["leads"], values=["微信"]),  # not in the question
        Proposal(metrics=["leads"], time="2026-11-09"),
        Proposal(metrics=["leads"], limit="5"),
        Proposal(metrics=["prospects"]),
        Proposal(metrics=["leads"], by=["area"]),
        Proposal(metrics=["leads"], values=["潜客"]),  # in the question, and no value
        Proposal(),
    ],
    ids=range(7),
)
def test_a_proposal_may_choose_but_not_invent(filled: Proposal, scope: Scope) -> None:
    """D1: names are ours, everything else is the question's."""
    assert isinstance(plan_of(filled, QUESTION, scope), Fault)


class Fills(NoModel):
    """A model that fills in the same each time."""

    available = True

    async def fill(self, instruction: str, text: str, schema: type[Any]) -> Any:
        assert "leads" in instruction
        return schema(metrics=["leads"], by=["region"], values=["抖音"], time="上周", order="most", limit="三")


def test_a_sound_proposal_is_a_plan_like_any_other(scope: Scope) -> None:
    assert isinstance(understand(QUESTION, scope), Unknown)
    found = asyncio.run(proposed(QUESTION, scope, Fills()))
    assert found is not None
    assert found.plan == read(
        {
            "metrics": ["leads"],
            "by": ["region"],
            "where": [{"dimension": "channel", "values": ["抖音"]}],
            "span": {"first": "2026-11-09", "last": "2026-11-15"},
            "order": {"by": "leads"},
            "limit": 3,
        }
    )
    assert asyncio.run(proposed(QUESTION, scope, NoModel())) is None

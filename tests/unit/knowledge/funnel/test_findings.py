"""B7, B8, B15 by hand: benchmarks, rejected leads, advice; and that too little says nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from knowledge.funnel.advice import Advised, ChannelCost, advise, byar, costs
from knowledge.funnel.benchmarks import deviations, load_benchmarks
from knowledge.funnel.rescue import by_owner, rescue
from skills.funnel.words import Words
from storage.repositories.funnel import Rejected, Stages
from storage.repositories.funnel_money import ChannelMoney
from storage.repositories.lights import Flag

TODAY = date(2026, 7, 15)
MARKED = datetime(2026, 1, 10, 2, tzinfo=UTC)


def test_the_only_benchmark_is_the_one_with_a_source() -> None:
    """B8: fast-moving goods 23.7 %, from the requirements; nothing else is known, and nothing is made up."""
    known = {one.key: one.mql_to_sql for one in load_benchmarks().values()}
    assert {key for key, rate in known.items() if rate} == {"fmcg"}
    rate = known["fmcg"]
    assert rate is not None
    assert (rate.percent, "REQUIREMENTS B8" in rate.source.zh) == (23.7, True)
    assert load_benchmarks()["快消"].key == "fmcg"


def test_a_rate_without_a_source_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "industries.yaml"
    file.write_text("- {key: x, zh: 某行业, en: x, mql_to_sql: {percent: 20}}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"entry 1, mql_to_sql\.source"):
        load_benchmarks(file)


def test_deviations_are_marked_against_benchmark_and_others() -> None:
    found = {one.industry: one for one in deviations({"快消": (400, 60), "新能源": (186, 22), "农机": (1000, 300)})}
    fast = found["快消"]
    assert (fast.verdict, fast.expected, "23.7%" in fast.sentence(), "需求文档" in fast.sentence()) == (
        "below", 0.237, True, True
    )  # fmt: skip
    assert (found["新能源"].verdict, found["新能源"].rate) == ("below", None)
    assert found["新能源"].expected == pytest.approx(360 / 1400)
    assert found["农机"].verdict == "above"
    assert next(iter(deviations({"a": (29, 0), "b": (500, 200)}))).sentence("en")


@pytest.mark.parametrize(
    "counts", [{}, {"a": (0, 0)}, {"a": (29, 0), "b": (500, 200)}, {"": (500, 5)}, {"a": (50, 10)}]
)
def test_too_little_is_not_marked(counts: dict[str, tuple[int, int]]) -> None:
    assert not any(one.is_marked for one in deviations(counts) if one.industry != "b")


def rejected(number: int, *, after: int = 0, reason: str = "个人邮箱", owner: str = "", age: int = 186) -> Rejected:
    marked = datetime(2026, 7, 15, 2, tzinfo=UTC) - timedelta(days=age)
    opened = marked.date() + timedelta(days=after) if after else None
    return Rejected(
        f"L{number}", "公司", "人", "搜索", "农机", "华东", reason, marked, "D" if after else "", opened, False, owner
    )


def test_who_came_back_and_which_reason_was_wrong() -> None:
    """30 of one reason, 24 back; 40 of another, 8 back: 32 of 70."""
    often = [rejected(n, after=10 + n if n < 24 else 0, reason="夜间提交") for n in range(30)]
    seldom = [rejected(100 + n, after=20 if n < 8 else 0) for n in range(40)]
    found = rescue(200, [*often, *seldom], TODAY)
    assert found.later is not None
    assert (found.rejected, found.later.hits, found.share_rejected) == (70, 32, 0.35)
    assert [(one.name, one.is_worse) for one in found.reasons] == [("夜间提交", True), ("个人邮箱", False)]
    assert len(found.waiting) == 38
    assert found.waiting[0].reason == "夜间提交"


def test_the_fresh_come_first_and_have_an_owner() -> None:
    back = [rejected(n, after=20 + n) for n in range(20)]
    found = rescue(100, [*back, rejected(50), rejected(51, age=5, owner="E1")], TODAY)
    assert [one.id for one in found.waiting] == ["L51", "L50"]
    assert [one.id for one in found.fresh] == ["L51"]
    assert set(by_owner(found.waiting)) == {("E1", ""), ("", "华东")}


def test_nothing_rejected() -> None:
    found = rescue(0, [], TODAY)
    assert (found.later, found.share_rejected, found.waiting, found.days) == (None, 0.0, (), None)


def cost(channel: str, yuan: int, won: int, books: tuple[str, ...] = ("touches",)) -> ChannelCost:
    return ChannelCost(channel, Decimal(yuan), books, 100, won, Decimal(won * 1000), Decimal(0))


def test_the_interval_is_byars() -> None:
    """Ten events: 4.79 to 18.39 (exact Poisson: 4.80 to 18.39)."""
    assert [round(one, 2) for one in byar(10)] == [4.79, 18.39]


def test_a_budget_moves_only_when_even_bad_luck_gains() -> None:
    """100,000 for 20 won beside 20,000 for 40: a fifth of the receiver's cost, 4,000, moves."""
    found = advise([cost("搜索", 20_000, 40), cost("展会", 100_000, 20)], [], None)
    [proposal] = found.advice
    assert (proposal.kind, proposal.values["moved"]) == ("budget", Decimal(4000))
    assert Decimal(str(proposal.values["gained"])) > Decimal(str(proposal.values["lost"]))


def test_late_data_is_left_out_of_a_budget_or_comes_last_and_says_so() -> None:
    """B12, B15: what a late channel cost and brought isn't all there yet."""
    known = [cost("搜索", 20_000, 40), cost("官网", 90_000, 20), cost("展会", 100_000, 20)]
    marks = deviations({"新能源": (186, 22), "农机": (1000, 300)})
    late = [Flag("市场 · 触点", "展会", 61)]
    sound, *_ = advise(known, marks, None, late).advice
    worst = sound.values["worst"]
    assert isinstance(worst, ChannelCost)
    assert (sound.name, worst.channel) == ("budget", "官网")
    without = [known[0], known[2]]
    assert [one.name for one in advise(without, marks, None, late).advice] == ["industry", "budget_late"]
    whole = advise(known, [], None, [Flag("市场 · 投放", "", 30), Flag("财务", "别的渠道", 99)]).advice
    what, why = Words("zh").advice(whole[0], {})
    assert what.startswith("预算：市场 · 投放数据晚 30 小时，等数据补齐再定")
    assert "别的渠道" not in what + why
    assert "Budget: 市场 · 投放 data is 30 hours late" in Words("en").advice(whole[0], {})[0]


@pytest.mark.parametrize(
    ("known", "silent"),
    [
        ([], "no_cost"),
        ([cost("a", 100, 50)], "no_cost"),
        ([cost("a", 100, 50), cost("b", 900, 9)], "few"),
        ([cost("a", 100, 50), cost("b", 9000, 50, ("budget",))], "few"),
        ([cost("a", 1000, 20), cost("b", 1300, 20)], "alike"),
    ],
    ids=["none", "one", "few won", "other book", "overlap"],
)
def test_too_little_is_no_advice_and_says_why(known: list[ChannelCost], silent: str) -> None:
    found: Advised = advise(known, [], None)
    assert (found.advice, found.silent) == ((), silent)


def test_costs_need_a_cost_and_leads() -> None:
    money = [
        ChannelMoney("a", Decimal(10), ("touches",)),
        ChannelMoney("b", Decimal(0), ()),
        ChannelMoney("c", Decimal(1), ()),
    ]
    [one] = costs(money, {"a": Stages(5, won=2), "b": Stages(1)})
    assert (one.channel, one.per_won) == ("a", Decimal(5))


def test_findings_become_incentives() -> None:
    marks = deviations({"新能源": (186, 22), "农机": (1000, 300)})
    back = rescue(100, [rejected(n, after=20 if n < 20 else 0) for n in range(40)], TODAY)
    assert [one.name for one in advise([], marks, back).advice] == ["industry", "rejected"]

"""B14: three at most, no repeats of yesterday unless it got worse, and what became of last week's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.contracts.errors import BadInput, ConfigurationError
from bot.contracts.person import Person, Role
from config.briefing import OURS, load_brief_rules
from knowledge.briefing.finders.contact import followups
from knowledge.briefing.ranking import choose, last_weeks, outcomes, ranked
from knowledge.briefing.scopes import choices, home, owners
from knowledge.briefing.scopes import choose as choose_scope
from knowledge.briefing.types import Finding, Scope
from storage.repositories.brief_kept import Told
from tests.unit.knowledge.briefing.rows import DAY, MANAGER, OTHER, REP, RULES, deal, facts

SOUTH = Person("E2002", "陈志强", Role.MANAGER, "华南组", ("华南",), "E3001")
DIRECTOR = Person("E3001", "沈国华", Role.DIRECTOR, "东南大区", ("华东", "华南"))
OPS = Person("E4001", "周敏", Role.SALES_OPS, "销售运营部", ("总部",))
EVERYBODY = (REP, OTHER, MANAGER, SOUTH, DIRECTOR, OPS)


def finding(key: str, money: int, count: int = 5, deals: str = "") -> Finding:
    """One whose expected value goes by its money."""
    usual = followups(facts(deals={"O1": deal("O1", last_followed=DAY - timedelta(days=20))}), RULES)[0]
    amounts = {f"deal:{deals or key}": Decimal(money)}
    worth = replace(usual.worth, money=Decimal(money))
    return replace(usual, key=key, count=count, amounts=amounts, worth=worth)


def told(key: str, days: int, count: int = 5, money: int = 100) -> Told:
    return Told(DAY - timedelta(days=days), "team:华东组", key, "followups", count, Decimal(money))


def test_three_by_expected_value_and_the_rest_below() -> None:
    found = choose(
        ranked([finding(name, money) for name, money in zip("abcd", (1, 4, 3, 2), strict=True)], RULES), [], RULES, DAY
    )
    assert [one.key for one in found.findings] == ["b", "c", "d"]
    assert [one.key for one in found.below] == ["a"]


def test_the_same_deals_are_not_told_twice_in_one_morning() -> None:
    every = ranked([finding("a", 100, deals="X"), finding("b", 90, deals="X"), finding("c", 10)], RULES)
    assert [one.key for one in choose(every, [], RULES, DAY).findings] == ["a", "c"]


@pytest.mark.parametrize(
    ("then", "shown", "worse"),
    [
        (told("a", 1), False, False),
        (told("a", 7), False, False),
        (told("a", 8), True, False),
        (told("a", 1, count=4), True, True),
        (told("a", 1, money=90), True, True),
        (told("a", 1, money=95), False, False),
        (told("b", 1), True, False),
    ],
    ids=["yesterday", "a week ago", "longer ago", "more cases", "more money", "hardly more", "something else"],
)
def test_nothing_is_repeated_unless_it_got_worse(then: Told, shown: bool, worse: bool) -> None:
    found = choose([finding("a", 100)], [then], RULES, DAY)
    assert [one.worse for one in found.findings] == ([worse] if shown else [])
    assert len(found.held) == (not shown)


def test_last_weeks_are_measured_again() -> None:
    """Of the calendar week before: each once, as first told; what is gone is nothing."""
    past = [told("a", 7, 17, 900), told("a", 8, 15, 800), told("b", 9), told("c", 2), told("d", 14)]
    then = last_weeks(past, DAY)
    assert [(one.key, one.count) for one in then] == [("a", 15), ("b", 5)]
    a, b = outcomes(then, {"a": finding("a", 900, 15)}, frozenset({"b"}))
    assert (a.count_then, a.count_now, a.helped, a.planned) == (15, 15, False, False)
    assert (b.count_now, int(b.money_now), b.helped, b.planned) == (0, 0, True, True)


@pytest.mark.parametrize(
    ("viewer", "first", "others"),
    [
        (REP, Scope("own", "张敏"), set()),
        (MANAGER, Scope("team", "华东组"), set()),
        (DIRECTOR, Scope("region", "华东、华南"), {"华东", "华南", "华东组", "华南组"}),
        (OPS, Scope("all"), {"华东", "华南", "华东组", "华南组"}),
    ],
    ids=["rep", "manager", "director", "sales ops"],
)
def test_whose_morning_one_may_see(viewer: Person, first: Scope, others: set[str]) -> None:
    """D9: a rep their own, a manager the team, a director the regions and their teams, sales ops all."""
    seen = EVERYBODY if viewer in (DIRECTOR, OPS) else (REP, OTHER, MANAGER)
    found = choices(viewer, seen)
    assert (home(viewer), found[0]) == (first, first)
    assert {one.name for one in found[1:]} == others


def test_another_team_and_an_unknown_one_are_refused_alike() -> None:
    """D9: nobody learns from the refusal which teams there are."""
    allowed = choices(MANAGER, (REP, MANAGER))
    assert choose_scope("华东", allowed, "zh") == Scope("team", "华东组")
    for said in ("华南组", "火星组"):
        with pytest.raises(BadInput) as refused:
            choose_scope(said, allowed, "zh")
        assert str(refused.value).replace(said, "…") == "没有“…”这个团队或大区，或者不归你看。相近的：华东组。"
    with pytest.raises(BadInput, match="华东"):
        choose_scope("华冬", choices(OPS, EVERYBODY), "zh")


def test_whose_rows_a_scope_is_about() -> None:
    assert owners(Scope("team", "华东组"), DIRECTOR, EVERYBODY) == frozenset({"E1001", "E1002", "E2001"})
    assert owners(Scope("region", "华东、华南"), DIRECTOR, EVERYBODY) == frozenset(
        {"E1001", "E1002", "E2001", "E2002", "E3001"}
    )
    assert owners(Scope("own", "张敏"), REP, (REP,)) == frozenset({"E1001"})
    assert owners(Scope("all"), OPS, EVERYBODY) is None


def test_a_fault_in_the_rules_names_file_place_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(OURS.read_text(encoding="utf-8").replace("worse_by: 0.1", "worse_by: 7"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml.*worse_by"):
        load_brief_rules(path)

"""A9–A11, D3: which finding becomes a prompt, and the arithmetic of those that don't."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.groups.coaching import Coaching
from skills.coaching.policy import Account, Case, Decision, Finding, History, Wishes, decide, frequency
from skills.coaching.replay import Answered, Item, replay
from skills.coaching.report import reason_of
from skills.coaching.times import is_drill, is_quiet
from skills.coaching.understanding import arrived_at, mute_until, understand
from storage.repositories.prompts import Prompt

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 15, 10, 0, tzinfo=ZONE)  # a Wednesday
LARGE = Account("C1", Decimal(6_000_000), 40)
RISK = Finding("s1", "red_flag", 95, cool_down_hours=24)
PRICE = Finding("s2", "price_objection", 80, cool_down_hours=24)
STUCK = Finding("s3", "stage_stuck", 38, cool_down_hours=24)
USUAL = Finding("s4", "single_threaded", 45, cool_down_hours=24)
OVERDUE = Finding("s5", "reply_overdue", 82, cool_down_hours=24)
RULES = Coaching()


def decided(*findings: Finding, rules: Coaching = RULES, **case: Any) -> dict[str, Decision]:
    case = {"now": NOW, "account": LARGE, **case}
    return {one.finding.kind: one for one in decide(Case(findings=findings, **case), rules)}


@pytest.mark.parametrize(
    ("scope", "amount", "place", "inside"),
    [
        ("either", 5_000_000, None, True),
        ("either", 4_999_999, None, False),
        ("either", 900_000, 50, True),
        ("either", 900_000, 51, False),
        ("both", 6_000_000, 51, False),
        ("amount", 900_000, 1, False),
        ("top", 900_000, 1, True),
        ("either", None, None, False),
    ],
)
def test_accounts_outside_the_pilot_get_nothing(
    scope: Any, amount: int | None, place: int | None, inside: bool
) -> None:
    """A9: 500 万 and/or TOP 50; outside, even the greatest risk is withheld, with the figures."""
    account = Account("C1", Decimal(amount) if amount is not None else None, place)
    one = decided(RISK, account=account, rules=Coaching(scope=scope))["red_flag"]
    assert one.state == ("sent" if inside else "withheld")
    if not inside:
        assert (one.reason, one.arithmetic["least"], one.arithmetic["top"]) == ("scope", "5000000", 50)


def test_basic_level_is_silent_but_for_what_managers_must_know() -> None:
    """A10: 基础级 means no prompts; an SLA breach still reaches the manager, whatever the manager chose."""
    assert decided(RISK, wishes=Wishes("basic"))["red_flag"].reason == "basic"
    assert decided(OVERDUE, wishes=Wishes("basic"))["reply_overdue"].state == "withheld"
    assert decided(OVERDUE, wishes=Wishes("basic"), manages=True)["reply_overdue"].state == "sent"
    assert decided(RISK, wishes=Wishes("basic"), manages=True)["red_flag"].state == "withheld"


@pytest.mark.parametrize(("visiting", "state"), [(None, "withheld"), ("", "sent"), ("C1", "sent"), ("C2", "withheld")])
def test_scene_level_prompts_on_visits_only(visiting: str | None, state: str) -> None:
    """A10: 场景级."""
    assert decided(RISK, wishes=Wishes("scene"), visiting=visiting)["red_flag"].state == state


def test_smart_level_follows_the_response_rate() -> None:
    """A10: half as many responses raise the bar and lower the day's limit; the figures are kept."""
    eager, tired = History(16, 20), History(8, 20)
    assert decided(USUAL, history=eager)["single_threaded"].state == "sent"
    less = decided(USUAL, history=tired)["single_threaded"]
    assert (less.state, less.reason) == ("withheld", "bar")
    assert less.arithmetic == {
        "answered": 8, "of": 20, "percent": 43, "bar": 82, "limit": 3, "today": 0, "importance": 45
    }  # fmt: skip
    assert frequency(eager, RULES)["limit"] == 6
    assert decided(RISK, history=History(8, 20, today=3))["red_flag"].reason == "limit"
    assert decided(RISK, history=History(0, 20))["red_flag"].state == "sent"  # urgent: always above the bar
    assert frequency(History(), RULES) == {"answered": 0, "of": 0, "percent": 100, "bar": 0, "limit": 8, "today": 0}


def test_one_card_for_a_customer_and_event_about_the_greatest_risk() -> None:
    """A11: the others are withheld and name what was told instead."""
    some = decided(PRICE, RISK, USUAL)
    assert [some[kind].state for kind in ("red_flag", "price_objection", "single_threaded")] == ["sent"] + [
        "withheld"
    ] * 2
    assert (some["price_objection"].reason, some["price_objection"].arithmetic["first"]) == ("not_top", "red_flag")
    two = decide(Case(NOW, LARGE, [PRICE, Finding("s9", "price_objection", 80)]), RULES)
    assert [one.state for one in two] == ["sent", "withheld"]


def test_an_important_risk_after_the_card_waits_for_the_digest() -> None:
    """A11: the event was told; what is important isn't lost, what isn't is withheld."""
    told = History(event_told=True)
    assert (decided(RISK, history=told)["red_flag"].state, decided(USUAL, history=told)["single_threaded"].state) == (
        "digest",
        "withheld",
    )


def test_cool_down_counts_for_kind_and_customer() -> None:
    last = {"red_flag": NOW - timedelta(hours=23)}
    assert decided(RISK, history=History(last=last))["red_flag"].reason == "cool_down"
    assert decided(PRICE, history=History(last=last))["price_objection"].state == "sent"
    assert decided(RISK, history=History(last={"red_flag": NOW - timedelta(hours=24)}))["red_flag"].state == "sent"


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        (NOW, False),
        (NOW.replace(hour=8, minute=29), True),
        (NOW.replace(hour=8, minute=30), False),
        (NOW.replace(hour=20), True),
        (datetime(2026, 7, 18, 10, 0, tzinfo=ZONE), True),  # a Saturday
    ],
)
def test_quiet_hours_and_days_off(moment: datetime, quiet: bool) -> None:
    """What comes in them waits for the digest, unless the person is with a customer."""
    assert is_quiet(moment, RULES) is quiet
    assert decided(RISK, now=moment)["red_flag"].state == ("digest" if quiet else "sent")
    assert decided(RISK, now=moment, visiting="C1")["red_flag"].state == "sent"


def test_chinese_holidays_and_shifted_working_days() -> None:
    """National Day is off, a Saturday that makes up for it isn't."""
    assert is_quiet(datetime(2025, 10, 1, 10, 0, tzinfo=ZONE), RULES)
    assert not is_quiet(datetime(2025, 10, 11, 10, 0, tzinfo=ZONE), RULES)


def test_low_priority_goes_into_the_digest_and_a_mute_withholds() -> None:
    """A11."""
    assert (decided(STUCK)["stage_stuck"].state, decided(STUCK)["stage_stuck"].reason) == ("digest", "low")
    muted = Wishes("smart", NOW + timedelta(minutes=1))
    assert decided(RISK, wishes=muted)["red_flag"].reason == "muted"
    assert decided(RISK, wishes=Wishes("smart", NOW))["red_flag"].state == "sent"


def test_hours_of_practice_have_no_prompts() -> None:
    """D3: 先想后看."""
    rules = Coaching(drill=("wed 09:00-11:00",))
    assert decided(RISK, rules=rules)["red_flag"].reason == "drill"
    assert not is_drill(NOW.replace(hour=11), rules)
    assert not is_drill(NOW + timedelta(days=1), rules)
    with pytest.raises(ValueError, match="wed 14:00-17:00"):
        Coaching(drill=("wed 17:00-14:00",))


def test_replay_counts_under_the_three_levels_and_half_the_responses() -> None:
    """A10: the same day; basic 0, scene only on the visit, smart more, and fewer after halving."""
    items = [
        Item(NOW + timedelta(hours=n), "E1", Account(f"C{n}", Decimal(6_000_000), 1), "d", Finding(f"s{n}", "k", 45))
        for n in range(6)
    ] + [Item(NOW, "E1", LARGE, "visit", RISK, visiting="C1")]
    rates = {"E1": Answered(16, 20)}
    halved = {"E1": rates["E1"].halved}
    sent = {level: replay(items, level, rates, RULES)["sent"] for level in ("basic", "scene", "smart")}
    assert sent == {"basic": 0, "scene": 1, "smart": 6}
    assert replay(items, "smart", halved, RULES)["sent"] == 1


@pytest.mark.parametrize(
    ("text", "wish", "level"),
    [
        ("改成智能级", "level", "smart"),
        ("基础级", "level", "basic"),
        ("为什么少推了", "why", ""),
        ("免打扰 2 小时", "mute", ""),
        ("取消静音", "unmute", ""),
        ("提示效果怎么样", "effect", ""),
        ("我在客户这", "arrive", ""),
        ("离开了", "leave", ""),
        ("提示设置", "settings", ""),
        ("why did I get fewer prompts", "why", ""),
        ("mute prompts for two hours", "mute", ""),
    ],
)
def test_sentences_about_prompts(text: str, wish: str, level: str) -> None:
    asked = understand(text)
    assert (asked.wish, asked.level) == (wish, level)


def test_how_long_a_mute_lasts() -> None:
    assert mute_until(understand("免打扰 2 小时").hours, NOW, RULES) == NOW + timedelta(hours=2)
    assert mute_until(understand("静音半个小时").hours, NOW, RULES) == NOW + timedelta(minutes=30)
    assert mute_until(None, NOW, RULES) == datetime(2026, 7, 16, 8, 30, tzinfo=ZONE)
    assert mute_until(None, NOW, RULES).astimezone(UTC) == datetime(2026, 7, 16, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("刚到恒锐", "恒锐"),
        ("我已经到了恒锐公司了。", "恒锐"),
        ("现在在恒锐门口", "恒锐"),
        ("I'm at Hengrui", "Hengrui"),
        ("just arrived at Hengrui.", "Hengrui"),
        ("到", ""),
        ("客户在吗", ""),
        ("刚到恒锐，堵车", ""),
        ("look at Hengrui", ""),
    ],
)
def test_where_somebody_says_that_they_are(text: str, where: str) -> None:
    """A10."""
    assert arrived_at(text) == where


@pytest.mark.parametrize(
    ("amount", "place", "zh", "en"),
    [
        ("1370000.00", 0, "（年采购额 137 万元，门槛 500 万元）", "(1.37 million yuan a year, needed 5 million yuan)"),
        ("1230.50", 60, "（年采购额 1,230.5 元，门槛 500 万元；排名 60，取前 50）", "place 60, top 50"),
        ("", 0, "（年采购额 未知，门槛 500 万元）", "(unknown a year, needed 5 million yuan)"),
    ],
    ids=["no rank", "ranked", "unknown"],
)
def test_the_pilots_figures_are_said_as_people_say_them(amount: str, place: int, zh: str, en: str) -> None:
    """A9: money in 万元, and no rank where there is none."""
    figures = {"amount": amount, "least": "5000000", "place": place, "top": 50}
    prompt = Prompt("p", "red_flag", "E1", "withheld", NOW, reason="scope", arithmetic=figures)
    assert reason_of(prompt, "zh").endswith(zh)
    assert reason_of(prompt, "en").endswith(en if en.endswith(")") else f"{en})")

"""Signals from a deal's dates and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.contracts.listening import Signal
from knowledge.signals.deal_facts import Contact, DealFacts, KnownPerson, Proposal, QuoteFacts
from knowledge.signals.deal_rules import deal_signals
from knowledge.signals.kind import Kind

NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def found(facts: DealFacts, kinds: Mapping[str, Kind], now: datetime = NOW) -> dict[str, Signal]:
    return {signal.kind: signal for signal in deal_signals(facts, kinds, now)}


@pytest.mark.parametrize(
    ("hours", "due"), [(0, False), (47.9, False), (48, True), (72, True), (95.9, True), (96, False), (500, False)]
)
def test_day_2_to_4(kinds: Mapping[str, Kind], hours: float, due: bool) -> None:
    """A3: from hour 48 to 96 after the first touch, and not outside."""
    facts = DealFacts("D1", contacts=[Contact(ago(hours=hours), "ours")])
    assert ("stalled_day_2_4" in found(facts, kinds)) is due


def test_day_2_to_4_is_one_thing_however_often_it_is_asked(kinds: Mapping[str, Kind]) -> None:
    """A3: exactly one: the key `since` stays the same over all hours, so it is told once."""
    first = ago(days=4)
    facts = DealFacts("D1", contacts=[Contact(first, "ours")])
    hourly = [found(facts, kinds, first + timedelta(hours=hour)).get("stalled_day_2_4") for hour in range(120)]
    assert {signal.values["since"] for signal in hourly if signal} == {first.isoformat()}
    assert sum(signal is not None for signal in hourly) == 48


@pytest.mark.parametrize(
    ("others", "due"),
    [
        ([Contact(ago(hours=50), "theirs")], False),
        ([Contact(ago(hours=50), "both")], False),
        ([Contact(ago(hours=50), "ours")], True),
        ([Contact(ago(hours=-5), "theirs")], True),
    ],
    ids=["they answered", "we met", "only we wrote", "planned, not happened"],
)
def test_day_2_to_4_needs_silence_of_one_side(kinds: Mapping[str, Kind], others: list[Contact], due: bool) -> None:
    """A3: two-way contact ends it; our own messages and future dates don't."""
    facts = DealFacts("D1", contacts=[*others, Contact(ago(hours=72), "ours")])
    assert ("stalled_day_2_4" in found(facts, kinds)) is due


def test_a_first_talk_at_a_fair_is_to_be_followed_up(kinds: Mapping[str, Kind]) -> None:
    """A3: the first touch itself doesn't count as contact after it."""
    assert "stalled_day_2_4" in found(DealFacts("D1", contacts=[Contact(ago(days=3), "both")]), kinds)


def test_ghosted_needs_days_and_our_tries(kinds: Mapping[str, Kind]) -> None:
    heard = Contact(ago(days=8), "theirs", wants_answer=False)
    twice = [heard, Contact(ago(days=6), "ours"), Contact(ago(days=3), "ours")]
    assert found(DealFacts("D1", contacts=twice), kinds)["ghosted"].values["tries"] == "2"
    assert "ghosted" not in found(DealFacts("D1", contacts=twice[:2]), kinds)
    assert "ghosted" not in found(DealFacts("D1", contacts=twice, next_meeting=ago(days=-1)), kinds)


def test_a_reply_is_overdue_from_the_first_unanswered_message(kinds: Mapping[str, Kind]) -> None:
    asked = [Contact(ago(hours=30), "theirs"), Contact(ago(hours=2), "theirs")]
    assert found(DealFacts("D1", contacts=asked), kinds)["reply_overdue"].values["hours"] == "30"
    answered = [*asked, Contact(ago(hours=1), "ours")]
    assert "reply_overdue" not in found(DealFacts("D1", contacts=answered), kinds)
    thanks = [Contact(ago(hours=30), "theirs", wants_answer=False)]
    assert "reply_overdue" not in found(DealFacts("D1", contacts=thanks), kinds)


def test_inactive_overdue_and_stuck(kinds: Mapping[str, Kind]) -> None:
    facts = DealFacts(
        "D1",
        stage="quote",
        created_at=ago(days=90),
        stage_entered_at=ago(days=21),
        expected_close=NOW.date() - timedelta(days=1),
        contacts=[Contact(ago(days=21), "both")],
    )
    assert {"inactive", "overdue_close", "stage_stuck"} <= set(found(facts, kinds))
    fresh = replace(
        facts, stage_entered_at=ago(days=20), expected_close=NOW.date(), contacts=[Contact(ago(days=20), "both")]
    )
    assert not {"inactive", "overdue_close", "stage_stuck"} & set(found(fresh, kinds))
    assert "stage_stuck" not in found(replace(facts, stage="delivery"), kinds), "no limit, never stuck"


def test_the_newest_proposal_counts(kinds: Mapping[str, Kind]) -> None:
    old = Proposal("旧方案", ago(days=9))
    assert "proposal_unopened" in found(DealFacts("D1", proposals=[old]), kinds)
    opened = Proposal("新方案", ago(days=4), ago(days=3))
    assert "proposal_unopened" not in found(DealFacts("D1", proposals=[old, opened]), kinds)


@pytest.mark.parametrize(
    ("amount", "explained", "days", "due"),
    [
        (1_150_000, False, 3, True),
        (1_149_999, False, 3, False),
        (1_300_000, True, 3, False),
        (1_300_000, False, 31, False),
    ],
    ids=["exactly at the limit", "just below", "explained", "long ago"],
)
def test_unexplained_price_gap(kinds: Mapping[str, Kind], amount: int, explained: bool, days: int, due: bool) -> None:
    quote = QuoteFacts(NOW.date() - timedelta(days=days), amount, "恒力达", 1_000_000, explained)
    assert ("unexplained_price_gap" in found(DealFacts("D1", quotes=[quote]), kinds)) is due


def test_an_unknown_price_is_no_gap(kinds: Mapping[str, Kind]) -> None:
    assert found(DealFacts("D1", quotes=[QuoteFacts(date(2026, 6, 14), 1e6, "恒力达")]), kinds) == {}


def test_one_contact_and_a_decision_maker_who_stays_away(kinds: Mapping[str, Kind]) -> None:
    facts = DealFacts(
        "D1",
        stage="quote",
        created_at=ago(days=60),
        contacts=[Contact(ago(days=2), "both", "李工"), Contact(ago(days=30), "both", "王总")],
        people=[KnownPerson("王总", decides=True), KnownPerson("李工")],
    )
    signals = found(facts, kinds)
    assert signals["decision_maker_away"].values["name"] == "王总"
    assert "single_threaded" not in signals, "two people in 45 days"
    alone = found(replace(facts, contacts=facts.contacts[:1]), kinds)
    assert alone["single_threaded"].values["name"] == "李工"
    assert "single_threaded" not in found(replace(facts, stage="lead", contacts=facts.contacts[:1]), kinds)


@pytest.mark.parametrize(
    ("others", "due"),
    [
        ([], set()),
        ([Contact(ago(days=2), "theirs", "李工")], {"single_threaded", "decision_maker_away"}),
        ([Contact(ago(days=2), "theirs", "李工"), Contact(ago(days=9), "theirs", "王总")], set()),
        ([Contact(ago(days=2), "theirs", "李工"), Contact(ago(days=9), "both", "wm7")], set()),
        ([Contact(ago(days=2), "theirs", "李工"), Contact(ago(days=9), "theirs", "")], {"single_threaded"}),
        ([Contact(ago(days=2), "theirs", "王总")], {"single_threaded"}),
        ([Contact(ago(days=2), "ours")], set()),
    ],
    ids=["nobody", "one of two", "both", "a stranger", "an unknown voice", "who decides", "only we"],
)
def test_who_is_not_known_may_be_anybody(kinds: Mapping[str, Kind], others: list[Contact], due: set[str]) -> None:
    """A4: nothing is said of people where a stranger may be the one who is missed."""
    people = [KnownPerson("王总", decides=True), KnownPerson("李工")]
    facts = DealFacts("D1", stage="quote", created_at=ago(days=60), contacts=others, people=people)
    asked = {key: kinds[key] for key in ("single_threaded", "decision_maker_away")}
    assert set(found(facts, asked)) == due


def test_a_closed_deal_is_left_alone(kinds: Mapping[str, Kind]) -> None:
    facts = DealFacts("D1", contacts=[Contact(ago(days=3), "ours")], is_open=False)
    assert found(facts, kinds) == {}


def test_nothing_known_gives_nothing(kinds: Mapping[str, Kind]) -> None:
    """Missing is missing: no date is made up."""
    assert found(DealFacts("D1"), kinds) == {}

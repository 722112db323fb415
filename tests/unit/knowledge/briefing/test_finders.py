"""B14, B15: what each finder finds, what money hangs on it, and that the arithmetic can be done again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from knowledge.briefing.facts import Gap, after_working_days, stood
from knowledge.briefing.finders import ALL
from knowledge.briefing.finders.channels import channel_cost, late_data
from knowledge.briefing.finders.contact import followups, promises
from knowledge.briefing.finders.losses import lost
from knowledge.briefing.finders.money import completeness, overdue
from knowledge.briefing.finders.pipeline import stalled
from knowledge.briefing.finders.prices import quotes
from knowledge.briefing.finders.talk import ignored, silent_deciders, single_threaded
from knowledge.briefing.types import total
from knowledge.funnel.advice import ChannelCost, advise
from storage.repositories.deals import StageEntry
from storage.repositories.lights import Flag, Light
from tests.unit.knowledge.briefing.rows import DAY, REP, RULES, closed, deal, facts, hint, history, owed, quote, task


@pytest.mark.parametrize(
    ("price", "other", "explained", "counts"),
    [
        (115, 100, False, 1),
        (114, 100, False, 0),
        (130, 100, True, 0),
        (130, 100, None, 0),
        (130, None, False, 0),
        (130, 0, False, 0),
    ],
    ids=["exactly 15 %", "below", "explained", "not noted", "competitor unknown", "competitor for nothing"],
)
def test_which_quotes_count(price: int, other: int | None, explained: bool | None, counts: int) -> None:
    found = quotes(facts(quotes=[quote("Q1", price, other, explained)], deals={"O1": deal("O1")}), RULES)
    assert sum(one.count for one in found) == counts


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2026, 11, 9), 1), (date(2026, 11, 15), 1), (date(2026, 11, 8), 0), (date(2026, 11, 16), 0)],
    ids=["Monday", "Sunday", "the Sunday before", "this Monday"],
)
def test_the_week_is_last_week(day: date, counts: int) -> None:
    found = quotes(facts(quotes=[quote("Q1", 130, 100, quoted_on=day)], deals={"O1": deal("O1")}), RULES)
    assert sum(one.count for one in found) == counts


def test_money_of_quotes_is_counted_once_a_deal_and_only_where_it_is_open() -> None:
    """Two versions for one deal, one for a deal that is lost: three quotes, one deal's money, the larger price."""
    made = [quote("Q1", 130, 100), quote("Q2", 140, 100, deal_id="O1"), quote("Q3", 150, 100)]
    found = quotes(facts(quotes=made, deals={"O1": deal("O1"), "O3": closed("O3", won=False)[0]}), RULES)[0]
    assert (found.count, found.money, found.values["open"]) == (3, Decimal(140), 2)
    assert found.evidence.ids == ("Q3", "Q2", "Q1")


def test_shares_of_quotes_come_from_the_data_and_can_be_multiplied_again() -> None:
    """12 of 16 explained ones won, 4 of 16 unexplained: chance 75 %, of which two thirds are lost by not explaining."""
    deals, stages = history(16, 16)
    old = [
        quote(f"Q{id_}", 130, 100, at < 12 or 16 <= at < 20, deal_id=id_, quoted_on=date(2026, 9, 1))
        for at, id_ in enumerate(deals)
    ]
    now = quote("Q1", 1_000_000, 800_000)
    found = quotes(facts(quotes=[*old, now], deals={**deals, "O1": deal("O1")}, stages=stages), RULES)[0]
    worth = found.worth
    assert (worth.probability.hits, worth.probability.n, worth.share.other_hits, worth.share.other_n) == (12, 16, 4, 16)
    assert (worth.probability.value, worth.share.value) == (0.75, 0.6667)
    assert worth.expected == round(Decimal(1_000_000) * Decimal("0.75") * Decimal("0.6667"))
    assert found.series.points[-1].value == 1


def test_with_few_cases_the_presets_are_used_and_said_to_be() -> None:
    found = quotes(facts(quotes=[quote("Q1", 130, 100)], deals={"O1": deal("O1")}), RULES)[0]
    assert (found.worth.probability.source, found.worth.share.source) == ("prior", "prior")
    assert found.worth.share.value == RULES.finders["quotes"].share.value


def test_open_deals_without_contact_by_what_was_heard_too() -> None:
    """14 days ago isn't longer than 14 days; a conversation counts as contact, whatever the form says."""
    deals = {
        "O1": deal("O1", last_followed=DAY - timedelta(days=15)),
        "O2": deal("O2", last_followed=DAY - timedelta(days=14)),
        "O3": deal("O3", last_followed=DAY - timedelta(days=40)),
        "O4": deal("O4", last_followed=None, created=DAY - timedelta(days=20)),
    }
    found = followups(facts(deals=deals, heard={"O3": DAY - timedelta(days=2)}), RULES)[0]
    assert set(found.evidence.ids) == {"O1", "O4"}
    assert found.money == 200_000


def test_stages_of_won_deals_set_the_limit() -> None:
    """Won ones stayed ten days in the stage: eleven days are longer. Where none was won, the rules' 21 days hold."""
    deals, stages = history(14, 14)
    young, old = deal("O1", stage_entered=DAY - timedelta(days=10)), deal("O2", stage_entered=DAY - timedelta(days=11))
    demo = deal("O3", stage="demo", stage_entered=DAY - timedelta(days=21))
    rows = {**deals, "O1": young, "O2": old, "O3": demo}
    found = stalled(facts(deals=rows, stages=stages), RULES)[0]
    assert found.evidence.ids == ("O2",)
    assert found.worth.probability.value == 0.5


def test_a_reason_that_grows_is_told_one_that_is_as_ever_is_not() -> None:
    """Eight in four weeks after three in twelve is no chance; of the others as many come as ever."""
    rows = [
        closed(f"L{at}", False, lost_reason="价格", closed=DAY - timedelta(days=3 + at if at < 8 else 40 + at))
        for at in range(11)
    ] + [closed(f"M{at}", False, lost_reason="延期", closed=DAY - timedelta(days=2 + 11 * at)) for at in range(8)]
    known = facts(deals={one.id: one for one, _ in rows})
    found = lost(known, RULES)
    assert [(one.key, one.count, one.values["usual"]) for one in found] == [("lost:价格", 8, 1.0)]
    assert found[0].worth.probability.value == 0.875
    assert lost(known, RULES, "延期")[0].count > 0  # measured again, whether or not it grows


def test_what_conversations_show_is_about_deals() -> None:
    """A13, D7: deals, each once, and only open ones of the scope; nobody is counted."""
    deals = {"O1": deal("O1"), "O2": closed("O2", won=True)[0], "O3": deal("O3", owner="E1009")}
    hints = [hint(kind, id_) for kind in ("single_threaded", "decision_maker_away", "ignored") for id_ in deals]
    known = facts(deals=deals, hints=[*hints, hint("single_threaded", "O1", 60), hint("single_threaded", "O1", 1)])
    for find in (single_threaded, silent_deciders, ignored):
        found = find(known, RULES, "")[0]
        assert (found.evidence.ids, int(found.money)) == (("O1",), 100_000)
        assert {point.label for point in found.series.points} == {"quote"}


def test_promises_and_payments_that_are_late() -> None:
    known = facts(
        deals={"O1": deal("O1", 300_000)}, tasks=[task("T1", -2), task("T2", 0)],
        owed=[owed("P1", -1), owed("P2", 0), owed("P3", -40, -2), owed("P4", -3, amount=70_000)],
    )  # fmt: skip
    promised, late = promises(known, RULES)[0], overdue(known, RULES)[0]
    assert (promised.count, int(promised.money)) == (1, 300_000)
    assert set(late.evidence.ids) == {"P1", "P4"}
    assert (int(late.money), late.values["longest"]) == (120_000, 3)


def test_fields_below_the_gate_with_the_open_deals_they_touch() -> None:
    gaps = [Gap("tier", 94, 100, ("CO1", "C9")), Gap("industry", 95, 100, ("C9",))]
    found = completeness(facts(deals={"O1": deal("O1"), "O2": deal("O2")}, gaps=gaps), RULES)
    assert [(one.key, one.count, one.money) for one in found] == [("completeness:tier", 2, Decimal(100_000))]


def test_rows_that_are_no_problem_are_left_out() -> None:
    made = [quote("Q1", 130, 100), quote("Q2", 140, 100)]
    known = facts(
        quotes=made, deals={"O1": deal("O1"), "O2": deal("O2")}, dismissed={"quotes": frozenset({"Q1"})}
    )  # fmt: skip
    assert quotes(known, RULES)[0].evidence.ids == ("Q2",)


def test_a_deal_that_several_name_is_counted_once_in_the_total() -> None:
    deals = {"O1": deal("O1", last_followed=DAY - timedelta(days=20), stage_entered=DAY - timedelta(days=50))}
    known = facts(deals=deals, quotes=[quote("Q1", 120_000, 100_000)])
    found = [one for find in (quotes, followups, stalled) for one in find(known, RULES, "")]
    assert [one.money for one in found] == [120_000, 100_000, 100_000]
    assert total(found) == 120_000


def test_no_data_finds_nothing_and_divides_by_nothing() -> None:
    assert [one for find in ALL.values() for one in find(facts(), RULES, "")] == []


def test_three_rows_are_enough_for_an_honest_finding() -> None:
    deals = {f"O{at}": deal(f"O{at}", last_followed=DAY - timedelta(days=30)) for at in range(3)}
    found = followups(facts(deals=deals), RULES)[0]
    assert (found.count, found.worth.probability.source) == (3, "prior")


def test_a_past_day_sees_deals_as_they_were() -> None:
    entered = [StageEntry("O1", "quote", DAY - timedelta(days=20)), StageEntry("O1", "contract", DAY)]
    won = deal("O1", stage="contract", result="won", closed=DAY, last_followed=DAY, stage_entered=DAY)
    then = stood(won, entered, DAY - timedelta(days=1))
    assert then is not None
    assert (then.result, then.stage, then.closed) == ("open", "quote", None)
    assert then.last_followed == then.stage_entered == DAY - timedelta(days=20)
    assert stood(won, entered, DAY - timedelta(days=90)) is None


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 3), 0, date(2026, 10, 8)),
    ],
    ids=["over the weekend", "over the National Day week", "from a holiday"],
)
def test_actions_are_due_on_working_days(day: date, count: int, then: date) -> None:
    assert after_working_days(day, count) == then


def channel(name: str, won: int, cost: int) -> ChannelCost:
    """What was spent on it in a year and brought so many won deals of 500,000 yuan each."""
    return ChannelCost(name, Decimal(cost), ("spends",), won * 10, won, Decimal(won * 500_000), Decimal())


@pytest.mark.parametrize(
    ("cheap", "dear", "late", "told"),
    [
        ((100, 200_000), (40, 800_000), (), True),
        ((100, 2_000), (40, 8_000), (), False),  # 400 yuan to move: nothing follows from so little
        ((100, 24_000), (40, 800_000), (), False),  # a fifth of the cheap one's cost is 4,800 yuan
        ((100, 200_000), (9, 800_000), (), False),  # nine won deals say nothing of a cost each
        ((100, 200_000), (40, 800_000), ("会展",), False),
        ((100, 200_000), (40, 800_000), ("",), False),  # a whole source is late
        ((100, 200_000), (40, 800_000), ("电话",), True),
    ],
    ids=("enough", "few yuan", "small channel", "few won", "late channel", "late source", "another is late"),
)
def test_budget_is_moved_only_where_it_means_something(
    cheap: tuple[int, int], dear: tuple[int, int], late: tuple[str, ...], told: bool
) -> None:
    """B15: enough money, enough won deals, no late data; never more gained than a tenth of what was really won."""
    known = (channel("官网", *cheap), channel("会展", *dear))
    advised = advise(known, (), None, [Flag(one, one, 60) for one in late])
    found = channel_cost(facts(advised=advised, trust={"官网": 80, "会展": 70}), RULES)
    assert bool(found) is told
    for one in found:
        assert 0 < one.money <= Decimal("0.1") * known[0].contracted
        assert one.worth.probability.value == 0.7
        assert (one.values["moved"], one.key) == (Decimal(40_000), "channel_cost:会展")


def test_channels_that_are_late_and_what_they_cost() -> None:
    """B14: with owner and spend; who has no channel's name is a whole source, told among the notes."""
    lights = [
        Light("crm", part, "名单", "lead", REP.id, None, None, "red", datetime(2026, 11, 20, tzinfo=UTC))
        for part in ("会展", "")
    ]
    found = late_data(facts(late=[(one, 60) for one in lights], spend={"会展": Decimal(30_000)}), RULES)
    assert [(one.key, one.money, one.owner.name) for one in found] == [("late_data:会展", Decimal(30_000), REP.name)]

"""A12: figures with intervals, replays that count what people said, and who may speak for whom. Pure."""

from __future__ import annotations

import pytest

from bot.contracts import Person, Role
from skills.calibration.agenda import as_stored, figures_of, read_stored
from skills.calibration.deciding import may_revert, may_speak_for, parties_of
from skills.calibration.replaying import Past, Replay, best_threshold, better, halves, replay
from storage.repositories.prompts import Judged
from storage.repositories.proposals import Proposal
from tests.unit.skills.house import NOW

ADMIN = frozenset({Role.ADMIN})


def person(role: Role, id_: str = "X") -> Person:
    return Person(id_, "某人", role)


def test_rates_are_of_what_was_looked_at() -> None:
    """What nobody looked at counts neither way; Wilson's interval of 12 in 40 is 18–45 %."""
    [price, unseen] = figures_of([Judged("unseen", 9, 0, 0), Judged("price_objection", 70, 40, 12)])
    assert (price.kind, price.rate) == ("price_objection", 0.3)
    assert (round(price.low or 0, 3), round(price.high or 0, 3)) == (0.181, 0.454)
    assert (unseen.rate, unseen.low) == (None, None)
    assert read_stored(as_stored([price, unseen])) == [price, unseen]


def test_a_few_wrong_of_many_stand_below_many_of_few_when_they_are_surer() -> None:
    """One of one says less than thirty of sixty."""
    ordered = figures_of([Judged("one", 1, 1, 1), Judged("many", 60, 60, 36)])
    assert [figure.kind for figure in ordered] == ["many", "one"]


PAST = [
    Past("wrong", 0.6, 0.1),
    Past("wrong", 0.65, 0.6),
    Past("wrong", 0.4, 0.1),  # wasn't told before either
    Past("right", 0.9, 0.8),
    Past("right", 0.62, 0.3),
    Past("unknown", 0.7, 0.2),
]


def test_a_replay_counts_by_what_people_said() -> None:
    """少 1 条误报，漏 1 条真报, and what nobody judged apart."""
    assert replay(PAST, 0.5, 0.5, repeated=1) == Replay(1, 2, 1, 2, 1, 1, 1)


def test_the_best_threshold_pays_for_what_it_misses() -> None:
    """0.65 silences one wrong and one right: not worth it; without the right one it would be."""
    assert best_threshold(PAST, 0.5) is None
    cheap = [one for one in PAST if (one.truth, one.before) != ("right", 0.62)]
    found = best_threshold(cheap, 0.5)
    assert found
    assert found[0] == 0.7
    assert (found[1].fewer, found[1].missed) == (2, 0)


def test_a_threshold_wins_only_over_labels_that_teach_nothing_new() -> None:
    """Labels always silence their own sentences; what they do to others is what counts."""
    threshold = 0.7, Replay(fewer=4, wrong=6)
    assert better(Replay(fewer=6, wrong=6, repeated=5), threshold) == Replay(fewer=6, wrong=6, repeated=5)
    assert better(Replay(fewer=6, wrong=6, repeated=0), threshold) == 0.7
    assert better(Replay(fewer=3, wrong=6, missed=2, repeated=3), None) is None
    assert isinstance(better(Replay(fewer=6, wrong=6, repeated=0), None), Replay)


def test_each_half_is_judged_by_the_other() -> None:
    assert halves(["c", "a", "b"]) == (["a", "c"], ["b"])


@pytest.mark.parametrize(
    ("role", "parties"),
    [
        (Role.REP, ("rep",)),
        (Role.MANAGER, ("rep", "manager")),
        (Role.DIRECTOR, ("manager",)),
        (Role.ADMIN, ("algorithm",)),
        (Role.SALES_OPS, ()),
        (Role.CHANNEL_OWNER, ()),
    ],
)
def test_for_whom_a_role_speaks(role: Role, parties: tuple[str, ...]) -> None:
    assert parties_of(person(role), ADMIN) == parties


def test_a_role_of_the_settings_speaks_for_the_algorithm() -> None:
    assert parties_of(person(Role.SALES_OPS), {Role.SALES_OPS}) == ("algorithm",)


def test_nobody_speaks_twice_and_whoever_approved_may_take_back() -> None:
    """Three parties are three people."""
    given = {"rep": {"by": "M1", "at": NOW.isoformat()}}
    waiting = Proposal("p", "2026-07", NOW, approvals=given)
    assert may_speak_for(person(Role.MANAGER, "M1"), waiting, ADMIN) == ()
    assert may_speak_for(person(Role.MANAGER, "M2"), waiting, ADMIN) == ("manager",)
    applied = Proposal("p", "2026-07", NOW, approvals=given, state="applied")
    assert may_revert(person(Role.MANAGER, "M1"), applied, ADMIN)
    assert may_revert(person(Role.ADMIN, "A1"), applied, ADMIN)
    assert not may_revert(person(Role.MANAGER, "M2"), applied, ADMIN)
    assert not may_revert(person(Role.MANAGER, "M1"), waiting, ADMIN)

"""A7: when a rule fires: how often, within how long, with whom, and that it begins anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from skills.rules.counting import firings
from skills.rules.definition import Definition
from skills.rules.matching import Hit

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
TWICE = Definition("竞品", kind="competitor_mention", times=2, days=7)


def hit(hours: float, customer: str = "C1", dialogue: str = "d1") -> Hit:
    return Hit(NOW + timedelta(hours=hours), customer, dialogue, f"u{hours}", "“恒力达”")


def fired(hits: list[Hit], definition: Definition, after: datetime | None = None) -> list[list[str]]:
    return [[one.utterance_id for one in firing.hits] for firing in firings(hits, definition, after)]


def test_it_fires_at_the_last_of_so_many_and_begins_anew() -> None:
    assert fired([hit(n) for n in range(5)], TWICE) == [["u0", "u1"], ["u2", "u3"]]


def test_customers_are_counted_apart() -> None:
    assert fired([hit(0), hit(1, "C2"), hit(2, "C2"), hit(3)], TWICE) == [["u1", "u2"], ["u0", "u3"]]


def test_what_is_older_than_the_span_does_not_count() -> None:
    assert fired([hit(0), hit(7 * 24 + 1), hit(7 * 24 + 2)], TWICE) == [[f"u{7 * 24 + 1}", f"u{7 * 24 + 2}"]]
    assert fired([hit(0), hit(7 * 24)], TWICE) == [["u0", "u168"]], "the span's end still counts"


def test_one_conversation_means_one() -> None:
    """A chat has one each day, a recording is one."""
    here = Definition("竞品", times=2, days=0)
    assert fired([hit(0, dialogue="a"), hit(1, dialogue="b"), hit(2, dialogue="a")], here) == []
    assert fired([hit(0), hit(1)], here) == [["u0", "u1"]]
    assert fired([hit(0), hit(25)], here) == []


def test_what_was_told_is_not_counted_again() -> None:
    hits = [hit(n) for n in range(4)]
    assert fired(hits, TWICE, after=hits[1].at) == [["u2", "u3"]]
    assert fired(hits, TWICE, after=hits[2].at) == []

"""A model that fails is left alone, tried again by one caller, and talked about once."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.outage import LONGEST_REST, Change, Outage


@dataclass
class Time:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_failures_in_a_row_open_it_and_one_trial_closes_it() -> None:
    time = Time()
    outage = Outage(3, 60, 30, time)
    assert [outage.failed() for _ in range(3)] == [Change.NONE, Change.NONE, Change.DOWN]
    assert outage.open
    assert not outage.enter()
    time.now += 31
    assert not outage.open
    assert outage.enter()
    assert not outage.enter(), "one trial at a time"
    assert outage.failed() is Change.NONE, "told already"
    assert not outage.enter()
    time.now += 31
    assert outage.enter()
    assert outage.succeeded() is Change.UP
    assert outage.enter()
    assert outage.succeeded() is Change.NONE


def test_success_in_between_or_slow_failures_keep_it_closed() -> None:
    time = Time()
    outage = Outage(3, 60, 30, time)
    outage.failed(), outage.failed(), outage.succeeded()
    assert outage.failed() is Change.NONE
    time.now += 61
    assert [outage.failed(), outage.failed()] == [Change.NONE, Change.NONE]
    assert not outage.open


def test_a_wrong_key_needs_no_second_try_and_the_endpoint_may_ask_for_a_longer_rest() -> None:
    time = Time()
    outage = Outage(3, 60, 30, time)
    assert outage.failed(at_once=True, rest=90) is Change.DOWN
    time.now += 89
    assert outage.open
    time.now += 2
    assert outage.enter()
    outage.failed(rest=10**9)
    assert outage.rest == LONGEST_REST


def test_a_trial_that_told_nothing_leaves_the_next_one_free() -> None:
    time = Time()
    outage = Outage(1, 60, 30, time)
    outage.failed()
    time.now += 31
    assert outage.enter()
    outage.leave()
    assert outage.enter()


@given(st.lists(st.sampled_from(["ok", "bad", "key", "wait", "leave"]), max_size=40))
def test_down_and_up_alternate(story: list[str]) -> None:
    time, told = Time(), []
    outage = Outage(2, 60, 30, time)
    for step in story:
        time.now += 31 if step == "wait" else 0.1
        if step == "wait" or not outage.enter():
            continue
        if step == "leave":
            outage.leave()
            continue
        told.append(outage.succeeded() if step == "ok" else outage.failed(at_once=step == "key"))
    changes = [change for change in told if change]
    assert changes == [Change.DOWN, Change.UP] * (len(changes) // 2) + [Change.DOWN] * (len(changes) % 2)

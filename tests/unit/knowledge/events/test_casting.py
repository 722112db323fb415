"""C6: data of one version as another, along the type's history; nothing is rounded, nothing lost in silence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.events.casting import CannotCast, down, up
from knowledge.events.catalog import load_catalog
from knowledge.events.soundness import same, unknown_to
from knowledge.events.types import EventType
from knowledge.events.validation import faults_of

CATALOG = load_catalog()
OLD = [(type_, version.number) for type_ in CATALOG for version in type_.versions[:-1]]
ORDER, STAFF, CREDIT = (CATALOG.types[name] for name in ("order.confirmed", "staff.assigned", "credit.limit_changed"))


@pytest.mark.parametrize(("type_", "number"), OLD, ids=[f"{type_.name}-{number}" for type_, number in OLD])
def test_what_goes_down_comes_up_again(type_: EventType, number: int) -> None:
    older = down(type_, type_.example, number)
    version = type_.version(number)
    assert version is not None
    assert faults_of(version, older) == []
    lost = unknown_to(type_, number)
    assert same(up(type_, older, number), {name: value for name, value in type_.example.items() if name not in lost})


_IDS = st.text("ABCDEFabcdef0123456789-", min_size=1, max_size=12)
_TEXTS = st.text(max_size=20)


@settings(max_examples=200, deadline=None)
@given(order=_IDS, cents=st.integers(-(10**14), 10**14), item=_TEXTS, extra=st.dictionaries(st.just("colour"), _TEXTS))
def test_amounts_come_back_to_the_cent_or_not_at_all(order: str, cents: int, item: str, extra: dict[str, str]) -> None:
    """The other unit is a ten-thousandth: what JSON can't hold exactly is refused. Unknown fields stay."""
    data: dict[str, Any] = {"order_no": order, "amount_cny": cents / 100, "item": item, **extra}
    try:
        older = down(ORDER, data, 1)
    except CannotCast:
        return
    assert older["order_id"] == order
    assert up(ORDER, older, 1) == data


@settings(max_examples=100, deadline=None)
@given(wan=st.integers(0, 10**7) | st.decimals(0, 10**7, places=4).map(float))
def test_what_an_older_system_sends_is_read_exactly(wan: float) -> None:
    assert down(ORDER, up(ORDER, {"order_id": "S", "amount_wan": wan}, 1), 1)["amount_wan"] == wan


def test_several_steps_are_taken_one_after_the_other() -> None:
    assert up(CREDIT, {"customer_id": "C1", "limit_wan": 300}, 1) == {"customer_no": "C1", "new_limit_cny": 3_000_000}
    older = down(CREDIT, {"customer_no": "C1", "new_limit_cny": 3_000_000, "old_limit_cny": 5, "reason": "好"}, 1)
    assert older == {"customer_id": "C1", "limit_wan": 300, "reason": "好"}


@pytest.mark.parametrize(
    ("type_", "data", "to", "problem"),
    [
        (STAFF, {"order_no": "S", "staff": ["E1", "E2"]}, 1, "inexact"),
        (ORDER, {"order_no": "S", "amount_cny": 0.07}, 1, ""),
        (ORDER, {"order_no": "S", "amount_cny": 1, "order_id": "T"}, 1, "twice"),
        (ORDER, {"order_no": "S", "amount_cny": 1}, 9, "unknown_version"),
        (CATALOG.types["payment.received"], {"contract_no": "H", "amount_cny": 1, "received_at": "soon"}, 1, "inexact"),
    ],
    ids=["two people", "cents", "two names", "no such version", "no moment"],
)
def test_what_can_not_be_said_is_refused_with_a_remedy(
    type_: EventType, data: dict[str, Any], to: int, problem: str
) -> None:
    if not problem:
        assert up(type_, down(type_, data, to), to) == data
        return
    with pytest.raises(CannotCast) as caught:
        down(type_, data, to)
    assert caught.value.problem == problem
    assert type_.named() in caught.value.sentence("zh")
    assert type_.named("en") in str(caught.value.sentence("en"))

"""C6: what is certain and harmless is put right, the rest is proposed to a person; amounts are never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.events.catalog import load_catalog
from knowledge.events.mending import read
from knowledge.events.types import Approved
from knowledge.events.validation import faults_of, sentence

CATALOG = load_catalog()
ORDER, PAID, TICKET = (CATALOG.types[name] for name in ("order.confirmed", "payment.received", "ticket.opened"))
GOOD = {"order_no": "SO1", "amount_cny": 1250}


@pytest.mark.parametrize(
    ("data", "said", "version"),
    [(GOOD, None, 2), (GOOD, 2, 2), ({"order_id": "SO1", "amount_wan": 0.125}, None, 1)],
    ids=["newest", "newest as said", "older unsaid"],
)
def test_good_data_are_taken_as_they_are(data: dict[str, Any], said: int | None, version: int) -> None:
    found = read(ORDER, data, said)
    assert (found.data, found.version, found.mended) == (GOOD, version, [])


CERTAIN: dict[str, tuple[dict[str, Any], str]] = {
    "camel case": ({"orderNo": "SO1", "amount_cny": 1250}, "style"),
    "Pascal and upper case": ({"OrderNo": "SO1", "AMOUNT-CNY": 1250}, "style"),
    "a former name": ({"order_id": "SO1", "amount_cny": 1250}, "renamed"),
    "a former name with its unit": ({"order_no": "SO1", "amount_wan": 0.125}, "renamed"),
    "a number in quotes": ({"order_no": "SO1", "amount_cny": "1250.00"}, "number"),
    "spaces around a code": ({"order_no": " SO1\n", "amount_cny": 1250}, "trim"),
    "an empty optional value": ({**GOOD, "region": None, "delivery_date": ""}, "empty"),
}


@pytest.mark.parametrize(("data", "how"), CERTAIN.values(), ids=CERTAIN)
def test_what_can_mean_one_thing_only_is_put_right(data: dict[str, Any], how: str) -> None:
    found = read(ORDER, data, 2)
    assert found.data == GOOD
    assert {one["how"] for one in found.mended} == {how}


def test_another_version_than_was_said_is_noted() -> None:
    found = read(ORDER, {"order_id": "SO1", "amount_wan": 0.125}, 2)
    assert (found.data, found.version) == (GOOD, 1)
    assert found.mended == [{"field": "", "given": "2", "how": "version:1"}]


@pytest.mark.parametrize(
    "moment",
    ["2026-03-01T09:00:00+08:00", "2026-03-01 09:00:00+08:00", "20260301T090000+0800", "2026-03-01t09:00:00+08:00"],
)
def test_moments_of_every_iso_form_are_the_same(moment: str) -> None:
    found = read(PAID, {"contract_no": "H1", "amount_cny": 1, "received_at": moment}, None)
    assert found.data is not None
    assert str(found.data["received_at"]).upper() == "2026-03-01T09:00:00+08:00"


@pytest.mark.parametrize("day", ["20260301", "2026-03-01T00:00:00+08:00", " 2026-03-01 "])
def test_days_too(day: str) -> None:
    assert read(ORDER, {**GOOD, "delivery_date": day}, None).data == {**GOOD, "delivery_date": "2026-03-01"}


def test_an_optional_field_under_another_style_is_not_overlooked() -> None:
    """Nothing refuses such data; without mending, who listens would never see the date."""
    found = read(ORDER, {**GOOD, "deliveryDate": "2026-03-01", "colour": "red"}, None)
    assert found.data == {**GOOD, "delivery_date": "2026-03-01", "colour": "red"}
    assert [one["how"] for one in found.mended] == ["style"]


GUESSES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a name in Chinese": ({"订单编号": "SO1", "amount_cny": 1250}, {"订单编号": "order_no:"}),
    "an amount that is called alike": ({"order_no": "SO1", "amount": 1250}, {"amount": "amount_cny:"}),
    "its unit may be another": ({"order_no": "SO1", "金额(万元)": 0.125}, {"金额(万元)": "amount_cny:factor:10000"}),
    "commas or a decimal comma": ({"order_no": "SO1", "amount_cny": "1,250"}, {"amount_cny": "amount_cny:number"}),
    "a code as a number": ({"order_no": 12, "amount_cny": 1250}, {"order_no": "order_no:text"}),
    "a day in another order": ({**GOOD, "delivery_date": "2026/3/1"}, {"delivery_date": "delivery_date:date"}),
}


@pytest.mark.parametrize(("data", "expected"), GUESSES.values(), ids=GUESSES)
def test_what_might_mean_something_else_is_only_proposed(data: dict[str, Any], expected: dict[str, str]) -> None:
    found = read(ORDER, data, None)
    assert not found.is_good
    assert found.reason == "invalid"
    assert {one["given"]: f"{one['field']}:{one['convert']}" for one in found.proposal} == expected
    assert all(sentence(fault, ORDER, lang) for fault in found.faults for lang in ("zh", "en"))


@pytest.mark.parametrize(("data", "expected"), GUESSES.values(), ids=GUESSES)
def test_what_a_person_approved_is_done_from_then_on(data: dict[str, Any], expected: dict[str, str]) -> None:
    approved = []
    for one in read(ORDER, data, None).proposal:
        approved.append(Approved(one["given"], one["field"], one["convert"]))
    found = read(ORDER, data, None, approved)
    assert found.is_good
    assert {one["given"] for one in found.mended} == expected.keys()
    assert read(ORDER, GOOD, None, approved).data == GOOD  # and what is right stays as it is


def test_a_moment_without_an_offset_is_proposed_in_the_companys_time_zone() -> None:
    data = {"contract_no": "H1", "amount_cny": 1, "received_at": "2026-03-01 09:00:00"}
    (proposal,) = read(PAID, data, None, zone="Asia/Tokyo").proposal
    assert proposal["convert"] == "zone:Asia/Tokyo"
    found = read(PAID, data, None, [Approved("received_at", "received_at", "zone:Asia/Tokyo")])
    assert found.data is not None
    assert found.data["received_at"] == "2026-03-01T09:00:00+09:00"


def test_two_spellings_of_one_field_are_left_alone() -> None:
    assert not read(ORDER, {"orderNo": "SO1", "OrderNo": "SO2", "amount_cny": 1}, None).is_good


@pytest.mark.parametrize(
    ("data", "said", "reason", "problem"),
    [
        (GOOD, 7, "unknown_version", "unknown_version"),
        ([GOOD], None, "invalid", "not_an_object"),
        (None, None, "invalid", "not_an_object"),
        ({**GOOD, "note": float("nan")}, None, "invalid", "not_finite"),
        ({"order_no": "", "amount_cny": 1}, None, "invalid", "empty"),
        ({"order_no": "x" * 101, "amount_cny": 1}, None, "invalid", "too_long"),
        ({"order_no": "SO1", "amount_cny": 1e20}, None, "invalid", "range"),
        ({"order_no": "a\u0000b", "amount_cny": 1}, None, "invalid", "shape"),
        ({"order_no": ["SO1", "SO2"], "amount_cny": 1}, None, "invalid", "type"),
    ],
    ids=["version", "list", "null", "nan", "empty", "long", "huge", "nul", "two orders"],
)
def test_the_rest_is_refused_and_said(data: Any, said: int | None, reason: str, problem: str) -> None:
    found = read(ORDER, data, said)
    assert (found.data, found.reason) == (None, reason)
    assert [fault["problem"] for fault in found.faults] == [problem]
    assert all(sentence(fault, ORDER, lang) for fault in found.faults for lang in ("zh", "en"))


def test_words_of_a_choice_may_be_in_capitals() -> None:
    found = read(TICKET, {"ticket_no": "T1", "customer_no": "C1", "topic": 5, "severity": "HIGH"}, None)
    assert found.data == {"ticket_no": "T1", "customer_no": "C1", "topic": "5", "severity": "high"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(["order_no", "orderNo", "order_id", "amount_cny", "amount_wan", "金额", "delivery_date", "x"])


@settings(max_examples=300, deadline=None)
@given(data=st.dictionaries(_NAMES, _JSON, max_size=6) | _JSON, said=st.none() | st.integers(0, 3))
def test_nothing_that_anybody_sends_breaks_it_and_what_is_taken_is_valid(data: Any, said: int | None) -> None:
    found = read(ORDER, data, said)
    if found.data is None:
        assert found.faults
    else:
        assert faults_of(ORDER.newest, found.data) == []

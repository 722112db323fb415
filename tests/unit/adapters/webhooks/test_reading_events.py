"""Envelopes of CloudEvents 1.0 as senders write them, and as they shouldn't (C1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from adapters.webhooks import strict_json
from adapters.webhooks.translate import BATCH, STRUCTURED, BadBody, item_of, read

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
GOOD: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/crm", "type": "order.confirmed"}
MODES = {"binary": to_binary_event, "structured": to_structured_event}


@pytest.mark.parametrize("mode", MODES)
def test_what_the_sdk_writes_is_read(mode: str) -> None:
    """Attributes, extensions, time and data come through, in Chinese too."""
    attributes = {
        **GOOD,
        "subject": "订单 100%",
        "time": datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
        "dataschema": "urn:xiaoce:event:order.confirmed:2",
        "datacontenttype": "application/json",
        "traceparent": "00-ab-01",
    }
    message = MODES[mode](CloudEvent(attributes, {"order_no": "SO1", "item": "智能产线"}))
    [item] = read(message.headers.items(), message.body, NOW, 10)
    event = item.event
    assert event is not None, item
    assert (event.id, event.source, event.type, event.subject) == ("1", "/crm", "order.confirmed", "订单 100%")
    assert event.time == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert event.version == 2
    assert event.extensions == {"traceparent": "00-ab-01"}
    assert event.data == {"order_no": "SO1", "item": "智能产线"}
    assert item.envelope["data"] == event.data


def test_a_batch_is_read_item_by_item() -> None:
    """One bad item costs nothing but itself."""
    items = [{**GOOD, "id": str(number), "data": {"n": number}} for number in range(5)]
    bad = [*items[:2], {**GOOD, "id": ""}, "text", *items[2:]]
    found = read([("Content-Type", BATCH)], json.dumps(bad).encode(), NOW, 100)
    assert [one.problem for one in found] == ["", "", "missing", "not_an_object", "", "", ""]
    assert [one.event.data["n"] for one in found if one.event] == [0, 1, 2, 3, 4]
    assert read([("content-type", f"{BATCH}; charset=UTF-8")], b"[]", NOW, 100) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": None}, "missing"),
        ({"id": 5}, "not_text"),
        ({"id": "x" * 10_000}, "too_long"),
        ({"id": "a\x00b"}, "json_text"),
        ({"id": "\ud800"}, "json_text"),
        ({"source": "  "}, "missing"),
        ({"source": "/a b"}, "unprintable"),
        ({"type": ["x"]}, "not_text"),
        ({"time": "2026-03-01 08:00"}, "time"),
        ({"time": "2026-03-01T08:00:00"}, "time"),
        ({"time": "2026-02-30T08:00:00Z"}, "time"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "time"),
        ({"time": "1969-12-31T00:00:00Z"}, "time_range"),
        ({"time": 5}, "time"),
        ({"data": {}, "data_base64": "e30="}, "data_twice"),
        ({"data_base64": "%%"}, "data_base64"),
        ({"dataschema": "urn:xiaoce:event:goods.shipped:1"}, "dataschema"),
        ({"dataversion": "two"}, "dataversion"),
        ({"Bad-Name": "x"}, "attribute_name"),
        ({"trace": {"a": 1}}, "not_text"),
        ({f"x{number}": "1" for number in range(50)}, "too_many_attributes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_cloudevent_says_why(changes: dict[str, Any], problem: str) -> None:
    """Each by a word that has a sentence and a remedy."""
    item = item_of({**GOOD, **changes}, NOW)
    assert (item.event, item.problem) == (None, problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": NaN}', "number"),
        ('{"a": -Infinity}', "number"),
        ('{"a": 1e999}', "number"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "twice"),
        ('{"a": "\\u0000"}', "text"),
        ('{"\\udc00": 1}', "text"),
        ('{"a":' + "[" * 40 + "]" * 40 + "}", "deep"),
    ],
    ids=["nan", "infinity", "overflow", "twice", "nul", "surrogate", "deep"],
)
def test_json_that_python_would_take_is_found(text: str, problem: str) -> None:
    """Within a batch only that item is unusable."""
    fault = strict_json.fault_in(strict_json.read(text.encode()))
    assert fault is not None
    assert fault[0] == problem
    body = f"[{json.dumps(GOOD)}, {text}]".encode()
    assert [bool(one.event) for one in read([("Content-Type", BATCH)], body, NOW, 10)] == [True, False]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (STRUCTURED, b"{", 400),
        (STRUCTURED, b"\xff\xfe", 400),
        (STRUCTURED, b"[" * 100_000, 400),
        (STRUCTURED, b'{"a": ' + b"9" * 10_000 + b"}", 400),
        (f"{STRUCTURED}; charset=gbk", b"{}", 415),
        ("application/cloudevents+avro", b"{}", 415),
        ("application/json", b"{}", 415),
        ("", b"{}", 415),
        (BATCH, b"{}", 422),
        (BATCH, json.dumps([GOOD] * 11).encode(), 413),
    ],
    ids=["cut", "not-utf8", "deep", "huge-number", "gbk", "avro", "plain-json", "nothing", "no-list", "too-many"],
)
def test_a_body_of_which_nothing_can_be_taken(kind: str, body: bytes, status: int) -> None:
    """The whole is refused, with HTTP's word for it."""
    with pytest.raises(BadBody) as raised:
        read([("Content-Type", kind)], body, NOW, 10)
    assert raised.value.status == status


@pytest.mark.parametrize(
    ("kind", "body", "data"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/vnd.order+json; charset=utf-8", b'{"a": 1}', {"a": 1}),
        ("text/plain", "单号 1".encode(), "单号 1"),
        ("application/octet-stream", b"\xff\x00", None),
        ("", b"", None),
    ],
    ids=["json", "json-suffix", "text", "bytes", "empty"],
)
def test_binary_data_are_kept_whatever_they_are(kind: str, body: bytes, data: object) -> None:
    """Something else than JSON stays in the envelope: no type has such data, and nothing is dropped (C6)."""
    headers = [("Content-Type", kind), *((f"ce-{name}", value) for name, value in GOOD.items())]
    [item] = read(headers, body, NOW, 10)
    assert item.event is not None, item
    assert item.envelope.get("data") == data
    assert item.event.time == NOW
    assert item.event.data == (data if isinstance(data, dict) else {})
    if body and data is None:
        assert item.envelope["data_base64"] == "/wA="


def test_headers_are_decoded_and_said_once() -> None:
    """Percent-encoded, quoted by older senders; twice is refused."""
    own = [(f"ce-{name}", value) for name, value in GOOD.items() if name != "id"]
    [item] = read([*own, ("CE-ID", '"a\\"b%E5%8D%95"')], b"{}", NOW, 10)
    assert item.event is not None
    assert item.event.id == 'a"b单'
    [twice] = read([*own, ("ce-id", "1"), ("ce-id", "2")], b"{}", NOW, 10)
    assert twice.problem == "header_twice"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    )
)
def test_nothing_that_is_sent_makes_the_reader_fail(value: Any) -> None:
    """Any JSON is an event or has a fault."""
    body = json.dumps([value, {**GOOD, "data": value, "extra": value}]).encode()
    for item in read([("Content-Type", BATCH)], body, NOW, 10):
        assert bool(item.event) is not bool(item.problem)

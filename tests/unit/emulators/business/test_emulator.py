"""The emulated systems hold a sender to the standards (C3): what they let pass, refuse and note."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from tests.emulators.business.emulator import BusinessSystems
from tests.emulators.business.faults import Fault


def event(id_: str = "e1", **data: Any) -> CloudEvent:
    at = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
    attributes = {"id": id_, "source": "/crm", "type": "order.confirmed", "specversion": "1.0", "time": at}
    return CloudEvent({**attributes, "datacontenttype": "application/json"}, {"order_no": "SO1", **data})


def signed(secret: str, id_: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    now = at or datetime.now(UTC)
    stamp = str(int(now.timestamp()))
    signature = Webhook(secret).sign(id_, now, body.decode())
    return {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": signature}


@pytest_asyncio.fixture
async def systems() -> AsyncIterator[BusinessSystems]:
    found = await BusinessSystems(lambda system, given: answered(given)).start()
    yield found
    await found.stop()


def answered(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"specversion": "1.0", "id": "po-1", "source": "/erp", "type": "purchase_order.created", "data": {}}


async def post(systems: BusinessSystems, id_: str, sent: CloudEvent, *, binary: bool = False, **more: Any) -> int:
    message = to_binary_event(sent) if binary else to_structured_event(sent)
    headers = {**message.headers, **signed(systems.secrets["erp"], id_, message.body, **more)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(systems.url("erp"), data=message.body, headers=headers) as response,
    ):
        await response.read()
        return response.status


@pytest.mark.parametrize("binary", [False, True], ids=["structured", "binary"])
async def test_a_repeated_id_takes_effect_once(systems: BusinessSystems, binary: bool) -> None:
    assert [await post(systems, "w1", event(), binary=binary) for _ in range(3)] == [200, 200, 200]
    erp = systems.effects["erp"]
    assert [one.outcome for one in erp.requests] == ["served", "repeated", "repeated"]
    assert (len(erp.events), erp.repeats) == (1, 2)
    assert erp.events[0]["data"] == {"order_no": "SO1"}
    assert systems.violations == []


async def test_what_a_careful_sender_would_not_do_is_noted(systems: BusinessSystems) -> None:
    await post(systems, "w1", event())
    await post(systems, "w1", event(amount=1))  # other content under an old id
    await post(systems, "w2", event())  # a retry with a new id
    assert await post(systems, "w3", event("e3"), at=datetime.now(UTC) - timedelta(minutes=6)) == 401
    assert [line.split(":")[0] for line in systems.violations] == ["erp"] * 3
    assert "another event" in systems.violations[0]
    assert "signature" in systems.violations[1]
    assert "took effect twice" in systems.violations[2]


async def test_a_lost_answer_is_an_effect_all_the_same(systems: BusinessSystems) -> None:
    systems.plans["erp"].queue.append(Fault.CUT)
    with pytest.raises(aiohttp.ClientError):
        await post(systems, "w1", event())
    assert await post(systems, "w1", event()) == 200
    assert [one.outcome for one in systems.effects["erp"].requests] == ["CUT", "repeated"]
    assert len(systems.effects["erp"].events) == 1


async def test_it_can_be_down_and_come_back_on_the_same_port(systems: BusinessSystems) -> None:
    where = systems.url("erp")
    await systems.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await post(systems, "w1", event())
    await systems.start()
    assert systems.url("erp") == where
    assert await post(systems, "w1", event()) == 200

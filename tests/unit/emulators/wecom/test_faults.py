"""Fault switches: what the adapter must live through, each seen from outside."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest

from tests.emulators.wecom import WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp

SEND = "/cgi-bin/message/send"


@pytest.mark.parametrize("errcode", [45009, 45033, -1, 60020])
async def test_error_codes_on_demand(api: ApiClient, emulator: WecomEmulator, errcode: int) -> None:
    await api.token()
    emulator.faults.fail(errcode, times=2, path=SEND)
    answers = [await api.text() for _ in range(3)]
    assert [answer["errcode"] for answer in answers] == [errcode, errcode, 0]
    assert ("127.0.0.1" in answers[0]["errmsg"]) == (errcode == 60020)
    assert len(emulator.ledger.delivered) == 1


async def test_switches_go_off_in_the_order_they_were_set(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.token()
    emulator.faults.fail(45009)
    emulator.faults.fail(-1)
    assert [(await api.text())["errcode"] for _ in range(3)] == [45009, -1, 0]
    emulator.faults.fail(-1)
    emulator.faults.clear()
    assert (await api.text())["errcode"] == 0


async def test_an_answer_cut_after_the_message_was_accepted(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.token()
    emulator.faults.cut_after(path=SEND)
    with pytest.raises(aiohttp.ClientError):
        await api.text()
    assert emulator.ledger.texts_to("zhangmin") == ["你好"]


async def test_an_answer_cut_before_anything_was_done(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.token()
    emulator.faults.cut_before(path=SEND)
    with pytest.raises(aiohttp.ClientError):
        await api.text()
    assert emulator.ledger.delivered == []
    assert (await api.text())["errcode"] == 0


async def test_slow_and_broken_servers(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.token()
    emulator.faults.slow(0.2)
    started = time.perf_counter()
    await api.text()
    assert time.perf_counter() - started >= 0.2
    emulator.faults.status(500)
    with pytest.raises(aiohttp.ContentTypeError):
        await api.text()


async def test_callbacks_come_twice(emulator: WecomEmulator, app: CallbackApp) -> None:
    emulator.faults.duplicate_callbacks()
    delivery = await emulator.callbacks.send_text("zhangmin", "一次")
    assert [message["MsgId"] for message in app.received] == [delivery.msg_id] * 2


async def test_callbacks_come_in_another_order(emulator: WecomEmulator, app: CallbackApp) -> None:
    emulator.faults.reorder_callbacks(window=3)
    await asyncio.gather(*(emulator.callbacks.send_text("zhangmin", word) for word in "一二三"))
    assert [message["Content"] for message in app.received] == ["三", "二", "一"]


async def test_callbacks_come_late(emulator: WecomEmulator, app: CallbackApp) -> None:
    emulator.faults.delay_callbacks(0.2)
    started = time.perf_counter()
    await emulator.callbacks.send_text("zhangmin", "慢")
    assert time.perf_counter() - started >= 0.2
    assert len(app.received) == 1

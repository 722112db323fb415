"""D10: the key is in no log line, notice or exception, whatever the endpoint does, at any log level."""

from __future__ import annotations

import asyncio
import logging
import sys

import pytest
import structlog

from bot.contracts.model import Writing
from tests.emulators.llm import Fault
from tests.emulators.llm.emulator import KEY
from tests.unit.adapters.llm.conftest import House

TASK = Writing("写。", "王小明：节能12%，电话13812345678。", "太贵了")
QUICK = [fault for fault in Fault if fault not in (Fault.SILENT, Fault.SLOW)]


@pytest.mark.parametrize("fault", [None, *QUICK])
async def test_faults_tell_no_secrets(house: House, fault: Fault | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house.emulator.says("节能13%。")
    house.emulator.moved_to = house.emulator.base_url
    house.emulator.fail(fault)
    unraised: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unraised.append(repr(context)))
    with structlog.testing.capture_logs() as lines:
        model = house.model(failures=1, seconds=3)
        await model.write(TASK)
        await model.choose("哪个", {"a": "甲"}, "zh")
        told = [*await model.check(), *(notice.text(language) for notice in house.notices for language in ("zh", "en"))]
        told += [repr(model), repr(model._settings), repr(house.notices), repr(sys.exc_info())]
    records = [record.getMessage() + str(record.exc_text) + str(record.args) for record in caplog.records]
    assert records or lines
    for text in [*records, *map(str, lines), *told, *unraised]:
        assert KEY not in text
        assert "王小明" not in text
        assert "13812345678" not in text


async def test_the_key_goes_to_the_endpoint_and_nowhere_else(house: House) -> None:
    house.emulator.says("节能12%。")
    assert await house.model().write(TASK) == "节能12%。"
    asked = house.emulator.requests[0]
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(asked.body)


async def test_no_key_is_sent_where_none_is_set(house: House) -> None:
    house.emulator.key = ""
    house.emulator.says("节能12%。")
    assert await house.model(api_key="").write(TASK) == "节能12%。"
    assert house.emulator.requests[0].headers["Authorization"] == "Bearer none"

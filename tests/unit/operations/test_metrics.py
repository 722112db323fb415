"""What is counted is what happened; every figure is explained in docs/operate.md."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families as parse

from bot.contracts import Message
from bot.contracts.errors import IntakeUnavailable
from bot.metrics import Metrics
from storage.database import Database
from tests.emulators.llm import Fault, LlmEmulator
from tests.emulators.llm.emulator import MODEL
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.thinking import TOO_EXPENSIVE, saying, thinks
from tests.scenarios.world import running
from tests.unit.operations.conftest import serving

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
PAGE = Path(__file__).parents[3] / "docs" / "operate.md"
UNGROUNDED = "我们这周可以再让您三个点，总价 118 万元。"
SEND = "/cgi-bin/message/send"
_OURS = re.compile(r"\bxiaoce_[a-z_]+")


def figures(page: str) -> dict[tuple[str, ...], float]:
    """Name and label values (in the order of their names) → figure."""
    return {(sample.name, *sample.labels.values()): sample.value for family in parse(page) for sample in family.samples}


def message(number: int, channel: str = "wecom") -> Message:
    return Message(f"m{number}", channel, "user:a", "a", "text", NOW, text="帮助")


async def test_a_message_through_the_whole_bot_is_counted_at_every_door(
    data: Path, emulator: WecomEmulator, session: ClientSession
) -> None:
    """Accepted, answered, delivered, and how long it took; the platform's repeat is a duplicate."""
    async with running(data, emulator) as world:
        rep = world.newcomer().wecom
        for _ in range(2):
            await world.say(rep, "我有几个客户", msg_id=7, created_at=1_800_000_000)
        async with session.get(f"{world.url}/metrics") as response:
            found = figures(await response.text())
        async with session.get(f"{world.url}/readyz") as response:
            assert response.status == 200
    assert found["xiaoce_intake_messages_total", "wecom", "accepted"] == 1
    assert found["xiaoce_intake_messages_total", "wecom", "duplicate"] == 1
    assert found["xiaoce_ack_seconds_count", "wecom"] == 2
    assert found["xiaoce_answers_total", "customers"] == 1
    assert found["xiaoce_deliveries_total", "wecom", "sent"] == 1
    assert found["xiaoce_answer_seconds_count", "wecom"] == 1
    assert found["xiaoce_messages_waiting",] == found["xiaoce_deliveries_waiting",] == 0
    assert found["xiaoce_machines_alive",] == 1


async def test_failures_and_dead_letters_are_counted(
    data: Path, emulator: WecomEmulator, session: ClientSession
) -> None:
    async with running(data, emulator) as world:
        emulator.faults.fail(45033, path=SEND)
        await world.say(world.newcomer().wecom, "我有几个客户")
        emulator.faults.fail(60020, path=SEND)
        await world.say(world.newcomer().wecom, "我有几个客户")
        async with session.get(f"{world.url}/metrics") as response:
            found = figures(await response.text())
    assert found["xiaoce_deliveries_total", "wecom", "failed"] == 1
    assert found["xiaoce_deliveries_total", "wecom", "sent"] == 1
    assert found["xiaoce_deliveries_total", "wecom", "dead"] == found["xiaoce_dead_letters",] == 1
    assert found["xiaoce_answer_seconds_count", "wecom"] == 1, "what was not delivered took no time"


async def test_what_waits_is_told_with_its_age(database: Database, session: ClientSession) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=90)
    await database.write(lambda store: [store.messages.add(message(n), long_ago) for n in (1, 2)])
    async with serving(database) as url, session.get(f"{url}/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        found = figures(await response.text())
    assert found["xiaoce_messages_waiting",] == 2
    assert found["xiaoce_messages_oldest_seconds",] == pytest.approx(90, abs=30)
    assert found["xiaoce_deliveries_oldest_seconds",] == 0


def test_messages_that_could_not_be_stored_are_refused() -> None:
    metrics = Metrics()
    with pytest.raises(IntakeUnavailable), metrics.acknowledging([message(1), message(2, "slack")]):
        raise IntakeUnavailable
    found = figures(metrics.page().decode())
    assert found["xiaoce_intake_messages_total", "wecom", "refused"] == 1
    assert found["xiaoce_intake_messages_total", "slack", "refused"] == 1


async def test_calls_to_the_language_model_are_counted(
    data: Path, emulator: WecomEmulator, session: ClientSession
) -> None:
    """What it was asked, what that cost, how long it took, and whether the answer was of use."""
    llm = await LlmEmulator().start()
    try:
        async with running(data, emulator, llm=thinks(llm)) as world:
            llm.says(saying())
            await world.say(world.newcomer().wecom, TOO_EXPENSIVE)
            llm.says(saying(UNGROUNDED))
            await world.say(world.newcomer().wecom, TOO_EXPENSIVE)
            llm.fail(Fault.KEY)
            await world.say(world.newcomer().wecom, TOO_EXPENSIVE)
            async with session.get(f"{world.url}/metrics") as response:
                found = figures(await response.text())
    finally:
        await llm.stop()
    assert found["xiaoce_llm_calls_total", MODEL, "ok"] == len(llm.requests) - 1
    assert found["xiaoce_llm_calls_total", MODEL, "key"] == 1
    assert found["xiaoce_llm_seconds_count", MODEL] == len(llm.requests)
    assert found["xiaoce_llm_tokens_total", "asked", MODEL] > found["xiaoce_llm_tokens_total", "written", MODEL] > 0
    assert found["xiaoce_llm_answers_total", MODEL, "used"] >= 1
    assert found["xiaoce_llm_answers_total", MODEL, "withheld"] == 1


def test_two_apps_in_one_process_do_not_share_figures() -> None:
    first, second = Metrics(), Metrics()
    first.answered("help")
    assert ("xiaoce_answers_total", "help") not in figures(second.page().decode())


async def test_the_manual_names_every_figure_and_no_other(database: Database, session: ClientSession) -> None:
    """Alert rules that ask for a figure that isn't there never fire."""
    async with serving(database) as url, session.get(f"{url}/metrics") as response:
        families = [family for family in parse(await response.text()) if family.name.startswith("xiaoce_")]
    names = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    names = {name.removesuffix("_created") for name in names if not name.endswith("_created")}
    parts = {f"{name}_{part}" for name in names for part in ("bucket", "sum", "count")}
    written = set(_OURS.findall(PAGE.read_text(encoding="utf-8")))
    assert names - written == set()
    assert written - names - parts == set()

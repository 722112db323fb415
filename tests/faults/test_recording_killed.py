"""A16: a bot that is killed in the middle of a recording goes on behind the last stretch that was stored."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.contracts import SystemClock
from bot.flows.recording_import import Import
from config.settings import load_settings
from storage.database import Database
from storage.imports.recordings import Listed
from storage.repositories.consents import Consent
from tests.scenarios.company import MIN
from tests.unit.adapters.speech.sounds import CALL, read, silence, write_wav

SECOND = 16_000  # samples
PATIENCE = 500.0
MARK = "this stretch was stored before the kill"


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(0.1)


async def start(data: Path) -> asyncio.subprocess.Process:
    arguments = ("-m", "tests.faults.listening_bot", str(data))
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, start_new_session=True)


def kill(bot: asyncio.subprocess.Process) -> None:
    """With the process that transcribes, as when the machine goes."""
    if bot.returncode is None:
        os.killpg(bot.pid, signal.SIGKILL)


async def test_a_killed_bot_goes_on_behind_the_last_stretch(data: Path, tmp_path: Path) -> None:
    """What was stored is neither lost nor transcribed again: its words, changed meanwhile, are in the transcript."""
    folder = tmp_path / "calls"
    folder.mkdir()
    call = read(CALL)
    two_stretches = np.concatenate((call, silence(130), call[14 * SECOND : 24 * SECOND]))
    write_wav(folder / "call.wav", two_stretches)
    database = Database(load_settings(data=data).database_url)
    now = SystemClock().now()
    await database.write(lambda s: s.consents.add(Consent("customer", "C001", True, now, "operator", "test")))
    loading = Import(database, data, {"call.wav": Listed("C001", MIN.id)}, now)
    assert [taken async for _, taken in loading.run(folder)] == ["taken"]
    [record] = await database.read(lambda store: store.dialogues.unfinished())

    async def state() -> str:
        found = await database.read(lambda store: store.dialogues.get(record.id))
        return found.state if found else ""

    async def some() -> bool:
        return bool(await database.read(lambda store: store.dialogues.stretches(record.id)))

    async def ready() -> bool:
        return await state() == "ready"

    bot = await start(data)
    try:
        await until(some)
        kill(bot)
        await bot.wait()
        assert await state() == "transcribing"
        [first, *_] = await database.read(lambda store: store.dialogues.stretches(record.id))
        marked = replace(first, utterances=(replace(first.utterances[0], text=MARK, words=()), *first.utterances[1:]))
        await database.write(lambda store: store.dialogues.keep_stretch(record.id, marked))
        bot = await start(data)
        await until(ready)
    finally:
        kill(bot)
        await bot.wait()
    dialogue = await database.read(lambda store: store.dialogues.read(record.id))
    assert dialogue is not None
    assert MARK in [said.text for said in dialogue.utterances]
    assert "Chicago" in " ".join(said.text for said in dialogue.utterances if (said.start or 0) > 150)
    database.close()

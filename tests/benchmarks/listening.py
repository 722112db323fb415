"""Listening beside chats: how long replies take while no recording, and while two recordings, are under way."""

from __future__ import annotations

import asyncio
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.contracts import SystemClock
from bot.flows.recording_import import Import
from storage.database import Database
from storage.imports.recordings import Listed
from storage.repositories.consents import Consent
from tests.benchmarks import company
from tests.benchmarks.bot_process import PATIENCE, Bot
from tests.benchmarks.figures import percentile, seconds, table
from tests.benchmarks.machine import ROOT
from tests.benchmarks.visitor import VISITOR, Visitor

CALL = ROOT / "tests" / "fixtures" / "audio" / "call.flac"
REPEATS = 40  # of half a minute: longer than the questions take
ASKED = 25
PAUSE = 2.1  # seconds between two questions: the console takes 30 a minute from a person
QUESTIONS = ("客户说太贵了怎么回", "客户说要再考虑一下", "我的客户有几家", "竞品便宜怎么办")
TARGET = 1.5  # seconds, 95 % of replies

Tell = Callable[[str], None]


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return _run(Path(folder), tell)


def _run(folder: Path, tell: Tell) -> str:
    bot = Bot(folder / "data")
    tell("making the company")
    asyncio.run(company.found(bot))
    with bot.running():
        bot.until_ready()
        visitor = Visitor(bot)
        _ask(visitor, 10)
        tell("asking while nothing is heard")
        quiet = _ask(visitor, ASKED)
        asyncio.run(_hand_in(bot, folder))
        tell("waiting for the recordings to begin")
        _until(lambda: asyncio.run(_states(bot)).count("transcribing") > 0)
        tell("asking while two recordings are under way")
        busy = _ask(visitor, ASKED)
        still = [state for state in asyncio.run(_states(bot)) if state in {"waiting", "transcribing"}]
    return _report(quiet, busy, len(still))


def _ask(visitor: Visitor, count: int) -> list[float]:
    took = []
    for number in range(count):
        begun = time.perf_counter()
        took.append(visitor.ask(QUESTIONS[number % len(QUESTIONS)]) - begun)
        time.sleep(PAUSE)
    return took


async def _hand_in(bot: Bot, folder: Path) -> None:
    """Two long recordings of the visitor, as the import command does it."""
    source = folder / "calls"
    source.mkdir()
    for number in range(2):
        await asyncio.to_thread(_write, source / f"call{number}.wav", number)
    database, now = Database(bot.database_url), SystemClock().now()
    try:
        consent = Consent("person", VISITOR, True, now, "operator", "benchmark")
        await database.write(lambda store: store.consents.add(consent))
        listed = {f"call{number}.wav": Listed(rep_id=VISITOR) for number in range(2)}
        async for name, taken in Import(database, bot.data, listed, now).run(source):
            if taken != "taken":
                raise RuntimeError(f"{name}: {taken}")
    finally:
        database.close()


def _write(path: Path, number: int) -> None:
    import av

    with av.open(str(CALL)) as container:
        pieces = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    sound = np.roll(np.tile(np.concatenate(pieces), REPEATS), number)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.astype("<i2").tobytes())


async def _states(bot: Bot) -> list[str]:
    database = Database(bot.database_url)
    try:
        return [one.state for one in await database.read(lambda store: store.dialogues.unfinished())]
    finally:
        database.close()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no recording began within {PATIENCE:.0f} s")
        time.sleep(0.5)


def _report(quiet: list[float], busy: list[float], still: int) -> str:
    rows = [
        [name, str(len(took)), seconds(percentile(took, 50)), seconds(percentile(took, 95)), seconds(max(took))]
        for name, took in (("none", quiet), ("two", busy))
    ]
    head = ["recordings under way", "replies", "50 %", "95 %", "slowest"]
    note = f"{still} recordings were still under way at the end. Target: 95 % of replies within {TARGET} s."
    return f"{table(head, rows)}\n\n{note}"

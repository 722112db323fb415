"""Starting: how long until people are heard, until they are answered, and what the bot costs while nobody talks."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks import company
from tests.benchmarks.bot_process import Bot, environment, xiaoce
from tests.benchmarks.figures import seconds, table
from tests.benchmarks.visitor import Visitor

HELP_RUNS, WARM_RUNS, COLD_RUNS = 5, 5, 2
SETTLED = 10.0  # seconds after ready at which memory is read
IDLE = 20.0  # seconds over which the processor is watched
MEGABYTE = 1024**2
QUESTION = "客户说太贵了怎么回"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds since the process was started."""

    listening: float  # messages are taken and stored
    ready: float  # the bot says that it can answer
    answered: float | None = None  # the reply to a question that was asked at once can be seen


@dataclass(frozen=True, slots=True)
class Rest:
    """A bot that nobody talks to."""

    memory: int  # resident bytes
    processor: float  # of one core


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        tell("xiaoce --help")
        help_times = [_help(Path(folder)) for _ in range(HELP_RUNS + 1)][1:]
        tell("start with an empty folder and the sample company")
        cold = [_start(Bot(Path(folder) / f"cold{number}"), "--sample") for number in range(COLD_RUNS)]
        tell("warm starts")
        bot = Bot(Path(folder) / "warm")
        asyncio.run(company.found(bot))
        with bot.running():
            bot.until_ready()
            visitor = Visitor(bot)
        warm = [_start(bot, visitor=visitor) for _ in range(WARM_RUNS)]
        tell("at rest")
        return _report(help_times, warm, cold, _rest(bot))


def _help(folder: Path) -> float:
    begun = time.perf_counter()
    subprocess.run([*xiaoce(), "--help"], cwd=folder, env=environment(), check=True, capture_output=True)
    return time.perf_counter() - begun


def _start(bot: Bot, *arguments: str, visitor: Visitor | None = None) -> Start:
    begun = time.perf_counter()
    with bot.running(*arguments):
        bot.until_listening()
        listening = time.perf_counter() - begun
        if visitor is None:
            bot.until_ready()
            return Start(listening, time.perf_counter() - begun)
        with ThreadPoolExecutor(1) as aside:
            answered = aside.submit(visitor.ask, QUESTION)
            bot.until_ready()
            return Start(listening, time.perf_counter() - begun, answered.result() - begun)


def _rest(bot: Bot) -> Rest:
    with bot.running():
        bot.until_ready()
        time.sleep(SETTLED)
        memory, before = bot.memory, bot.processor_seconds
        time.sleep(IDLE)
        return Rest(memory, (bot.processor_seconds - before) / IDLE)


def _report(help_times: list[float], warm: list[Start], cold: list[Start], rest: Rest) -> str:
    rows = [
        ("`xiaoce --help`", *_spread(help_times)),
        ("`xiaoce run`, warm: messages are taken", *_spread([start.listening for start in warm])),
        ("`xiaoce run`, warm: ready (`/healthz`)", *_spread([start.ready for start in warm])),
        (
            "`xiaoce run`, warm: a question asked at once is answered",
            *_spread([s.answered for s in warm if s.answered]),
        ),
        ("`xiaoce run --sample`, empty folder: messages are taken", *_spread([start.listening for start in cold])),
        ("`xiaoce run --sample`, empty folder: ready", *_spread([start.ready for start in cold])),
    ]
    return "\n\n".join(
        (
            "From the start of the process, files in the system's cache. Warm: database, people, playbook and index "
            f"are there ({company.PEOPLE} people, {company.CUSTOMERS} customers, the sample playbook).",
            table(["", "median", "lowest", "highest", "runs"], rows),
            table(
                ["At rest, console only, SQLite", ""],
                [
                    (f"resident memory {SETTLED:.0f} s after ready", f"{rest.memory / MEGABYTE:.0f} MB"),
                    (f"processor, mean of {IDLE:.0f} s", f"{rest.processor:.1%} of one core"),
                ],
            ),
        )
    )


def _spread(times: list[float]) -> tuple[str, str, str, str]:
    return seconds(median(times)), seconds(min(times)), seconds(max(times)), str(len(times))

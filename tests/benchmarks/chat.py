"""The chat path: a signed callback goes in, the reply reaches the platform. One bot process, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.benchmarks import company
from tests.benchmarks.answers import Answers
from tests.benchmarks.bot_process import Bot
from tests.benchmarks.figures import percentile, seconds, table
from tests.benchmarks.load import DRAIN, Result, run_load
from tests.benchmarks.questions import LANGUAGES, SHARES, questions
from tests.emulators.wecom import WecomEmulator
from tests.postgres_server import PostgresServer

USERS = 200
PER_MINUTE = 15  # messages to one person: half of what WeCom lets through, so that its limit doesn't shape the figures
RATES = (20.0, 50.0)  # messages/s, of the targets
LASTS, SEARCH_LASTS = 30.0, 20.0  # seconds
REPLY_TARGET = 1.5  # seconds, 95 % of replies
WARM_UP = 40  # messages
LADDER = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 60.0, 70.0, 80.0, 100.0, 120.0, 150.0, 200.0)
PERCENTILES = (50, 95, 99)

Tell = Callable[[str], None]


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return asyncio.run(_run(Path(folder), tell))


async def _run(folder: Path, tell: Tell) -> str:
    tell("making the company")
    template = folder / "template"
    await company.found(Bot(template))
    fixed = [("SQLite", await _measure(template, folder, rate, LASTS, tell)) for rate in RATES]
    fixed.append(("PostgreSQL", await _on_postgres(template, folder, tell)))
    steps = await _search(template, folder, [result for _, result in fixed[: len(RATES)]], tell)
    return _report(fixed, steps)


async def _on_postgres(template: Path, folder: Path, tell: Tell) -> Result:
    server = PostgresServer(folder, durable=True)
    await asyncio.to_thread(server.start)
    try:
        url = server.new_database()
        tell("making the company on PostgreSQL")
        await company.found(Bot(folder / "postgres", url))
        return await _measure(folder / "postgres", folder, RATES[0], LASTS, tell, url)
    finally:
        await asyncio.to_thread(server.stop)


async def _search(template: Path, folder: Path, known: list[Result], tell: Tell) -> list[Result]:
    """Halve the rates between the highest that is known to hold and the lowest that doesn't."""
    holding = max((result.rate for result in known if holds(result)), default=0.0)
    failing = min((result.rate for result in known if not holds(result)), default=LADDER[-1] + 1)
    steps: list[Result] = []
    while between := [rate for rate in LADDER if holding < rate < failing]:
        rate = between[len(between) // 2]
        steps.append(await _measure(template, folder, rate, SEARCH_LASTS, tell))
        holding, failing = (rate, failing) if holds(steps[-1]) else (holding, rate)
    return steps


def holds(result: Result) -> bool:
    """Nothing refused or unanswered, and replies in time."""
    in_time = percentile(result.replies, 95) < REPLY_TARGET
    return in_time and not result.refused and not result.unanswered


async def _measure(template: Path, folder: Path, rate: float, lasts: float, tell: Tell, url: str = "") -> Result:
    """One load on a fresh copy of the company, after a warm-up that isn't counted."""
    tell(f"chat: {rate:.0f} messages/s on {'PostgreSQL' if url else 'SQLite'}")
    data = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(template, data, dirs_exist_ok=True)
    bot = Bot(data, url)
    async with _talking(bot) as (emulator, answers):
        words = questions()
        users = company.ACCOUNTS[: max(USERS, int(rate * 60 / PER_MINUTE))]
        warm = await run_load(emulator, answers, 10, WARM_UP / 10, company.ACCOUNTS[-WARM_UP:], words)
        before = bot.processor_seconds
        sent = await run_load(emulator, answers, rate, lasts, users, words, already=len(warm))
        used = bot.processor_seconds - before
        return Result(rate, sent, len(emulator.ledger.dropped), used)


@asynccontextmanager
async def _talking(bot: Bot) -> AsyncIterator[tuple[WecomEmulator, Answers]]:
    async with WecomEmulator(
        users=company.ACCOUNTS, callback_url=f"http://127.0.0.1:{bot.port}/wecom/callback"
    ) as emulator:
        bot.extra = wecom_variables(emulator)
        answers = Answers(bot.database_url)
        with bot.running():
            await asyncio.to_thread(bot.until_ready)
            yield emulator, answers
        answers.close()


def wecom_variables(emulator: WecomEmulator) -> dict[str, str]:
    """Settings that pair the bot with the emulated WeCom."""
    values = {
        "ENABLED": "true",
        "CORP_ID": emulator.company.corp_id,
        "AGENT_ID": str(emulator.company.agent_id),
        "SECRET": emulator.company.secret,
        "TOKEN": emulator.company.token,
        "AES_KEY": emulator.company.aes_key,
        "BASE_URL": emulator.base_url,
    }
    return {f"XIAOCE_WECOM__{name}": value for name, value in values.items()}


def _report(fixed: list[tuple[str, Result]], steps: list[Result]) -> str:
    tried = sorted([*steps, *(result for database, result in fixed if database == "SQLite")], key=_rate)
    best = max((result.rate for result in tried if holds(result)), default=0.0)
    highest = (
        f"Highest rate that holds on SQLite (reply p95 < {REPLY_TARGET} s, nothing refused or unanswered for "
        f"{SEARCH_LASTS:.0f} s): **{f'{best:.0f} messages/s' if best else 'none of those tried'}**. Tried, each on a "
        "fresh copy of the data:"
    )
    return "\n\n".join([_method(), _table(fixed), highest, _table([("SQLite", step) for step in tried])])


def _method() -> str:
    mix = ", ".join(f"{share} % {kind.title() if kind in LANGUAGES else kind}" for kind, share in SHARES.items())
    return (
        "The bot is one `xiaoce run` process without an LLM; emulated WeCom and load generator are a second process "
        "on the same machine. Messages leave by the clock and times count from the moment at which a message was due, "
        f"so queueing is in them. {LASTS:.0f} s for each line after {WARM_UP} uncounted messages; at least {USERS} "
        f"people, none sends more than {PER_MINUTE} a minute; questions: {mix}. Reply: until WeCom accepted its last "
        "part. CPU: of the bot, all its threads, for each reply. Refused: no 200 within 5 s. Unanswered: no reply yet "
        f"{DRAIN:.0f} s after the load. Dropped: by WeCom's own limits."
    )


def _rate(result: Result) -> float:
    return result.rate


def _table(results: list[tuple[str, Result]]) -> str:
    head = ["messages/s", "database", *(f"ack p{p}" for p in PERCENTILES), *(f"reply p{p}" for p in PERCENTILES)]
    return table(
        [*head, "refused", "unanswered", "dropped", "CPU a reply", "generator late"], [_row(*line) for line in results]
    )


def _row(database: str, result: Result) -> list[str]:
    times = [seconds(percentile(v, p)) for v in (result.acknowledgements, result.replies) for p in PERCENTILES]
    counts = [str(result.refused), str(result.unanswered), str(result.dropped)]
    return [
        f"{result.rate:.0f}",
        database,
        *times,
        *counts,
        seconds(result.processor / max(1, len(result.replies))),
        seconds(result.lateness),
    ]

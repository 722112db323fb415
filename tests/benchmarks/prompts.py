"""From a customer's sentence in a channel to the card on the rep's phone, under 20 messages a second."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.contracts import SystemClock
from bot.contracts.listening import Source
from storage.database import Database
from storage.repositories.consents import Consent
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store
from tests.benchmarks import company
from tests.benchmarks.bot_process import Bot
from tests.benchmarks.chat import wecom_variables
from tests.benchmarks.figures import percentile, seconds, table
from tests.benchmarks.machine import ROOT
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.workspace import Channel
from tests.emulators.wecom import Outcome, WecomEmulator
from tests.scenarios.world import slack_settings

RATE = 20.0  # messages/s of customers
LASTS = 30.0  # seconds
ROOMS = 200  # each of one customer, whose rep is somebody else in each
EVERY = 10  # one message of so many says something that a rep should know
WARM_UP = 10  # messages, each in a room that isn't counted
DRAIN = 20.0  # seconds that the last cards are given
TARGET = 3.0  # seconds, 95 % of cards
CUSTOMER = "U0CUSTOMER"
ORDINARY = ROOT / "config" / "signals" / "ordinary.txt"
TELLING = (
    "你们的价格太贵了，超出我们的预算了",
    "这个价格比我们预期高出不少，太贵了",
    "太贵了，我们预算没有这么多",
    "价格还是偏高，老板说太贵",
)
ALWAYS = {  # whenever this is run, and for every customer
    "XIAOCE_COACHING__QUIET_FROM": "00:00",
    "XIAOCE_COACHING__QUIET_TO": "00:00",
    "XIAOCE_COACHING__WORKING_DAYS": "false",
    "XIAOCE_COACHING__SCOPE": "all",
}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Words:
    """Something that a customer writes."""

    room: int
    text: str
    telling: bool


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return asyncio.run(_run(Bot(Path(folder) / "data"), tell))


async def _run(bot: Bot, tell: Tell) -> str:
    tell("making the company")
    await company.found(bot)
    await _agree(bot)
    channels = {_room(number): Channel(f"room{number}", (CUSTOMER,)) for number in range(ROOMS + WARM_UP)}
    async with (
        WecomEmulator(users=company.ACCOUNTS, callback_url=f"http://127.0.0.1:{bot.port}/wecom/callback") as wecom,
        SlackEmulator(users={CUSTOMER: "客户"}, channels=channels) as slack,
    ):
        slack.set_callback(f"http://127.0.0.1:{bot.port}/slack/events")
        bot.extra = {**wecom_variables(wecom), **_slack(slack), **ALWAYS}
        with bot.running():
            await asyncio.to_thread(bot.until_ready)
            tell("warming up")
            warm = [Words(ROOMS + number, TELLING[0], telling=True) for number in range(WARM_UP)]
            await _cards(wecom, await _talk(slack, warm, 1.0))
            tell(f"{RATE:.0f} messages/s")
            before = bot.processor_seconds
            due = await _talk(slack, list(_conversations()), RATE)
            took = await _cards(wecom, due)
            return _report(took, len(due), bot.processor_seconds - before)


async def _agree(bot: Bot) -> None:
    """Every room's consent, and whose room it is, as `xiaoce chats import` notes them."""
    database, now = Database(bot.database_url), SystemClock().now()

    def note(store: Store) -> None:
        for number in range(ROOMS + WARM_UP):
            room, customer, rep = _room(number), f"C{number:04}", f"B{number:04}"
            store.consents.add(Consent("room", room, True, now, "operator", "benchmark"))
            known = DialogueRecord(
                f"{room}:begin", Source.CHAT, now, customer, rep, begun_at=now, state="ready", room=room
            )
            store.dialogues.open(known)

    try:
        await database.write(note)
    finally:
        database.close()


def _slack(slack: SlackEmulator) -> dict[str, str]:
    given = slack_settings(slack)
    return {
        f"XIAOCE_SLACK__{name.upper()}": str(value).lower() if value is True else str(value)
        for name, value in given.items()
    }


def _conversations() -> Iterator[Words]:
    """What is written, one after the other: mostly nothing of note, and in each room at most one objection."""
    dice = random.Random(7)
    lines = [line.strip() for line in ORDINARY.read_text(encoding="utf-8").splitlines()]
    ordinary = [line for line in lines if line and not line.startswith("#")]
    rooms = iter(dice.sample(range(ROOMS), ROOMS))
    for number in range(int(RATE * LASTS)):
        if number % EVERY == 0:
            yield Words(next(rooms), dice.choice(TELLING), telling=True)
        else:
            yield Words(dice.randrange(ROOMS), dice.choice(ordinary), telling=False)


async def _talk(slack: SlackEmulator, words: list[Words], rate: float) -> dict[str, float]:
    """Customers write by the clock. WeCom account of whoever should get a card → when its sentence was due."""
    start, due, tasks = time.time() + 0.2, {}, []
    for number, said in enumerate(words):
        at = start + number / rate
        await asyncio.sleep(max(0.0, at - time.time()))
        tasks.append(asyncio.create_task(slack.callbacks.say(CUSTOMER, said.text, _room(said.room))))
        if said.telling:
            due[company.ACCOUNTS[said.room]] = at
    for told in await asyncio.gather(*tasks):
        if not told.ok:
            raise RuntimeError("the bot refused a message of the load")
    return due


async def _cards(wecom: WecomEmulator, due: dict[str, float]) -> list[float]:
    """Seconds from the sentence to the card on the phone; what hasn't come after a while isn't among them."""
    deadline = time.time() + DRAIN
    while time.time() < deadline and not due.keys() <= (came := _came(wecom)).keys():
        await asyncio.sleep(0.1)
    came = _came(wecom)
    return [came[account] - at for account, at in due.items() if account in came]


def _came(wecom: WecomEmulator) -> dict[str, float]:
    return {entry.recipient: entry.at.timestamp() for entry in wecom.ledger.of(Outcome.DELIVERED)}


def _room(number: int) -> str:
    return f"C0ROOM{number:04}"


def _report(took: list[float], expected: int, processor: float) -> str:
    row = [
        f"{RATE:.0f}",
        str(expected),
        str(len(took)),
        *(seconds(percentile(took, percent)) for percent in (50, 95)),
        seconds(max(took, default=0.0)),
        seconds(processor / (RATE * LASTS)),
    ]
    head = ["customers' messages/s", "telling", "cards", "50 %", "95 %", "slowest", "CPU a message"]
    holds = len(took) == expected and percentile(took, 95) <= TARGET
    return (
        f"Customers write in {ROOMS} Slack channels, one message of {EVERY} is a price objection; from the moment at "
        "which it was due until emulated WeCom gave the card, with its talk-track, to the customer's rep. SQLite, one "
        f"process, no LLM; bot, both platforms and load share this machine. {LASTS:.0f} s after {WARM_UP} uncounted "
        f"cards. Target: every card, 95 % within {TARGET:.0f} s; it {'holds' if holds else 'is missed'}.\n\n"
        + table(head, [row])
    )

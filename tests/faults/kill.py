"""The kill test: a bot under load is killed again and again, and no member may notice.

Every member says one thing. The platform's part is played to the letter: a message counts as accepted when it was
answered with 200, and is sent again, at most three times, when it was not. At the end each accepted message must have
been answered exactly once on the member's screen, and none more than once.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from sqlalchemy import func
from sqlmodel import col, select

from storage.database import Database
from storage.store import Store
from storage.tables import MessageRow
from tests.faults.lines import Line, Said
from tests.faults.process import BotProcess
from tests.scenarios.company import Employee

PER_SECOND, PER_LIFE = 20.0, 60  # messages; they go on coming while the bot is dead and while it starts
AGAIN_SECONDS = (1.0, 2.0, 4.0)  # before each repeat of a message that was not acknowledged
QUESTIONS = ("客户说太贵了怎么回", "我有几个客户", "帮助")  # each is answered by one message
EARLY = 0.25  # of the kills come before the bot has learnt its talk-tracks, so before it answers anything
EARLY_SECONDS, LIFE_SECONDS = 0.5, 2.5  # the longest life from taking messages, and from answering, to the kill
SETTLE_SECONDS = 120.0  # until the wait for the last answers is given up
FIRST_NUMBER = 1_000_000


@dataclass
class Figures:
    """What happened."""

    kills: int = 0
    sent: list[Said] = field(default_factory=list)
    accepted: list[Said] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    repeats: int = 0
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)  # members who saw something twice
    prevented: str = ""  # what the platform tells of repeats that nobody saw

    def __str__(self) -> str:
        return (
            f"kills {self.kills}, sent {len(self.sent)}, sent again {self.repeats}, accepted {len(self.accepted)}, "
            f"answered {self.answered}, lost {len(self.lost)}, seen twice {len(self.twice)}, "
            f"{self.prevented}, "
            f"restart to taking messages p50 {statistics.median(self.starts):.1f} s, max {max(self.starts):.1f} s"
        )


class KillTest:
    """Load, kills, and the reckoning. `seed` makes the moments of the kills repeatable."""

    def __init__(self, bot: BotProcess, line: Line, members: Sequence[Employee], seed: int) -> None:
        self._bot = bot
        self._line = line
        self._members = iter(members)
        self._dice = random.Random(seed)
        self._numbers = count(FIRST_NUMBER)
        self._tasks: set[asyncio.Task[None]] = set()
        self.figures = Figures()

    async def run(self, kills: int) -> Figures:
        """Do it, and count."""
        await self._bot.start()
        for _ in range(kills):
            await self._live_and_die()
            self.figures.starts.append(await self._bot.start())
        await asyncio.gather(*self._tasks)
        await self._settle()
        await self._bot.stop()
        return self._reckon()

    async def _live_and_die(self) -> None:
        """One life under load, ended at a moment that nobody chose."""
        early = self._dice.random() < EARLY
        if not early:
            await self._bot.ready()
        self._tasks.add(asyncio.create_task(self._load()))
        await asyncio.sleep(self._dice.uniform(0, EARLY_SECONDS if early else LIFE_SECONDS))
        await self._bot.kill()
        self.figures.kills += 1

    async def _load(self) -> None:
        async with asyncio.TaskGroup() as sending:
            for member in islice(self._members, PER_LIFE):
                said = Said(self._line.account(member), self._dice.choice(QUESTIONS), next(self._numbers))
                sending.create_task(self._say(said))
                await asyncio.sleep(self._dice.expovariate(PER_SECOND))

    async def _say(self, said: Said) -> None:
        """One message and its repeats, all with the same number and time."""
        created_at = int(time.time())
        self.figures.sent.append(said)
        for pause in (*AGAIN_SECONDS, 0.0):
            if await self._line.send(said, created_at):
                self.figures.accepted.append(said)
                return
            self.figures.repeats += 1
            await asyncio.sleep(pause)

    async def _settle(self) -> None:
        """Wait until nothing is left to do; if that never comes, the reckoning says what is missing."""
        database = Database(self._bot.database_url)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_SECONDS):
                    while await database.read(_left):
                        await asyncio.sleep(0.1)
        finally:
            database.close()

    def _reckon(self) -> Figures:
        seen = self._line.seen()
        self.figures.twice = [said.member for said in self.figures.sent if seen[said.member] > 1]
        self.figures.lost = [said.member for said in self.figures.accepted if not seen[said.member]]
        self.figures.answered = sum(seen[said.member] == 1 for said in self.figures.accepted)
        self.figures.prevented = self._line.prevented()
        return self.figures


def _left(store: Store) -> int:
    """How many messages are unanswered and how many deliveries unfinished."""
    unanswered = select(func.count()).select_from(MessageRow).where(col(MessageRow.answered_at).is_(None))
    counts = store.deliveries.counts()
    return store.session.exec(unanswered).one() + counts["waiting"] + counts["sending"]

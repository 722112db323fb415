"""Faults between the pump and a subscriber, put in on our side: it is real, and nothing real is at stake (C8)."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Protocol

from adapters.webhooks.client import Answer
from adapters.webhooks.letter import Letter
from skills.sandbox.report import Findings, Request

TIMEOUTS, SERVER, DUPLICATES, REORDER = "timeouts", "5xx", "duplicates", "reorder"
FAULTS = (TIMEOUTS, SERVER, DUPLICATES, REORDER)
SHARE = 0.2  # of attempts that one kind of fault or another befalls
SPARED = 3  # attempts after which nothing more is put in: the ladder shall be seen, not used up
DELAY = 0.3  # seconds, at most, by which one is held back to come after others


class Post(Protocol):
    """Hands a letter to a subscriber."""

    async def post(self, letter: Letter) -> Answer:
        """One attempt."""
        ...


class FaultyPost:
    """As the client, with accidents on the way. Everything that really reached out is noted."""

    def __init__(self, client: Post, faults: tuple[str, ...], seed: int, found: Findings) -> None:
        self._client, self._faults, self._found = client, faults, found
        self._dice = Random(seed)  # noqa: S311 - not for secrets
        self._attempts: Counter[str] = Counter()
        self._reached: Counter[str] = Counter()

    async def post(self, letter: Letter) -> Answer:
        """One attempt; what the pump hears of it may not be what happened."""
        id_ = letter.event.id
        self._attempts[id_] += 1
        self._found.attempts += 1
        fault = self._fault(self._attempts[id_])
        if fault:
            self._found.injected[fault] += 1
        if fault == SERVER:
            return Answer(503, "status", "503")
        if fault == TIMEOUTS and self._dice.random() < 0.5:
            return Answer(reason="timeout")
        if fault == REORDER:
            await asyncio.sleep(self._dice.random() * DELAY)
        answer = await self._reach(letter, heard=fault != TIMEOUTS)
        if fault == DUPLICATES:
            await self._reach(letter)
        return Answer(reason="timeout") if fault == TIMEOUTS else answer  # the other half on the way back

    def _fault(self, attempt: int) -> str:
        if not self._faults or attempt > SPARED or self._dice.random() >= SHARE:
            return ""
        return self._dice.choice(self._faults)

    async def _reach(self, letter: Letter, *, heard: bool = True) -> Answer:
        answer, id_ = await self._client.post(letter), letter.event.id
        self._reached[id_] += 1
        number = self._reached[id_]
        request = Request(id_, number, answer.status, answer.reason, answer.milliseconds, heard)
        self._found.requests.append(request)
        return answer

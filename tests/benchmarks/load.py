"""Open-loop load: messages leave by the clock, whether or not the bot keeps up, so that waiting is measured too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice

from tests.benchmarks.answers import Answers
from tests.emulators.wecom import Outcome, WecomEmulator
from tests.emulators.wecom import callback_xml as xml

HTTP_OK = 200
DRAIN = 20.0  # seconds that the last replies are given after the last message


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the load. Times in seconds from the moment at which it was due."""

    id: str  # as the bot names it
    due: float  # Unix time
    left: float  # how late the generator itself was
    acknowledged: float | None  # None: no 200
    replied: float | None = None  # the platform accepted the last part of the reply; None: never


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a load."""

    rate: float
    sent: Sequence[Sent]
    dropped: int  # by the platform's limits: must be 0, or the load is not what it claims to be
    processor: float  # seconds of processor time that the bot used for all of it

    @property
    def acknowledgements(self) -> list[float]:
        """Seconds from due to the platform's 200."""
        return [one.acknowledged for one in self.sent if one.acknowledged is not None]

    @property
    def replies(self) -> list[float]:
        """Seconds from due to the reply."""
        return [one.replied for one in self.sent if one.replied is not None]

    @property
    def refused(self) -> int:
        """Callbacks without a 200 within the platform's 5 s."""
        return len(self.sent) - len(self.acknowledgements)

    @property
    def unanswered(self) -> int:
        """Accepted, but not answered when the drain time was over; the kill test asks whether it comes."""
        return sum(one.acknowledged is not None and one.replied is None for one in self.sent)

    @property
    def lateness(self) -> float:
        """How late the generator was at worst."""
        return max((one.left for one in self.sent), default=0.0)


async def run_load(
    emulator: WecomEmulator,
    answers: Answers,
    rate: float,
    seconds: float,
    users: Iterable[str],
    words: Iterator[str],
    already: int = 0,
) -> list[Sent]:
    """Send, and wait for the answers.

    `already`: messages that this bot had answered before.
    """
    turns = zip(cycle(users), words, strict=False)
    sent = await _send_all(emulator, rate, islice(turns, int(rate * seconds)))
    await _drain(answers, already + len(sent))
    return _with_replies(emulator, answers, sent)


async def _send_all(emulator: WecomEmulator, rate: float, turns: Iterable[tuple[str, str]]) -> list[Sent]:
    start = time.time() + 0.2
    tasks: list[asyncio.Task[Sent]] = []
    for number, (user, text) in enumerate(turns):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.time()))
        tasks.append(asyncio.create_task(_send(emulator, user, text, due)))
    return await asyncio.gather(*tasks)


async def _send(emulator: WecomEmulator, user: str, text: str, due: float) -> Sent:
    left = time.time() - due
    envelope = emulator.callbacks.prepare(user, xml.text(text))
    (delivery,) = await emulator.callbacks.post_many([envelope])
    acknowledged = time.time() - due if delivery.status == HTTP_OK else None
    return Sent(f"wecom:{emulator.company.agent_id}:{user}:{delivery.msg_id}", due, left, acknowledged)


async def _drain(answers: Answers, expected: int) -> None:
    await asyncio.to_thread(answers.wait, expected, DRAIN)


def _with_replies(emulator: WecomEmulator, answers: Answers, sent: Iterable[Sent]) -> list[Sent]:
    accepted = {entry.msgid: entry.at.timestamp() for entry in emulator.ledger.of(Outcome.ACCEPTED)}
    references = answers.references()

    def replied(one: Sent) -> float | None:
        parts = references.get(one.id, [])
        if not parts or any(part not in accepted for part in parts):
            return None
        return max(accepted[part] for part in parts) - one.due

    return [replace(one, replied=replied(one)) for one in sent]

"""What is counted and timed, for Prometheus. docs/operate.md says what each figure means and when to worry.

Each `Metrics` has a registry of its own: nothing is global, and two apps in one process don't meet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.contracts import Message

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

ACK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # WeCom waits 5 s, Slack 3 s
ANSWER_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 300, 1800)
MODEL_SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60)
DELIVERY_RESULTS = ("sent", "failed", "dead")


class Metrics:
    """The figures of one process since it started."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        self.registry: CollectorRegistry = CollectorRegistry()
        ours = self.registry
        ProcessCollector(registry=ours)
        self._intake = Counter(
            "xiaoce_intake_messages",
            "Messages from platforms, by what became of them.",
            ["channel", "result"],
            registry=ours,
        )
        self._ack = Histogram(
            "xiaoce_ack_seconds",
            "From a message's arrival until it is safe, and the platform may be told so.",
            ["channel"],
            buckets=ACK_SECONDS,
            registry=ours,
        )
        self._answers = Counter("xiaoce_answers", "Messages answered, by skill.", ["skill"], registry=ours)
        self._faults = Counter("xiaoce_skill_faults", "Answers replaced by an apology.", registry=ours)
        self._deliveries = Counter(
            "xiaoce_deliveries", "Calls to platforms, by how they ended.", ["channel", "result"], registry=ours
        )
        self._answer_seconds = Histogram(
            "xiaoce_answer_seconds",
            "From a message's arrival until the platform has taken the last part of the answer.",
            ["channel"],
            buckets=ANSWER_SECONDS,
            registry=ours,
        )
        self._llm_calls = Counter(
            "xiaoce_llm_calls", "Calls to the language model, by how they ended.", ["model", "result"], registry=ours
        )
        self._llm_tokens = Counter(
            "xiaoce_llm_tokens",
            "Tokens that the language model charged for: of prompts (asked) and answers (written).",
            ["model", "kind"],
            registry=ours,
        )
        self._llm_answers = Counter(
            "xiaoce_llm_answers",
            "Answers of the language model: used, or withheld.",
            ["model", "result"],
            registry=ours,
        )
        self._llm_seconds = Histogram(
            "xiaoce_llm_seconds",
            "Duration of calls to the language model.",
            ["model"],
            buckets=MODEL_SECONDS,
            registry=ours,
        )

    @contextmanager
    def acknowledging(self, messages: Sequence[Message]) -> Iterator[Callable[[Sequence[str]], None]]:
        """Time the storing of messages; call what this gives with the ids that were new. Not called: refused."""
        began, new = time.perf_counter(), None

        def stored(ids: Sequence[str]) -> None:
            nonlocal new
            new = set(ids)

        try:
            yield stored
        finally:
            for message in messages:
                self._intake.labels(message.channel, _result(message, new)).inc()
                self._ack.labels(message.channel).observe(time.perf_counter() - began)

    def answered(self, skill: str) -> None:
        """A message is answered; `skill` "" when with silence."""
        self._answers.labels(skill or "nobody").inc()

    def fault(self) -> None:
        """A skill failed, and the person was told the number of the error."""
        self._faults.inc()

    def sent(self, channel: str, received: datetime | None, now: datetime) -> None:
        """A platform took a parcel. `received`: when the message came that is answered completely with it."""
        self._deliveries.labels(channel, "sent").inc()
        if received is not None:
            self._answer_seconds.labels(channel).observe(max(timedelta(), now - received).total_seconds())

    def not_sent(self, channel: str, *, dead: bool) -> None:
        """A call failed: it is made again, or is `dead` until an operator replays it."""
        self._deliveries.labels(channel, "dead" if dead else "failed").inc()

    def model_called(self, model: str, result: str, *, seconds: float, asked: int, written: int) -> None:
        """See `adapters.llm.tally.Tally`."""
        self._llm_calls.labels(model, result).inc()
        self._llm_seconds.labels(model).observe(seconds)
        self._llm_tokens.labels(model, "asked").inc(asked)
        self._llm_tokens.labels(model, "written").inc(written)

    def model_judged(self, model: str, *, used: bool) -> None:
        """See `adapters.llm.tally.Tally`."""
        self._llm_answers.labels(model, "used" if used else "withheld").inc()

    def page(self) -> bytes:
        """Everything in Prometheus's text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


def _result(message: Message, new: set[str] | None) -> str:
    if new is None:
        return "refused"
    return "accepted" if message.id in new else "duplicate"

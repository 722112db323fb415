"""One id that all log lines about a message carry, from its callback to the last call that answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from structlog.contextvars import bind_contextvars, bound_contextvars

Work = Callable[[str], Awaitable[None]]


def trace_of(message_id: str) -> str:
    """A short form of a message's id. It can be computed anywhere, so that nothing has to be handed on."""
    return sha256(message_id.encode("utf-8", "replace")).hexdigest()[:12]


def traced(work: Work) -> Work:
    """A job about a message, whose log lines carry its trace."""

    async def job(message_id: str) -> None:
        with bound_contextvars(trace=trace_of(message_id)):
            await work(message_id)

    return job


def trace(message_id: str) -> None:
    """From here on, in this task and those it starts, log lines are about this message."""
    bind_contextvars(trace=trace_of(message_id))

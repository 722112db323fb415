"""What can be said of a call that failed, whatever the platform."""

from __future__ import annotations

from bot.contracts.errors import TemporaryFailure


class Unanswered(TemporaryFailure):
    """The call may have arrived: the connection broke before the answer, or nothing usable came."""

"""WeCom's two limits for each chat: 30 messages a minute and 1000 an hour, whatever their kind.

An app's messages beyond them are dropped without an error.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.common.recent import Recent
from bot.contracts.errors import TemporaryFailure
from config.locales import t

LIMITS = ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000))
SPARE = 15  # a minute, that drafts leave to answers
CHATS = 4096


class Pace:
    """Counts what this process sent. A bot's connection belongs to one process, so that is all there is."""

    def __init__(self, limits: Sequence[tuple[timedelta, int]] = LIMITS) -> None:
        """`limits`: those that nobody else keeps, the shortest first."""
        self._limits = limits
        self._sent: Recent[str, deque[datetime]] = Recent(CHATS)

    def spend(self, conversation: str, now: datetime) -> None:
        """Note one message. Raises TemporaryFailure, noting nothing, when the chat has no room."""
        sent = self._lately(conversation, now)
        for window, most in self._limits:
            if len(sent) >= most and (wait := (sent[-most] + window - now).total_seconds()) > 0:
                text = t("wecom.send.paced", seconds=math.ceil(wait))
                raise TemporaryFailure(text, retry_after=wait)
        sent.append(now)

    def has_spare(self, conversation: str, now: datetime) -> bool:
        """Whether a draft may use up a message of this minute."""
        sent = self._lately(conversation, now)
        return sum(now - at < LIMITS[0][0] for at in sent) < LIMITS[0][1] - SPARE

    def _lately(self, conversation: str, now: datetime) -> deque[datetime]:
        sent = self._sent.get(conversation, deque())
        self._sent[conversation] = sent
        while sent and now - sent[0] >= self._limits[-1][0]:
            sent.popleft()
        return sent

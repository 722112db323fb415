"""WeCom's two limits for each chat: 30 messages a minute and 1000 an hour, whatever their kind."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.contracts.errors import TemporaryFailure
from config.locales import t

LIMITS = ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000))
SPARE = 15  # a minute, that drafts leave to answers
CHATS = 4096


class Pace:
    """Counts what this process sent. Who holds the connection sends everything, so that is all there is."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, deque[datetime]] = OrderedDict()

    def spend(self, conversation: str, now: datetime) -> None:
        """Note one message. Raises TemporaryFailure, noting nothing, when the chat has no room."""
        sent = self._lately(conversation, now)
        for window, most in LIMITS:
            if len(sent) >= most and (wait := (sent[-most] + window - now).total_seconds()) > 0:
                text = t("wecom_bot.send.paced", seconds=math.ceil(wait))
                raise TemporaryFailure(text, retry_after=wait)
        sent.append(now)

    def has_spare(self, conversation: str, now: datetime) -> bool:
        """Whether a draft may use up a message of this minute."""
        sent = self._lately(conversation, now)
        return sum(now - at < LIMITS[0][0] for at in sent) < LIMITS[0][1] - SPARE

    def _lately(self, conversation: str, now: datetime) -> deque[datetime]:
        sent = self._sent.setdefault(conversation, deque())
        self._sent.move_to_end(conversation)
        while sent and now - sent[0] >= LIMITS[-1][0]:
            sent.popleft()
        while len(self._sent) > CHATS:
            self._sent.popitem(last=False)
        return sent

"""What a press hands to the app: a trigger_id to open one modal, a response_url to answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.emulators.common.clock import Clock
from tests.emulators.slack.errors import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE, RESPONSE_USES = timedelta(minutes=30), 5


@dataclass
class Trigger:
    """Good for one modal within 3 seconds."""

    user: str
    at: datetime
    view_id: str = ""  # the modal in which it was pressed, for views.push
    used: bool = False


@dataclass
class Response:
    """Good for five answers within 30 minutes."""

    user: str
    channel: str
    at: datetime
    ts: str = ""  # of the message whose button was pressed
    uses: int = 0


class Triggers:
    """All that were handed out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, Response] = {}

    def issue(self, user: str, view_id: str = "") -> str:
        """A trigger_id."""
        ident = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[ident] = Trigger(user, self._clock.now(), view_id)
        return ident

    def exchange(self, ident: str) -> Trigger:
        """Use it up; raise what Slack answers when it is unknown, used or too old."""
        trigger = self._triggers.get(ident)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() - trigger.at > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def issue_response(self, user: str, channel: str, ts: str = "") -> str:
        """The last part of a response_url."""
        key = secrets.token_urlsafe(18)
        self._responses[key] = Response(user, channel, self._clock.now(), ts)
        return key

    def use_response(self, key: str) -> Response:
        """Count one use; raise used_url or expired_url."""
        response = self._responses.get(key)
        if response is None or self._clock.now() - response.at > RESPONSE_LIFE:
            raise SlackError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        response.uses += 1
        return response

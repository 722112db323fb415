"""Error codes that only the AI bot has. Which of them were seen on the real server: README.md."""

from __future__ import annotations

from tests.emulators.wecom.errors import ApiError

BAD_CREDENTIALS, INVALID_CHAT = 853000, 93006
INVALID_REQ_ID, TOO_OFTEN, STREAM_EXPIRED, NOT_SUBSCRIBED = 846605, 846607, 846608, 846609
MESSAGES = {
    BAD_CREDENTIALS: "invalid bot_id or secret",
    INVALID_CHAT: "invalid chatid",
    INVALID_REQ_ID: "invalid req_id",
    TOO_OFTEN: "aibot send msg frequency limit exceeded",
    STREAM_EXPIRED: "stream message update expired",
    NOT_SUBSCRIBED: "aibot websocket not subscribed",
}


class BotError(ApiError):
    """The bot's request was refused."""

    @property
    def errmsg(self) -> str:
        """What stands in the answer's `errmsg`."""
        words = MESSAGES.get(self.errcode)
        if words is None:
            return super().errmsg
        return f"{words}: {self.detail}" if self.detail else words

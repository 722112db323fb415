"""Error codes of the API and the messages that go with them."""

from __future__ import annotations

MESSAGES = {
    -1: "system error, please try again later",
    0: "ok",
    40001: "invalid credential",
    40004: "invalid media type",
    40005: "invalid type parameter",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40010: "invalid voice size",
    40011: "invalid video size",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40029: "invalid code",
    40056: "invalid agentid",
    40058: "invalid request parameter",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "corpsecret missing",
    41006: "media_id missing",
    41011: "agentid missing",
    41050: "invalid or expired welcome code",
    41051: "externaluser has started chatting",
    42001: "access_token expired",
    42014: "invalid task_id",
    42015: "the app that updates is not the app that sent",
    42022: "code has been used",
    43001: "require GET method",
    43002: "require POST method",
    43012: "callback url is not set for this app",
    44001: "empty media data",
    44004: "content size out of limit, or empty content",
    45007: "voice play time out of limit",
    45008: "article count out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    47001: "data format error",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    81013: "user & party & tag all invalid",
    82001: "All specified receiver are empty",
    84061: "not external contact",
    93000: "invalid webhook url",
    301002: "not allow operate another agent with this accesstoken",
    301017: "invalid voice format",
}


class ApiError(Exception):
    """The request was refused; the caller reads the code, never the words."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        self.errcode = errcode
        self.detail = detail
        super().__init__(f"{errcode} {self.errmsg}")

    @property
    def errmsg(self) -> str:
        """What stands in the answer's `errmsg`."""
        words = MESSAGES.get(self.errcode, "error")
        return f"{words}: {self.detail}" if self.detail else words

"""A record of every raw request, and of everything in it that a careful client would not do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.emulators.wecom.record import RawRequest

CLIENT_SECRET_PATHS = ("/api/openid.connect.token", "/api/oauth.v2.access")
BEARERS = ("bot token", "app token", "user token")


@dataclass
class Record:
    """Requests in order of arrival; `violations` must be empty at the end of a good test."""

    requests: list[RawRequest] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)  # leaked secrets, unknown fields …
    warnings: list[str] = field(default_factory=list)  # allowed, but not good practice

    def to(self, method: str) -> list[RawRequest]:
        """The requests made to one method, such as `chat.postMessage`."""
        return [request for request in self.requests if request.path == f"/api/{method}"]

    def violation(self, text: str) -> None:
        """Note something a careful client would not do."""
        self.violations.append(text)

    def inspect(self, request: RawRequest, secrets: Iterable[tuple[str, str]]) -> None:
        """Keep the request and look for what must never be in it."""
        self.requests.append(request)
        for name, value in secrets:
            self._find_leak(name, value, request)

    def _find_leak(self, name: str, value: str, request: RawRequest) -> None:
        if value in request.path or any(value in text for text in request.query.values()):
            self.violation(f"{name} in the address of {request.path}")
        for key, text in request.headers.items():
            if value in text and not (key.lower() == "authorization" and name in BEARERS):
                self.violation(f"{name} in the header {key} of {request.path}")
        if value.encode() in request.body and not (name == "client secret" and request.path in CLIENT_SECRET_PATHS):
            self.violation(f"{name} in the body of {request.path}")

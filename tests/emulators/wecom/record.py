"""A record of every raw request, and of everything in it that a careful client would not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class RawRequest:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass
class Record:
    """Requests in order of arrival; `violations` must be empty at the end of a good test."""

    requests: list[RawRequest] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)  # leaked secrets, debug=1, unknown fields …
    warnings: list[str] = field(default_factory=list)  # allowed, but it looks bad on a phone

    def to(self, path: str) -> list[RawRequest]:
        """The requests made to one path, such as `/cgi-bin/message/send`."""
        return [request for request in self.requests if request.path == path]

    def violation(self, text: str) -> None:
        """Note something a careful client would not do."""
        self.violations.append(text)

    def inspect(self, request: RawRequest, tokens: list[str], secret: str) -> None:
        """Keep the request and look for what must never be in it."""
        self.requests.append(request)
        if request.query.get("debug"):
            self.violation(f"debug={request.query['debug']} in {request.path}: it lowers the limits to 5/min")
        for token in tokens:
            self._find_leak("access_token", token, request, allowed="access_token")
        self._find_leak("corpsecret", secret, request, allowed="corpsecret")

    def _find_leak(self, name: str, value: str, request: RawRequest, allowed: str) -> None:
        if value in request.path:
            self.violation(f"{name} in the path of {request.path}")
        for key, text in request.query.items():
            if key != allowed and value in text:
                self.violation(f"{name} in the query parameter {key} of {request.path}")
        for key, text in request.headers.items():
            if value in text:
                self.violation(f"{name} in the header {key} of {request.path}")
        if value.encode() in request.body:
            self.violation(f"{name} in the body of {request.path}")

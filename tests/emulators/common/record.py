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
    violations: list[str] = field(default_factory=list)  # leaked secrets, unknown fields …
    warnings: list[str] = field(default_factory=list)  # allowed, but not good practice

    def to(self, path: str) -> list[RawRequest]:
        """The requests made to one path."""
        return [request for request in self.requests if request.path == path]

    def violation(self, text: str) -> None:
        """Note something a careful client would not do."""
        self.violations.append(text)

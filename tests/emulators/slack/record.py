"""What a careful client of Slack would not do."""

from __future__ import annotations

from collections.abc import Iterable

from tests.emulators.common.record import RawRequest, Record

CLIENT_SECRET_PATHS = ("/api/openid.connect.token", "/api/oauth.v2.access")
BEARERS = ("bot token", "app token", "user token")


class SlackRecord(Record):
    """Looks for secrets where they don't belong."""

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

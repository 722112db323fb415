"""What a careful client of WeCom would not do."""

from __future__ import annotations

from tests.emulators.common.record import RawRequest, Record


class WecomRecord(Record):
    """Looks for `debug` and for secrets where they don't belong."""

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

"""The console's cookies: none that a script, another site, or (on https) an unencrypted page could read or set."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

SESSION = "xiaoce_session"
VISIT = "xiaoce_visit"  # before signing in there is no session: the sign-in form's CSRF mark hangs on this
ATTEMPT = "xiaoce_attempt_"  # with the beginning of its state: several tabs may sign in at once
HOST_ONLY = "__Host-"  # browsers then refuse it from other hosts, paths and unencrypted pages


class Cookies:
    """Reads and writes them, by their names without prefix."""

    def __init__(self, https: bool) -> None:
        self._https = https
        self._prefix = HOST_ONLY if https else ""

    def get(self, request: web.Request, name: str) -> str:
        """ "" when the browser has none."""
        return request.cookies.get(self._prefix + name, "")

    def names(self, request: web.Request, beginning: str) -> list[str]:
        """Those that begin so."""
        begun = self._prefix + beginning
        return [name.removeprefix(self._prefix) for name in request.cookies if name.startswith(begun)]

    def set(self, response: web.StreamResponse, name: str, value: str, age: timedelta | None) -> None:
        """Lax: a link from a chat brings them along, a form or script of another site doesn't. No age: until closed."""
        seconds = int(age.total_seconds()) if age else None
        response.set_cookie(
            self._prefix + name, value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=self._https
        )

    def drop(self, response: web.StreamResponse, name: str) -> None:
        """Take it out of the browser."""
        response.del_cookie(self._prefix + name, path="/", httponly=True, samesite="Lax", secure=self._https)

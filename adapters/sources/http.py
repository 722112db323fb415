"""HTTP for sources: nobody is led into a private network, and no answer fills the memory."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from requests import Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ConnectionError, ReadTimeout, RequestException, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from adapters.sources.faults import refused

PASSING = (408, 425, 429)  # faults of the caller that pass by waiting
_CHUNK = 1 << 16  # bytes


class PrivateAddress(RequestException):
    """A name led to an address inside; the argument is the host."""


class TooLarge(RequestException):
    """An answer was larger than agreed."""


class _Looks:
    """The address that was really connected to is looked at: a name may mean another one than a moment ago."""

    host: str

    def _new_conn(self) -> socket.socket:
        opened: socket.socket = super()._new_conn()  # type: ignore[misc]  # of the class beside this one
        peer = str(opened.getpeername()[0])
        if not ip_address(peer.split("%", maxsplit=1)[0]).is_global:
            opened.close()
            raise PrivateAddress(self.host)
        return opened


class _Http(_Looks, HTTPConnection):
    pass


class _Https(_Looks, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _PublicOnly(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As ever, but connections look where they lead."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


class BoundedSession(Session):
    """Reads an answer no further than agreed, redirects included; asks again when the service is busy or away."""

    def __init__(
        self,
        seconds: float,
        megabytes: int,
        *,
        attempts: int,
        backoff: float,
        allow_private: bool,
        own_headers: Collection[str] = (),
    ) -> None:
        """`own_headers`: names of those that are for this service alone."""
        super().__init__()
        self._own_headers = own_headers
        self._seconds, self._megabytes = seconds, megabytes
        self._attempts, self._backoff = attempts, backoff
        self.trust_env = False  # a proxy would hide where a connection leads
        if not allow_private:
            self.mount("http://", _PublicOnly())
            self.mount("https://", _PublicOnly())

    def send(self, request: Any, **kwargs: Any) -> Any:
        """One call, and the attempts it takes; every redirect is another. Raises TooLarge, HTTPError."""
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                answer = self._once(request, kwargs)
            except (ConnectionError, Timeout, ChunkedEncodingError):
                if last:
                    raise
                wait = 0.0
            else:
                if last or (answer.status_code < 500 and answer.status_code not in PASSING):
                    answer.raise_for_status()
                    return answer
                wait = _retry_after(answer)
            time.sleep(min(max(wait, self._backoff * 2 ** (attempt - 1)), self._seconds))
        raise AssertionError("the last attempt returns or raises")

    def get_redirect_target(self, resp: Any) -> str | None:
        """As ever; but the answer that says so is read no further than any other, before requests reads it whole."""
        target = super().get_redirect_target(resp)
        if target:
            self._taken_in(resp)
        return target

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        """As ever, and headers with keys don't follow to another host either."""
        super().rebuild_auth(prepared_request, response)
        if self.should_strip_auth(response.request.url, prepared_request.url):
            for name in self._own_headers:
                prepared_request.headers.pop(name, None)

    def _once(self, request: Any, kwargs: Any) -> Any:
        return self._taken_in(super().send(request, **{**kwargs, "stream": True, "timeout": self._seconds}))

    def _taken_in(self, answer: Any) -> Any:
        """With its body. Raises TooLarge, ReadTimeout for one that drips."""
        if answer._content is False:  # not read yet
            body, until = bytearray(), time.monotonic() + self._seconds * 10
            for chunk in answer.iter_content(_CHUNK):
                body += chunk
                if len(body) > self._megabytes << 20:
                    answer.close()
                    raise TooLarge
                if time.monotonic() > until:
                    answer.close()
                    raise ReadTimeout
            answer._content, answer._content_consumed = bytes(body), True
        return answer


def _retry_after(answer: Any) -> float:
    """Seconds that the service asks for; 0 when it doesn't say."""
    said = str(answer.headers.get("Retry-After", ""))
    return float(said) if said.isdecimal() else 0.0


def check_address(url: str, *, allow_private: bool) -> None:
    """Raises SourceRefused for what is no web address, or one that is plainly inside. Connections look again."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise refused("url", url=url)
    if not allow_private and _is_inside(host):
        raise refused("private", host=host)


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".localhost"))

"""One connection to an IMAP server, blocking. Reads only: folders are opened with EXAMINE, mails with BODY.PEEK."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from bot.contracts.errors import ConfigurationError, TemporaryFailure
from config.groups.email import Email
from config.locales import t

T = TypeVar("T")

CONNECT_SECONDS = 15.0
READ_SECONDS = 60.0
_PROGRAM = {"name": "xiaoce", "version": "1.0", "vendor": "xiaoce"}  # 163 and 126 refuse who doesn't say


class Session:
    """Signed in, with the folder open. Faults are TemporaryFailure, or ConfigurationError if an operator must act."""

    def __init__(self, settings: Email, lang: str = "zh") -> None:
        self._settings = settings
        self._lang = lang
        self._client: Any = None  # an IMAPClient; the library has no types
        self.validity = 0  # UIDVALIDITY of the open folder

    def open(self) -> None:
        """Connect, sign in, open the folder."""
        with self._translated():
            self._client = client = self._connected()
        self._sign_in(client)
        self._examine(client)

    def uids_after(self, last: int, since: date | None) -> list[int]:
        """The mails behind `last`, oldest first; of the very first reading those since a day."""
        with self._translated():
            if since is not None:
                return sorted(self._open().search(["SINCE", since]))
            found: list[int] = self._open().search(["UID", f"{last + 1}:*"])
        return sorted(uid for uid in found if uid > last)  # n:* always names the newest, even if it is older than n

    def size(self, uid: int) -> int | None:
        """Its bytes; None when it is gone."""
        return self._value(uid, "RFC822.SIZE", int)

    def raw(self, uid: int) -> bytes | None:
        """The mail; None when it is gone."""
        return self._value(uid, "BODY.PEEK[]", bytes)

    def head(self, uid: int) -> bytes | None:
        """Its headers; None when it is gone."""
        return self._value(uid, "BODY.PEEK[HEADER]", bytes)

    def wait(self, seconds: float) -> bool:
        """Sleep until the server announces something, at most so long. False if the server can't do that."""
        client = self._open()
        with self._translated():
            if not client.has_capability("IDLE"):
                return False
            client.idle()
            client.idle_check(timeout=seconds)
            client.idle_done()
        return True

    def close(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.logout()
            with contextlib.suppress(Exception):  # a line that was cut can't say goodbye
                client.shutdown()

    def abort(self) -> None:
        """Cut the line, from any thread: whoever waits for the server wakes up."""
        client = self._client
        if client is not None:
            with contextlib.suppress(Exception):
                client.socket().shutdown(socket.SHUT_RDWR)

    def _open(self) -> Any:
        if self._client is None:
            raise TemporaryFailure(self._say("refused", why="closed"))
        return self._client

    def _connected(self) -> Any:
        from imapclient import IMAPClient, SocketTimeout

        settings = self._settings
        timeout = SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        make: Any = IMAPClient
        client = make(settings.host, settings.port, ssl=settings.security == "ssl", timeout=timeout)
        client.normalise_times = False
        if settings.security == "starttls":
            client.starttls(ssl.create_default_context())
        return client

    def _sign_in(self, client: Any) -> None:
        from imapclient.exceptions import LoginError

        with self._translated():
            try:
                client.login(self._settings.user, self._settings.password.get_secret_value())
            except LoginError as error:
                if isinstance(error.__context__, _abort()):  # the line broke meanwhile: that says nothing about it
                    raise error.__context__ from None
                raise ConfigurationError(self._say("login", user=self._settings.user, why=_brief(error))) from None
            if client.has_capability("ID"):
                client.id_(_PROGRAM)

    def _examine(self, client: Any) -> None:
        from imapclient.exceptions import IMAPClientError

        with self._translated():
            try:
                answer = client.select_folder(self._settings.folder, readonly=True)
            except IMAPClientError as error:
                if isinstance(error, _abort()):
                    raise
                raise ConfigurationError(self._say("folder", folder=self._settings.folder, why=_brief(error))) from None
        self.validity = int(answer.get(b"UIDVALIDITY", 0))

    def _value(self, uid: int, item: str, kind: type[T]) -> T | None:
        with self._translated():
            answer = self._open().fetch([uid], [item])
        held = answer.get(uid, {})
        wanted = item.replace(".PEEK", "").encode()
        found = held.get(wanted)
        return found if isinstance(found, kind) else None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The library's faults as ours."""
        from imapclient.exceptions import IMAPClientError

        settings = self._settings
        try:
            yield
        except ssl.SSLError as error:
            raise TemporaryFailure(self._say("tls", host=settings.host, why=_brief(error))) from None
        except (OSError, EOFError) as error:
            why = type(error).__name__
            text = self._say("unreachable", host=settings.host, port=settings.port, why=why)
            raise TemporaryFailure(text) from None
        except IMAPClientError as error:
            raise TemporaryFailure(self._say("refused", why=_brief(error))) from None

    def _say(self, key: str, **values: object) -> str:
        return t(f"email.check.{key}", self._lang, **values)


def _abort() -> type[Exception]:
    from imapclient.exceptions import IMAPClientAbortError

    kind: type[Exception] = IMAPClientAbortError
    return kind


def _brief(error: Exception) -> str:
    """What the server said, on one line, within reason."""
    words = " ".join(str(error).split())
    return words.removeprefix("b'").removesuffix("'")[:160] or type(error).__name__

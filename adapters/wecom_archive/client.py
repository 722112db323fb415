"""WeCom's library as the bot sees it: in a process that is started again whenever it dies, hangs or talks nonsense."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog

from adapters.common.child import Child, ChildLost
from adapters.wecom_archive.errors import Nonsense, Refused, raise_for_code
from adapters.wecom_archive.translate import Sealed, sealed_in
from bot.contracts.errors import ConfigurationError, FetchFailed
from config.groups.wecom_archive import WecomArchive
from config.languages import operator_language
from config.locales import t

WORKER = "adapters.wecom_archive.worker"
LARGEST_LINE = 128 * 1024 * 1024  # bytes: a thousand long messages fit
GRACE_SECONDS = 15.0  # beyond the library's own time-out
OPEN_SECONDS = 20.0  # decryption takes milliseconds

log = structlog.get_logger(__name__)


class SdkClient:
    """Signs in by itself, also after a death. Not for several tasks at once."""

    def __init__(self, settings: WecomArchive, corp_id: str) -> None:
        self._settings = settings
        self._corp_id = corp_id
        self.child = Child(WORKER, largest_line=LARGEST_LINE)
        self._ready_for: int | None = None  # the process that was signed in

    async def sign_in(self) -> None:
        """Load the library, and Init. Raises ConfigurationError, TemporaryFailure or ChildLost."""
        settings = self._settings
        self._ready_for = None
        answer = await self._ask(
            {
                "do": "init",
                "library": str(settings.library),
                "corp_id": self._corp_id,
                "secret": settings.secret.get_secret_value(),
                "proxy": settings.proxy,
                "password": settings.proxy_password.get_secret_value(),
                "seconds": settings.timeout_seconds,
            },
            settings.timeout_seconds + GRACE_SECONDS,
        )
        raise_for_code(_code(answer))
        self._ready_for = self.child.pid

    async def pull(self, seq: int) -> list[Sealed]:
        """The messages behind `seq`. Raises TemporaryFailure, ConfigurationError or ChildLost."""
        question = {"do": "pull", "seq": seq, "limit": self._settings.batch}
        answer = await self._signed_in(question, self._settings.timeout_seconds + GRACE_SECONDS)
        raise_for_code(_code(answer))
        return sealed_in(_text(answer))

    async def open(self, key: str, content: str) -> str:
        """A message, decrypted. Raises Refused for this message, ChildLost when the library died over it."""
        answer = await self._signed_in({"do": "open", "key": key, "content": content}, OPEN_SECONDS)
        if code := _code(answer):
            raise Refused(code)
        return _text(answer)

    async def media(self, file: str) -> AsyncIterator[bytes]:
        """A file, piece by piece. Raises Refused, TemporaryFailure or ChildLost; FetchFailed when it never ends."""
        index = ""
        while True:
            question = {"do": "media", "file": file, "index": index}
            answer = await self._signed_in(question, self._settings.timeout_seconds + GRACE_SECONDS)
            if code := _code(answer):
                raise Refused(code)
            piece, following = _piece(answer)
            yield piece
            if answer.get("finished"):
                return
            if not following or following == index:
                raise FetchFailed(t("wecom_archive.endless", operator_language()))
            index = following

    async def close(self) -> None:
        """End the process."""
        await self.child.kill()

    async def _signed_in(self, question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        if self._ready_for is None or self._ready_for != self.child.pid:
            await self.sign_in()
        return await self._ask(question, seconds)

    async def _ask(self, question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        async def watch(line: asyncio.Future[bytes], _pid: int) -> None:
            if not (await asyncio.wait({line}, timeout=seconds))[0]:
                raise ChildLost()

        try:
            answer = await self.child.ask(question, watch)
        except ChildLost:
            log.warning("wecom_archive.child_lost", work=question["do"], status=self.child.status)
            raise
        if fault := answer.get("fault"):
            library = self._settings.library
            text = t("wecom_archive.library", operator_language(), library=library, why=fault)
            raise ConfigurationError(text)
        if answer.get("unready"):
            self._ready_for = None
            raise ChildLost()
        return answer


def _code(answer: Mapping[str, Any]) -> int:
    code = answer.get("code")
    if not isinstance(code, int):
        raise Nonsense()
    return code


def _text(answer: Mapping[str, Any]) -> str:
    data = answer.get("data")
    if not isinstance(data, str):
        raise Nonsense()
    return data


def _piece(answer: Mapping[str, Any]) -> tuple[bytes, str]:
    try:
        return base64.b64decode(_text(answer), validate=True), str(answer.get("next") or "")
    except binascii.Error as error:
        raise Nonsense() from error

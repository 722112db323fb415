"""A person waits for the language model once, however often it is asked on the way to one answer."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from bot.contracts import Adapter
from bot.contracts.model import Filled, NoModel, OnDraft, Writing

if TYPE_CHECKING:
    from adapters.llm.adapter import LanguageModel

T = TypeVar("T")

_until: ContextVar[float] = ContextVar("until", default=math.inf)  # of the loop's clock

log = structlog.get_logger(__name__)


class Patience:
    """How long one answer may wait for the model, in seconds: less where nobody sees it being written."""

    def __init__(self, seen: float = math.inf, unseen: float = math.inf) -> None:
        self._seen, self._unseen = seen, unseen

    @contextmanager
    def one_answer(self, adapter: Adapter) -> Iterator[None]:
        """All that a `PatientModel` is asked inside shares this time."""
        seconds = self._seen if adapter.drafts else self._unseen
        token = _until.set(asyncio.get_running_loop().time() + seconds)
        try:
            yield
        finally:
            _until.reset(token)


class PatientModel:
    """A `bot.contracts.Model` that does without once the answer's time is up.

    What was asked then goes on unheard, so that the model itself finds out whether it is slow or lost.
    """

    def __init__(self, model: LanguageModel | NoModel) -> None:
        self._model = model
        self._unheard: set[asyncio.Task[Any]] = set()

    @property
    def available(self) -> bool:
        """Whether there is a model, and time to ask it."""
        return self._model.available and _seconds_left() > 0

    async def write(self, task: Writing, on_draft: OnDraft | None = None) -> str | None:
        """See `bot.contracts.Model.write`. No draft comes once we do without."""
        until = _until.get()

        async def in_time(text: str) -> None:
            if on_draft and asyncio.get_running_loop().time() < until:
                await on_draft(text)

        return await self._in_time(self._model.write(task, in_time if on_draft else None))

    async def choose(self, question: str, options: Mapping[str, str], language: str) -> str | None:
        """See `bot.contracts.Model.choose`."""
        return await self._in_time(self._model.choose(question, options, language))

    async def fill(self, instruction: str, text: str, schema: type[Filled]) -> Filled | None:
        """See `bot.contracts.Model.fill`."""
        return await self._in_time(self._model.fill(instruction, text, schema))

    async def open(self, *, lost: bool) -> None:
        """See `LanguageModel.open`."""
        await self._model.open(lost=lost)

    async def check(self) -> list[str]:
        """One sentence per fault and its remedy; empty when all is well."""
        return await self._model.check()

    async def close(self) -> None:
        """Stop listening to what nobody waits for, and give sockets back."""
        for task in self._unheard:
            task.cancel()
        await asyncio.gather(*self._unheard, return_exceptions=True)
        await self._model.close()

    async def _in_time(self, asking: Coroutine[Any, Any, T | None]) -> T | None:
        if not self.available:
            asking.close()
            return None
        task = asyncio.create_task(asking)
        self._unheard.add(task)
        task.add_done_callback(self._unheard.discard)
        seconds = _seconds_left()
        try:
            done, _ = await asyncio.wait({task}, timeout=None if math.isinf(seconds) else seconds)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if done:
            return task.result()
        log.info("model.too_late")
        return None


def _seconds_left() -> float:
    return _until.get() - asyncio.get_running_loop().time()

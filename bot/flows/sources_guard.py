"""A reader blocks, and a source may hang: it gets a thread that nobody waits for longer than is said."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress

import structlog

from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch
from config.languages import operator_language
from config.locales import t

AHEAD = 2  # batches that are read while others are being kept

log = structlog.get_logger(__name__)


async def batches(read: Callable[[], Iterator[Batch]], seconds: float) -> AsyncIterator[Batch]:
    """The batches of a reader. Raises SourceUnavailable when nothing comes for so many seconds, and what it raises.

    A thread that hangs in a driver can't be stopped: it is left alone, and does no harm when it wakes.
    """
    pump = _Pump(read, asyncio.get_running_loop())
    threading.Thread(target=pump.run, name="source", daemon=True).start()
    try:
        while True:
            try:
                item = await asyncio.wait_for(pump.items.get(), seconds)
            except TimeoutError:
                raise SourceUnavailable(_say("unavailable.silent", seconds=round(seconds))) from None
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            pump.room.release()
            yield item
    finally:
        pump.over.set()
        pump.room.release()


class _Pump:
    def __init__(self, read: Callable[[], Iterator[Batch]], loop: asyncio.AbstractEventLoop) -> None:
        self._read, self._loop = read, loop
        self.items: asyncio.Queue[Batch | BaseException | None] = asyncio.Queue()
        self.room = threading.Semaphore(AHEAD)
        self.over = threading.Event()

    def run(self) -> None:
        end: BaseException | None = None
        try:
            for batch in self._read():
                self.room.acquire()
                if self.over.is_set():
                    return
                self._hand(batch)
        except (SourceRefused, SourceUnavailable) as error:
            end = error
        except Exception as error:
            log.exception("a source could not be read")
            end = SourceRefused(_say("refused.unexpected", kind=type(error).__name__))
        self._hand(end)

    def _hand(self, item: Batch | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self.items.put_nowait, item)


def _say(key: str, **values: object) -> str:
    return t(f"sources.{key}", operator_language(), **values)

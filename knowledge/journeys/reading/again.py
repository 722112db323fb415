"""Reading the quick way first: a source that finds its file isn't simple asks to be read again, more thoroughly."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")


class ReadAgain(Exception):
    """What was given so far must be forgotten; iterate again, the source goes another way now."""


def ahead(chunks: Iterable[T], depth: int = 2) -> Generator[T, None, None]:
    """The same chunks, made in a thread of their own while the last one is being counted."""
    waiting: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: tuple[T | None, BaseException | None]) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def make() -> None:
        try:
            for chunk in chunks:
                put((chunk, None))
                if stopped.is_set():
                    return
            put((None, None))
        except BaseException as error:  # handed over to the reader's thread, whatever it is
            put((None, error))

    thread = threading.Thread(target=make, name="reading ahead", daemon=True)
    thread.start()
    try:
        while True:
            chunk, error = waiting.get()
            if error is not None:
                raise error
            if chunk is None:
                return
            yield chunk
    finally:
        stopped.set()
        thread.join()

"""The hub: the open browsers, and what is pushed to them. It keeps nothing; history is the truth."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.console.ports import HistoryEntry

WAITING = 100  # entries that a slow browser may lag behind before the rest is left to history
STREAMS = 20  # open windows of one person; the oldest gives way


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer looks like so far, as Markdown; the entry that comes after it ends it."""

    text: str


class Stream:
    """One open browser window."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[HistoryEntry | Draft | None] = asyncio.Queue(WAITING + 1)
        self.closed = False
        self.missed = True  # history may have more than was put here

    def put(self, entry: HistoryEntry | Draft) -> None:
        """Hand over an entry; one too many is dropped, the next look into history finds it."""
        if self._queue.qsize() < WAITING:
            self._queue.put_nowait(entry)
        else:
            self.missed = True

    def wake(self) -> None:
        """Let the reader look into history now; once for several calls."""
        asleep, self.missed = not self.missed, True
        if asleep and not self._queue.full():
            self._queue.put_nowait(None)

    def close(self) -> None:
        """Wake the reader for the last time."""
        self.closed = True
        if not self._queue.full():
            self._queue.put_nowait(None)

    async def next(self, seconds: float) -> HistoryEntry | Draft | None:
        """The next entry; None when nothing came for so many seconds, it was woken, or the stream was closed."""
        try:
            async with asyncio.timeout(seconds):
                return await self._queue.get()
        except TimeoutError:
            return None


class Hub:
    """All open windows, by person."""

    def __init__(self) -> None:
        self._streams: dict[str, list[Stream]] = defaultdict(list)

    @contextmanager
    def open(self, person_id: str) -> Iterator[Stream]:
        """A stream of everything that is pushed to the person from now on."""
        stream = Stream()
        streams = self._streams[person_id]
        if len(streams) >= STREAMS:
            streams[0].close()
        streams.append(stream)
        try:
            yield stream
        finally:
            streams.remove(stream)
            if not streams:
                self._streams.pop(person_id, None)

    def push(self, person_id: str, entry: HistoryEntry | Draft) -> int:
        """Show an entry in every open window of the person; returns how many there are."""
        streams = self._streams.get(person_id, [])
        for stream in streams:
            stream.put(entry)
        return len(streams)

    def present(self) -> Collection[str]:
        """Who has a window open."""
        return self._streams.keys()

    def wake(self, person_id: str) -> None:
        """Let every open window of the person look into history."""
        for stream in self._streams.get(person_id, []):
            stream.wake()

    def close(self) -> None:
        """End all streams, so that a stopping server needn't wait for browsers."""
        for streams in self._streams.values():
            for stream in streams:
                stream.close()

"""Lets what was sent last leave first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 1.0  # seconds to wait for the window to fill
GAP = 0.05  # each leaves before the next, so that the order on the wire is certain


class Turns:
    """Holds senders back until `window()` of them are there; 0 and 1 hold nobody."""

    def __init__(self, window: Callable[[], int]) -> None:
        self._window = window
        self._held: list[asyncio.Event] = []
        self._releasing: set[asyncio.Task[None]] = set()

    async def take(self) -> None:
        """Wait for one's turn."""
        if self._window() < 2:
            return
        mine = asyncio.Event()
        self._held.append(mine)
        if len(self._held) >= self._window():
            self._release()
        try:
            await asyncio.wait_for(mine.wait(), PATIENCE)
        except TimeoutError:
            if mine in self._held:
                self._held.remove(mine)

    def _release(self) -> None:
        held, self._held = self._held[::-1], []
        task = asyncio.get_running_loop().create_task(_one_by_one(held))
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)


async def _one_by_one(held: list[asyncio.Event]) -> None:
    for event in held:
        event.set()
        await asyncio.sleep(GAP)

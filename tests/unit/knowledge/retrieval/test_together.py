"""Questions that are asked at once are embedded at once (D10)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.errors import EmbeddingFailedError
from knowledge.retrieval.together import Together

MOST = 3


class Model:
    """Gives the length of each text, and notes which texts came together."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.free = asyncio.Event()

    async def __call__(self, texts: Sequence[str]) -> Matrix:
        self.batches.append(list(texts))
        await self.free.wait()
        if "bad" in texts:
            raise EmbeddingFailedError("bad")
        return np.array([[len(text)] for text in texts], dtype=np.float32)


async def test_what_waits_for_a_busy_model_goes_together() -> None:
    """D10: the first is not held back, the others share; everybody gets their own row."""
    model = Model()
    together = Together(model, MOST)
    first = asyncio.create_task(together.ask("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.ask("b" * number)) for number in range(2, 6)]
    await asyncio.sleep(0)
    model.free.set()
    rows = await asyncio.gather(first, *others)
    assert [float(row[0]) for row in rows] == [1, 2, 3, 4, 5]
    assert [len(batch) for batch in model.batches] == [1, 3, 1]


async def test_a_failure_reaches_those_who_wait_for_it_and_no_others() -> None:
    """A8: a damaged batch is no reason to stop; and somebody who went away disturbs nobody."""
    model = Model()
    together = Together(model, MOST)
    both = [asyncio.create_task(together.ask(text)) for text in ("bad", "gone")]
    await asyncio.sleep(0)
    both[1].cancel()
    model.free.set()
    with pytest.raises(EmbeddingFailedError):
        await both[0]
    assert float((await together.ask("fine"))[0]) == len("fine")

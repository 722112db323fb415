"""Decoded sound on disk: 16 kHz, 16 bits, one or two channels, in a file that vanishes with the process."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.speech.limits import RATE, Refused

Sound16 = NDArray[np.int16]
Wave = NDArray[np.float32]
PIECE = 60 * RATE  # samples that are looked at together
LOUDEST = 0.25  # what the loudest hundredth is raised to, of full scale
MOST_GAIN = 10.0


class Samples:
    """What a recording sounds like, read piece by piece. The file has no name, so that nothing of it stays behind."""

    def __init__(self, folder: Path, channels: int) -> None:
        self.channels = channels
        self._gain: Wave = np.ones(channels, np.float32)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as the recording
        self.close = weakref.finalize(self, self._file.close)  # by itself at the latest when nobody needs it
        self._length = 0

    def __len__(self) -> int:
        """Samples of each channel."""
        return self._length

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._length / RATE

    def append(self, piece: Sound16, limit: float) -> None:
        """Add samples of shape (n, channels). Raises Refused when more than `limit` seconds have come together."""
        self._length += len(piece)
        if self._length > limit * RATE:
            raise Refused("too_long", minutes=round(limit / 60))
        self._file.write(np.ascontiguousarray(piece).data)

    def finish(self) -> None:
        """Nothing more is appended. Quiet recordings are raised, so that a phone at the table's other end is heard."""
        self._file.flush()
        loud = np.max([np.percentile(np.abs(piece[::16]), 99, axis=0) for piece in self.pieces()], axis=0)
        self._gain = np.clip(LOUDEST * 32768 / np.maximum(loud, 1), 1, MOST_GAIN).astype(np.float32)

    def pieces(self) -> Iterator[Sound16]:
        """All of it, a minute at a time, of shape (n, channels)."""
        for begin in range(0, self._length, PIECE):
            yield self.raw(begin, begin + PIECE)

    def raw(self, begin: int, end: int) -> Sound16:
        """Samples as they were decoded, of shape (n, channels)."""
        begin, end = max(0, begin), min(end, self._length)
        if end <= begin:
            return np.zeros((0, self.channels), np.int16)
        shape = (end - begin, self.channels)
        mapped: np.memmap[Any, np.dtype[np.int16]] = np.memmap(
            self._file, np.int16, "r", begin * self.channels * 2, shape
        )
        return np.array(mapped)

    def wave(self, begin: int, end: int, channel: int | None = None) -> Wave:
        """Samples between -1 and 1, raised; of one channel, or of all mixed together."""
        raised = self.raw(begin, end) * (self._gain / np.float32(32768))
        chosen = raised.mean(axis=1) if channel is None else raised[:, channel]
        return np.clip(chosen, -1, 1)

"""Mel spectrograms as the voice encoder was trained on: 40 bands of power, 25 ms windows, 10 ms apart."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from adapters.speech.limits import RATE

SIZE, HOP, BANDS = 400, 160, 40
LINEAR_HZ = 200 / 3  # width of a mel below 1 kHz (Slaney's scale)
LOG_FROM = 1000.0
LOG_STEP = np.log(6.4) / 27
LEAST_LEVEL = 10 ** (-30 / 20)  # what quiet sound is raised to, of full scale

Floats = NDArray[np.float32]


def spectrogram(wave: Floats) -> Floats:
    """Of shape (frames, BANDS); a frame every HOP samples, the first one centred on the first sample."""
    raised = wave * np.float32(_gain(wave))
    around = np.pad(raised, SIZE // 2)
    frames = np.lib.stride_tricks.sliding_window_view(around, SIZE)[::HOP]
    power = np.abs(np.fft.rfft(frames * _hann(), axis=1)) ** 2
    return (power @ _filters().T).astype(np.float32)


def _gain(wave: Floats) -> float:
    level = float(np.sqrt(np.mean(np.square(wave, dtype=np.float64)))) if len(wave) else 0.0
    return max(1.0, LEAST_LEVEL / level) if level else 1.0


@cache
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)).astype(np.float32)


@cache
def _filters() -> NDArray[np.float64]:
    """Triangles of equal area, of shape (BANDS, SIZE // 2 + 1)."""
    corners = _hertz(np.linspace(0, _mel(RATE / 2), BANDS + 2))
    bins = np.linspace(0, RATE / 2, SIZE // 2 + 1)
    rising = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    area: NDArray[np.float64] = (2 / (corners[2:] - corners[:-2]))[:, None]
    return np.maximum(0, np.minimum(rising, falling)) * area


def _mel(hertz: float) -> float:
    return float(LOG_FROM / LINEAR_HZ + np.log(hertz / LOG_FROM) / LOG_STEP)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    bend = LOG_FROM / LINEAR_HZ
    return np.where(mels < bend, mels * LINEAR_HZ, LOG_FROM * np.exp(LOG_STEP * (mels - bend)))

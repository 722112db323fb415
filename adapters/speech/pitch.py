"""How high a voice is, by YIN (de Cheveigné and Kawahara, JASA 111, 2002), without its last refinement.

A package that does this has to be compiled where it is installed, or is under a licence that isn't ours; so these few
lines are here.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from adapters.speech.limits import RATE
from adapters.speech.samples import Wave

LOWEST, HIGHEST = 60.0, 500.0  # Hz of human voices
EVERY = 0.01  # seconds between two values
APERIODIC = 0.15  # of the power: what is less regular has no pitch
QUIETEST = 1e-3  # root mean square of full scale: below it is silence
_SHORTEST, _LONGEST = int(RATE / HIGHEST), int(RATE / LOWEST)  # periods, in samples
_WINDOW = 2 * _LONGEST
_AT_ONCE = 4096  # frames, about 40 MB

Frames = NDArray[np.float32]


def voiced_pitch(wave: Wave) -> NDArray[np.float64]:
    """Pitch in Hz every 10 ms, only where there is one."""
    length = _WINDOW + _LONGEST + 1
    if wave.size < length:
        return np.empty(0)
    frames = sliding_window_view(wave, length)[:: int(RATE * EVERY)]
    parts = [_pitch(np.asarray(frames[at : at + _AT_ONCE])) for at in range(0, len(frames), _AT_ONCE)]
    return np.concatenate(parts)


def _pitch(frames: Frames) -> NDArray[np.float64]:
    loud = np.sqrt(np.mean(np.square(frames), axis=1)) > QUIETEST
    irregular = _normalised(_differences(frames[loud]))
    rows = np.arange(len(irregular))
    lag = _first_valley(irregular)
    voiced = irregular[rows, lag] < APERIODIC
    return np.asarray(RATE / _between(irregular[rows[voiced]], lag[voiced]))


def _differences(frames: Frames) -> NDArray[np.float64]:
    """For each lag how much a frame differs from itself that much later (equation 6), by way of the spectrum."""
    size = 1 << (frames.shape[1] - 1).bit_length()
    spectrum = np.fft.rfft(frames, size)
    products = np.fft.irfft(np.conj(np.fft.rfft(frames[:, :_WINDOW], size)) * spectrum, size)[:, : _LONGEST + 2]
    sums = np.cumsum(np.pad(np.square(frames, dtype=np.float64), ((0, 0), (1, 0))), axis=1)
    energy = sums[:, _WINDOW : _WINDOW + _LONGEST + 2] - sums[:, : _LONGEST + 2]
    return np.asarray(np.maximum(energy[:, :1] + energy - 2 * products, 0.0))


def _normalised(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each difference against the mean of those at shorter lags (equation 8)."""
    lags = np.arange(differences.shape[1])
    means = np.cumsum(differences, axis=1) / np.maximum(lags, 1)
    return np.asarray(np.divide(differences, means, out=np.ones_like(differences), where=means > 0))


def _first_valley(irregular: NDArray[np.float64]) -> NDArray[np.intp]:
    """The shortest lag at the bottom of a dip that is deep enough; else the deepest of all."""
    inner = irregular[:, _SHORTEST : _LONGEST + 1]
    bottom = (inner <= irregular[:, _SHORTEST - 1 : _LONGEST]) & (inner < irregular[:, _SHORTEST + 1 : _LONGEST + 2])
    deep = bottom & (inner < APERIODIC)
    first = np.where(deep.any(axis=1), deep.argmax(axis=1), inner.argmin(axis=1))
    return np.asarray(first + _SHORTEST)


def _between(irregular: NDArray[np.float64], lag: NDArray[np.intp]) -> NDArray[np.float64]:
    """The bottom of a parabola through three neighbours: periods are no whole numbers of samples."""
    rows = np.arange(len(lag))
    before, here, after = (irregular[rows, lag + step] for step in (-1, 0, 1))
    curve = before - 2 * here + after
    return np.asarray(lag + np.divide((before - after) / 2, curve, out=np.zeros_like(curve), where=curve > 0))

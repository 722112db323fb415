"""What a voice sounds like: the GE2E speaker encoder of Resemblyzer, computed with NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from adapters.speech.mel import HOP, Floats
from adapters.speech.torch_file import read_tensors

FRAMES = 160  # of a spectrogram: 1.6 seconds
SAMPLES = FRAMES * HOP
HIDDEN = 256
LAYERS = 3
BATCH = 64


class VoiceEncoder:
    """Voiceprints of 256 numbers, of length 1: the closer, the more alike the voices."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._layers = [
            (
                np.ascontiguousarray(weights[f"lstm.weight_ih_l{layer}"].T),
                np.ascontiguousarray(weights[f"lstm.weight_hh_l{layer}"].T),
                weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"],
            )
            for layer in range(LAYERS)
        ]
        self._weight, self._bias = weights["linear.weight"].T, weights["linear.bias"]

    @classmethod
    def load(cls, file: Path) -> VoiceEncoder:
        """From the weights of the package."""
        return cls(read_tensors(file, "model_state"))

    def encode(self, spectrograms: Floats) -> Floats:
        """Voiceprints of spectrograms of shape (n, FRAMES, 40)."""
        if not len(spectrograms):
            return np.zeros((0, HIDDEN), np.float32)
        batches = range(0, len(spectrograms), BATCH)
        return np.concatenate([self._encode(spectrograms[begin : begin + BATCH]) for begin in batches])

    def _encode(self, batch: Floats) -> Floats:
        rows = batch.transpose(1, 0, 2)
        for layer in self._layers:
            rows = _recur(rows, *layer)
        raw: Floats = np.maximum(rows[-1] @ self._weight + self._bias, 0)
        lengths: Floats = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.divide(raw, np.maximum(lengths, 1e-9), dtype=np.float32)


def _recur(rows: Floats, inward: Floats, around: Floats, bias: Floats) -> Floats:
    """One LSTM layer over rows of shape (time, batch, features)."""
    steps, batch, features = rows.shape
    entering = (rows.reshape(-1, features) @ inward + bias).reshape(steps, batch, 4 * HIDDEN)
    state = np.zeros((batch, HIDDEN), np.float32)
    cell = np.zeros((batch, HIDDEN), np.float32)
    out = np.empty((steps, batch, HIDDEN), np.float32)
    for step in range(steps):
        gates = entering[step] + state @ around
        admit, keep, give = (_sigmoid(gates[:, n * HIDDEN : (n + 1) * HIDDEN]) for n in (0, 1, 3))
        cell = keep * cell + admit * np.tanh(gates[:, 2 * HIDDEN : 3 * HIDDEN])
        state = out[step] = give * np.tanh(cell)
    return out


def _sigmoid(values: Floats) -> Floats:
    # far below -80 exp would overflow; the result is 0 long before
    raised: Floats = np.exp(-np.maximum(values, np.float32(-80)))
    return np.float32(1) / (np.float32(1) + raised)

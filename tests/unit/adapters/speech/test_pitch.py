"""Pitch of voices and of what has none (A5)."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.speech.limits import RATE
from adapters.speech.pitch import voiced_pitch
from tests.unit.adapters.speech import sounds

SECONDS = 2


@pytest.mark.parametrize("pitch", [80, 150, 220, 450])
def test_a_tone_with_overtones_has_the_pitch_of_its_lowest(pitch: int) -> None:
    time = np.arange(SECONDS * RATE) / RATE
    tone = sum(np.sin(2 * np.pi * pitch * part * time) / part for part in range(1, 6))
    found = voiced_pitch(np.asarray(0.1 * tone, dtype=np.float32))
    assert len(found) > 90 * SECONDS
    assert np.allclose(found, pitch, rtol=0.002)


def test_noise_and_silence_have_none() -> None:
    noise = np.random.default_rng(1).normal(scale=0.1, size=SECONDS * RATE).astype(np.float32)
    for wave in (noise, np.zeros(SECONDS * RATE, np.float32), noise[:100]):
        assert voiced_pitch(wave).size == 0


def test_a_voice_is_as_high_as_another_method_finds() -> None:
    """WORLD's DIO finds a median of 189.2 Hz in this clip."""
    assert np.median(voiced_pitch(sounds.clip("en_counting"))) == pytest.approx(189.2, rel=0.04)

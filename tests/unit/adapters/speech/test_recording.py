"""A16: what is listened to in a recording, and what is refused because nobody speaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.speech.limits import RATE, Limits, Refused
from adapters.speech.recording import Recording, open_recording
from tests.unit.adapters.speech import sounds
from tests.unit.adapters.speech.sounds import Wave

LIMITS = Limits(max_bytes=100_000_000, max_seconds=600)

NOBODY: dict[str, tuple[Callable[[], Wave], str]] = {
    "silence": (lambda: sounds.silence(20), "silent"),
    "hiss": (lambda: sounds.noise(20, 0.001), "silent"),
    "noise": (lambda: sounds.noise(20), "music"),
    "tone": (lambda: sounds.tone(20), "music"),
    "music": (lambda: sounds.music(20), "music"),
}


def opened(path: Path) -> Recording:
    return open_recording(path, path.parent, LIMITS)


@pytest.mark.parametrize("case", sorted(NOBODY))
def test_refuses_where_nobody_speaks(tmp_path: Path, case: str) -> None:
    make, expected = NOBODY[case]
    with pytest.raises(Refused) as refused:
        opened(sounds.write_wav(tmp_path / "nobody.wav", make()))
    assert refused.value.reason == expected


def test_a_single_word_is_no_conversation(tmp_path: Path) -> None:
    """Half a second of speech in twenty seconds: less than a second was said."""
    word = sounds.clip("en_hello_world")[: RATE // 2]
    with pytest.raises(Refused):
        opened(sounds.write_wav(tmp_path / "word.wav", np.concatenate((sounds.silence(10), word, sounds.silence(10)))))


def turns() -> tuple[Wave, Wave]:
    """Two people in turn, each on a side of their own."""
    left, right = sounds.clip("en_quick_brown_fox"), sounds.clip("en_counting")
    quiet = sounds.silence
    one = np.concatenate((left, quiet(len(right) / RATE + 0.5), left))
    other = np.concatenate((quiet(len(left) / RATE + 0.25), right))
    length = max(len(one), len(other))
    return np.pad(one, (0, length - len(one))), np.pad(other, (0, length - len(other)))


def test_each_person_has_a_channel(tmp_path: Path) -> None:
    """A17: stereo with a person on each side needs no guessing."""
    recording = opened(sounds.write_wav(tmp_path / "two.wav", *turns()))
    assert [ear.channel for ear in recording.ears] == [0, 1]
    assert recording.one_person_each


def test_crosstalk_is_not_a_second_person_speaking(tmp_path: Path) -> None:
    """What leaks over at -14 dB is heard on both sides, and belongs to one."""
    one, other = turns()
    recording = opened(sounds.write_wav(tmp_path / "leak.wav", one + 0.2 * other, other + 0.2 * one))
    left, right = (ear.probabilities >= 0.5 for ear in recording.ears)
    assert (left & right).sum() < 0.05 * (left | right).sum()
    alone = opened(sounds.write_wav(tmp_path / "alone.wav", one, other))
    for ear, clean in zip(recording.ears, alone.ears, strict=True):
        assert ear.speech == pytest.approx(clean.speech, abs=0.6)


@pytest.mark.parametrize(
    ("left", "right", "channel"),
    [(1.0, 0.0, 0), (0.0, 1.0, 1), (1.0, 1.0, 0), (1.0, 0.0005, 0)],
    ids=["right empty", "left empty", "twice the same", "right only hum"],
)
def test_one_side_is_enough(tmp_path: Path, left: float, right: float, channel: int) -> None:
    """Stereo with one empty side, and mono written twice: one voice, not two."""
    speech = sounds.clip("en_quick_brown_fox")
    speech = np.concatenate((speech, sounds.silence(1), speech))
    recording = opened(sounds.write_wav(tmp_path / "side.wav", speech * left, speech * right))
    assert [ear.channel for ear in recording.ears] == [channel]


def test_two_microphones_of_one_room_are_mixed(tmp_path: Path) -> None:
    """Both sides hear everybody about equally loud."""
    one, other = turns()
    recording = opened(sounds.write_wav(tmp_path / "room.wav", one + 0.7 * other, other + 0.7 * one))
    assert [ear.channel for ear in recording.ears] == [None]


def test_stretches_hold_all_speech_and_are_always_the_same(tmp_path: Path) -> None:
    call = sounds.read(sounds.CALL)
    path = sounds.write_wav(tmp_path / "long.wav", np.concatenate([call] * 9))
    recording = opened(path)
    assert len(recording.parts) >= 2
    assert [part.number for part in recording.parts] == list(range(len(recording.parts)))
    assert all(left.end == right.begin for left, right in zip(recording.parts, recording.parts[1:], strict=False))
    heard = sum(window.length for part in recording.parts for window in part.windows)
    assert heard == sum(span.length for span in recording.ears[0].spans)
    assert all(window.length <= 30 * RATE for part in recording.parts for window in part.windows)
    assert recording.parts == opened(path).parts

"""A5, A17: how somebody speaks, in numbers; what can't be measured is None."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from adapters.speech.limits import RATE
from adapters.speech.measures import measure
from adapters.speech.samples import Samples
from bot.contracts.listening import Utterance, Word
from tests.unit.adapters.speech.sounds import Wave, noise, silence


@dataclass(frozen=True)
class Heard:
    samples: Samples
    one_person_each: bool


def voice(seconds: float, hertz: float, level: float) -> Wave:
    """A buzz like vocal cords': pulses through a little noise."""
    at = np.arange(int(seconds * RATE)) / RATE
    pulses = sum(np.sin(2 * np.pi * hertz * over * at) / over for over in range(1, 12))
    return (level * pulses / 3 + noise(seconds, 0.001)).astype(np.float32)


def heard(folder: Path, *channels: Wave) -> Heard:
    samples = Samples(folder, len(channels))
    samples.append((np.stack(channels, axis=1) * 32767).astype(np.int16), 1000)
    samples.finish()
    return Heard(samples, len(channels) > 1)


def said(name: str, begin: float, end: float, text: str = "好" * 10) -> Utterance:
    each = (end - begin) / len(text)
    words = tuple(Word(part, begin + n * each, begin + (n + 1) * each) for n, part in enumerate(text))
    return Utterance(f"{begin}", text, speaker=name, start=begin, end=end, words=words)


def test_structure_of_a_conversation(tmp_path: Path) -> None:
    talk = [
        said("甲", 0, 10),
        said("甲", 10.5, 20),
        said("乙", 21, 24, "这个价格能不能再谈谈"),
        said("甲", 26, 30),
        said("乙", 31, 33),
    ]
    found = measure(heard(tmp_path, silence(40)), [*talk, said("", 34, 35)])
    ours, theirs = found["甲"], found["乙"]
    assert set(found) == {"甲", "乙"}
    assert (ours["turns"], theirs["turns"]) == (2, 2)
    assert ours["seconds"] == pytest.approx(23.5)
    assert ours["share"] == pytest.approx(23.5 / 29.5, abs=0.001)
    assert ours["longest_monologue"] == pytest.approx(20)
    assert (ours["questions"], theirs["questions"]) == (0, 1)
    assert ours["pace"] == pytest.approx(60 * 30 / 23.5, abs=0.1)
    assert theirs["answer_pause"] == 1.0


def test_what_cant_be_measured_is_none(tmp_path: Path) -> None:
    """A5: missing is missing, never 0."""
    found = measure(heard(tmp_path, silence(10)), [said("甲", 0, 2)])["甲"]
    for name in ("pace", "pauses", "pitch", "pitch_spread", "level", "level_spread", "answer_pause"):
        assert found[name] is None, name
    assert (found["interruptions"], found["overlap"]) == (None, None)


def test_pitch_and_level_are_each_persons_own(tmp_path: Path) -> None:
    low, high = voice(8, 110, 0.2), voice(8, 220, 0.02)
    sound = np.concatenate((low, silence(1), high))
    found = measure(heard(tmp_path, sound), [said("甲", 0, 8), said("乙", 9, 17)])
    assert found["甲"]["pitch"] == pytest.approx(110, rel=0.02)
    assert found["乙"]["pitch"] == pytest.approx(220, rel=0.02)
    assert found["甲"]["pitch_spread"] < 1
    assert found["甲"]["level"] - found["乙"]["level"] == pytest.approx(20, abs=1)


def test_interruptions_are_known_where_each_has_a_channel(tmp_path: Path) -> None:
    left = np.concatenate((voice(6, 110, 0.2), silence(6)))
    right = np.concatenate((silence(4), voice(8, 220, 0.2)))
    found = measure(heard(tmp_path, left, right), [said("甲", 0, 6), said("乙", 4, 12)])
    assert (found["甲"]["interruptions"], found["乙"]["interruptions"]) == (0, 1)
    assert found["甲"]["overlap"] == found["乙"]["overlap"] == 2
    assert found["乙"]["pitch"] == pytest.approx(220, rel=0.02)


def test_pauses_inside_a_turn(tmp_path: Path) -> None:
    words = (Word("好", 0, 3), Word("的", 4, 7), Word("吧", 7.1, 10))
    talk = Utterance("0", "好的吧", speaker="甲", start=0, end=10, words=words)
    assert measure(heard(tmp_path, silence(11)), [talk])["甲"]["pauses"] == 6.0

"""A16, A17: who speaks when; an unknown speaker is never guessed."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from adapters.speech.clustering import likeness, voices
from adapters.speech.limits import RATE, Limits
from adapters.speech.recording import Recording, open_recording
from adapters.speech.speakers import who_speaks
from adapters.speech.torch_file import UnknownContent, read_tensors
from adapters.speech.voiceprint import VoiceEncoder
from adapters.speech.weights import VOICE
from bot.contracts.listening import Utterance, Word
from tests.unit.adapters.speech import sounds

LIMITS = Limits(max_bytes=100_000_000, max_seconds=600)


@pytest.fixture(scope="module")
def encoder() -> VoiceEncoder:
    return VoiceEncoder.load(VOICE.verified())


def reference() -> list[tuple[str, float, float]]:
    lines = (sounds.AUDIO / "call.rttm").read_text(encoding="utf-8").splitlines()
    return [(part[7], float(part[3]), float(part[3]) + float(part[4])) for part in map(str.split, lines)]


def spoken(turns: list[tuple[str, float, float]]) -> list[Utterance]:
    """One utterance a turn, with words of a quarter of a second."""
    found = []
    for number, (_, begin, end) in enumerate(turns):
        times = np.arange(begin, end - 0.1, 0.25)
        said = tuple(Word("字", float(at), float(min(at + 0.25, end))) for at in times)
        found.append(Utterance(str(number), "字" * len(said), start=begin, end=end, words=said))
    return found


def opened(path: Path) -> Recording:
    return open_recording(path, path.parent, LIMITS)


def splice(folder: Path, *names: str) -> tuple[Recording, list[tuple[str, float, float]]]:
    """Clips one after the other, with a pause between them, and who speaks when: the language, here."""
    pieces, turns, at = [], [], 0.0
    for name in names:
        wave = sounds.clip(name)
        turns.append((name[:2], at + 0.1, at + len(wave) / RATE - 0.1))
        pieces += [wave, sounds.silence(0.4)]
        at += len(wave) / RATE + 0.4
    return opened(sounds.write_wav(folder / "splice.wav", np.concatenate(pieces))), turns


def test_two_voices_are_told_apart(tmp_path: Path, encoder: VoiceEncoder) -> None:
    names = ("zh_pangrama", "en_counting", "zh_jishu", "en_quick_brown_fox", "zh_nihao_shijie", "en_hello_world")
    recording, turns = splice(tmp_path, *names)
    found = who_speaks(recording.samples, None, spoken(turns), encoder, None)
    heard: dict[str, set[str]] = {"zh": set(), "en": set()}
    for said in found:
        heard[turns[int(said.id.split("-")[0])][0]] |= {said.speaker} - {""}
    assert heard == {"zh": {"1"}, "en": {"2"}}


def test_one_voice_stays_one(tmp_path: Path, encoder: VoiceEncoder) -> None:
    recording, turns = splice(tmp_path, "zh_pangrama", "zh_jishu", "zh_nihao_shijie")
    assert {said.speaker for said in who_speaks(recording.samples, None, spoken(turns), encoder, None)} <= {"1", ""}


def test_a_real_call_of_two_people(tmp_path: Path, encoder: VoiceEncoder) -> None:
    """Of what is given a speaker, nine tenths are right; a cry of half a second is nobody's."""
    recording = opened(sounds.CALL)
    turns = [turn for turn in sorted(reference(), key=lambda turn: turn[1]) if turn[2] - turn[1] > 0.3]
    found = who_speaks(recording.samples, None, spoken(turns), encoder, 2)
    pairs = [(turns[int(said.id.split("-")[0])][0], said) for said in found]
    told = sum((said.end or 0) - (said.start or 0) for _, said in pairs if said.speaker)
    assert told > 0.8 * sum(end - begin for _, begin, end in turns)
    right = max(
        sum((said.end or 0) - (said.start or 0) for name, said in pairs if said.speaker == mapping[name])
        for mapping in ({"speaker90": "1", "speaker91": "2"}, {"speaker90": "2", "speaker91": "1"})
    )
    assert right > 0.85 * told
    assert next(said.speaker for said in found if (said.end or 0) - (said.start or 0) < 0.5) == ""


def test_nobody_speaks(tmp_path: Path, encoder: VoiceEncoder) -> None:
    recording = opened(sounds.CALL)
    assert who_speaks(recording.samples, None, [], encoder, None) == []
    short = Utterance("0", "好", start=7.6, end=7.8, words=(Word("好", 7.6, 7.8),))
    assert [said.speaker for said in who_speaks(recording.samples, None, [short], encoder, None)] == [""]


def prints(person: int, count: int, spread: float = 0.02) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    random = np.random.default_rng(person)
    centre = random.random(256)
    found = np.abs(centre / np.linalg.norm(centre) + spread * random.standard_normal((count, 256)))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("people", [1, 2, 3, 5])
def test_counts_the_people(people: int) -> None:
    together = np.concatenate([prints(person, 20) for person in range(people)])
    assert len(voices(together, None)) == people
    assert len(voices(together, people)) == people


def test_likeness_doesnt_depend_on_how_noisy_the_prints_are() -> None:
    for spread in (0.02, 0.06):
        one = prints(1, 60, spread)
        assert likeness(one[:30], one[30:]) == pytest.approx(1, abs=0.03)


def test_a_few_prints_are_no_person() -> None:
    assert len(voices(np.concatenate((prints(1, 40), prints(2, 2))), None)) == 1
    assert len(voices(prints(1, 1), None)) == 1
    assert len(voices(prints(1, 0), None)) == 0


def test_a_file_of_weights_can_run_nothing(tmp_path: Path) -> None:
    """A pickle that calls something is refused by name, before it does."""

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (str(tmp_path / "run"),)

    file = tmp_path / "evil.pt"
    file.write_bytes(b"".join(pickle.dumps(part) for part in (1, 2, 3, {"model_state": Evil()}, [])))
    with pytest.raises(UnknownContent, match="Path"):
        read_tensors(file, "model_state")
    assert not (tmp_path / "run").exists()

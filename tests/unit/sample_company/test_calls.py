"""Two English calls: scripts always, recordings where espeak-ng is installed."""

import json
import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from config.sample_company.calls import render_calls
from config.sample_company.manifest import Manifest
from config.sample_company.resample import resample

Table = Callable[..., list[dict[str, str]]]


def test_scripts_have_two_speakers_and_the_commitments(folder: Path, manifest: Manifest) -> None:
    for call in manifest.facts.calls:
        lines = (folder / call.script).read_text("utf-8").splitlines()
        assert {line.split(": ")[0] for line in lines} == {"REP", "CUSTOMER"}
        assert all(" will " in lines[number - 1] for number in call.commitments)
        assert len(call.commitments) == 3
        assert "{" not in "".join(lines)


def test_calls_belong_to_deals_of_reps_who_work_in_english(folder: Path, table: Table) -> None:
    people = {r["工号"]: r for r in table("hr/people.csv", "utf-8-sig")}
    deals = {r["商机编号"]: r for r in table("crm/opportunities.csv", "gbk")}
    calls = json.loads((folder / "calls/calls.json").read_text("utf-8"))
    assert len(calls) == 2
    for call in calls:
        assert people[call["rep_id"]]["语言"] == "en"
        assert deals[call["opportunity_no"]]["负责人工号"] == call["rep_id"]
        assert deals[call["opportunity_no"]]["客户编号"] == call["customer_no"]


def test_without_espeak_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    rendered = render_calls(folder)
    assert rendered.files == ()
    assert "apt-get install espeak-ng" in str(rendered)


def test_a_failing_espeak_is_reported(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "espeak-ng"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    rendered = render_calls(folder)
    assert rendered.files == ()
    assert "exit status 3" in rendered.problem


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed on this machine")
def test_recordings_are_16_khz_with_two_voices(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "calls", tmp_path / "calls")
    rendered = render_calls(tmp_path)
    assert [path.name for path in rendered.files] == ["price.wav", "delivery.wav"]
    for path in rendered.files:
        with wave.open(str(path)) as recording:
            assert (recording.getframerate(), recording.getnchannels(), recording.getsampwidth()) == (16000, 1, 2)
            sound = np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2").astype(float)
        assert 60 < len(sound) / 16000 < 240
        turns = json.loads(path.with_suffix(".turns.json").read_text("utf-8"))
        pitches = {who: _pitch(sound, [t for t in turns if t["speaker"] == who]) for who in ("REP", "CUSTOMER")}
        assert max(pitches.values()) > 1.5 * min(pitches.values())


def _pitch(sound: np.ndarray, turns: list[dict[str, float]]) -> float:
    """Median pitch in Hz, by autocorrelation of 64 ms from the middle of each turn's loud parts."""
    found = []
    for turn in turns:
        own = sound[int(turn["start"] * 16000) : int(turn["end"] * 16000)]
        frames = own[: len(own) // 1024 * 1024].reshape(-1, 1024)
        for frame in frames[np.argsort((frames**2).mean(1))[-8:]]:
            same = np.correlate(frame, frame, "full")[1023:]
            found.append(16000 / (40 + int(np.argmax(same[40:250]))))
    return float(np.median(found))


def test_resampling_keeps_the_tone_and_its_loudness() -> None:
    time = np.arange(22050) / 22050
    tone = (8000 * np.sin(2 * np.pi * 440 * time)).astype("<i2").tobytes()
    changed = np.frombuffer(resample(tone, 22050, 16000), dtype="<i2").astype(float)
    assert len(changed) == 16000
    assert int(np.argmax(np.abs(np.fft.rfft(changed)))) == 440
    assert abs(changed).max() == pytest.approx(8000, rel=0.01)

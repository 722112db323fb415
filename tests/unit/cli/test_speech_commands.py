"""`xiaoce eval asr` and what `xiaoce doctor` says about speech."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli.checkup_speech import examine_speech
from bot.contracts.errors import BadInput
from config.groups.speech import Speech
from config.settings import Settings

AUDIO = Path(__file__).parents[2] / "fixtures" / "audio"


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


def manifest(folder: Path, entries: object) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return path


def entry(folder: Path, name: str, language: str) -> dict[str, str]:
    shutil.copy(AUDIO / f"{name}.flac", folder)
    transcript = (AUDIO / f"{name}.txt").read_text(encoding="utf-8")
    return {"file": f"{name}.flac", "lang": language, "transcript": transcript}


def test_error_rates_of_ones_own_recordings(tmp_path: Path) -> None:
    """Issue 4: CER for Chinese, WER for English, per file and of all; --out keeps what was heard."""
    entries = [entry(tmp_path, "zh_jishu", "zh"), entry(tmp_path, "en_quick_brown_fox", "en")]
    arguments = ["--manifest", str(manifest(tmp_path, entries)), "--out", str(tmp_path / "heard.json")]
    result = CliRunner().invoke(cli, ["eval", "asr", *arguments], catch_exceptions=False)
    assert "CER 0.100 (1 files, 10 characters/words)" in result.output
    assert "WER 0.000 (1 files, 9 characters/words)" in result.output
    heard = json.loads((tmp_path / "heard.json").read_text(encoding="utf-8"))
    assert [one["file"] for one in heard] == ["zh_jishu.flac", "en_quick_brown_fox.flac"]
    assert heard[1]["text"] == "The quick brown fox jumps over the lazy dog."


def test_a_refused_recording_is_missed_completely(tmp_path: Path) -> None:
    (tmp_path / "empty.m4a").touch()
    path = manifest(tmp_path, [{"file": "empty.m4a", "lang": "en", "transcript": "hello world"}])
    result = CliRunner().invoke(cli, ["eval", "asr", "--manifest", str(path)], catch_exceptions=False)
    assert "empty (0 bytes)" in result.output
    assert "WER 1.000 (1 files, 2 characters/words)" in result.output


@pytest.mark.parametrize(
    "entries",
    [
        {},
        [1],
        [{"file": "a.wav", "lang": "fr", "transcript": ""}],
        [{"file": "none.wav", "lang": "zh", "transcript": ""}],
    ],
    ids=["no list", "no object", "other language", "no file"],
)
def test_a_wrong_manifest_names_the_place(tmp_path: Path, entries: object) -> None:
    with pytest.raises(BadInput, match=r"manifest\.json|none\.wav"):
        CliRunner().invoke(cli, ["eval", "asr", "--manifest", str(manifest(tmp_path, entries))], catch_exceptions=False)


def test_doctor_looks_at_packages_and_model(tmp_path: Path) -> None:
    found = asyncio.run(examine_speech(Settings(data=tmp_path / "data")))
    assert [well for _, well, _ in found] == [True, True]
    broken = Settings(data=tmp_path / "data", speech=Speech(model=str(tmp_path)))
    what, well, remedy = asyncio.run(examine_speech(broken))[1]
    assert not well
    assert str(tmp_path) in what
    assert "speech.model" in remedy
    hub = Settings(data=tmp_path / "data", speech=Speech(model="large-v3-turbo"))
    assert "first transcription" in asyncio.run(examine_speech(hub))[1][0]

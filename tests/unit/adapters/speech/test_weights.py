"""Weights are checked byte by byte, joined once, and named when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.speech import weights
from adapters.speech.weights import ModelFault, Weights, joined, missing_packages, sha256, whisper_folder


def test_everything_that_is_needed_is_installed() -> None:
    assert missing_packages() == []


def test_the_halves_are_joined_once_and_checked_each_time(speech_data: Path) -> None:
    folder = Path(whisper_folder("base", speech_data))
    assert sha256(folder / "model.bin") == weights.WHOLE
    before = (folder / "model.bin").stat().st_ino
    assert joined(folder) == folder
    assert (folder / "model.bin").stat().st_ino == before
    with (folder / "model.bin").open("r+b") as file:
        file.seek(1000)
        file.write(b"damaged")
    assert sha256(joined(folder) / "model.bin") == weights.WHOLE
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_damaged_file_is_named() -> None:
    with pytest.raises(ModelFault) as fault:
        Weights("faster_whisper", "assets/silero_vad_v6.onnx", "0" * 64).verified()
    assert (fault.value.key, fault.value.values["package"]) == ("damaged", "faster_whisper")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ModelFault) as fault:
        Weights("no_such_package", "weights.bin", "0" * 64).verified()
    assert (fault.value.key, fault.value.values) == ("package", {"package": "no_such_package"})


def test_other_models_are_taken_as_they_are(tmp_path: Path) -> None:
    assert whisper_folder("large-v3-turbo", tmp_path) == "large-v3-turbo"
    with pytest.raises(ModelFault):
        whisper_folder(str(tmp_path), tmp_path)
    (tmp_path / "model.bin").touch()
    assert whisper_folder(str(tmp_path), tmp_path) == str(tmp_path)

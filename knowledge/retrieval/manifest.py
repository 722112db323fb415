"""Which passages one generation of an index holds: written beside the old one, then put in its place."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.retrieval.calibration import Calibration
from knowledge.retrieval.fusion import Scale
from knowledge.retrieval.passage import Passage

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation. Passages' texts are here so that an index can be opened and rebuilt by itself.

    Vectors are stored under hashes of the pieces' contents (see `pieces.key_of`), so the texts also say
    which vectors belong to the generation.
    """

    embedder: str
    passages: tuple[Passage, ...]
    full: Calibration
    keywords_only: Calibration


def write_manifest(file: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: a reader, or a crash, sees the old one or the new one."""
    body = json.dumps(_plain(manifest))
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(f"{_checksum(body)}\n{body}")
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def read_manifest(file: Path) -> Manifest | None:
    """The manifest, or None when there is none that can be trusted."""
    try:
        checksum, body = file.read_text(encoding="utf-8").split("\n", 1)
        return _manifest(json.loads(body)) if checksum == _checksum(body) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "embedder": manifest.embedder,
        "full": asdict(manifest.full),
        "keywords_only": asdict(manifest.keywords_only),
        "passages": [[p.id, p.text, p.group, dict(p.facets)] for p in manifest.passages],
    }


def _manifest(plain: dict[str, Any]) -> Manifest:
    if plain["format"] != FORMAT:
        raise ValueError("written by another version")
    return Manifest(
        embedder=plain["embedder"],
        passages=tuple(Passage(*row) for row in plain["passages"]),
        full=_calibration(plain["full"]),
        keywords_only=_calibration(plain["keywords_only"]),
    )


def _calibration(plain: dict[str, Any]) -> Calibration:
    return Calibration(**{**plain, "scale": Scale(**plain["scale"])})


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()

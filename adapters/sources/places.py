"""Files may only be read below the folders that the operator names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.sources.faults import refused, unavailable


class Places:
    """The folders of the settings `sources.folders`."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def find(self, said: str) -> Path:
        """The file or folder that a definition names, absolute or below one of the folders.

        Raises SourceRefused for one outside (links are followed first), SourceUnavailable when nothing is there.
        """
        inside = self.inside(said)
        for path in inside:
            if path.exists():
                return path
        raise unavailable("no_file", path=said, looked="、".join(str(path) for path in inside))

    def inside(self, said: str) -> list[Path]:
        """Where it may be, whether anything is there or not. Raises SourceRefused for a path that leads out."""
        if not said.strip():
            raise refused("no_path")
        found = [self._inside(folder, said) for folder in self._folders]
        if inside := [path for path in found if path is not None]:
            return inside
        raise refused("outside", path=said, folders="、".join(str(folder) for folder in self._folders))

    def _inside(self, folder: Path, said: str) -> Path | None:
        root = folder.resolve()
        try:
            path = (root / said).resolve()
        except (OSError, ValueError, RuntimeError):  # a NUL, a loop of links
            return None
        return path if path.is_relative_to(root) else None

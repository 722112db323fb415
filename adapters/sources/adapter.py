"""All readers behind one door: secrets go in here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from adapters.sources.faults import refused, unavailable
from adapters.sources.file import FileReader
from adapters.sources.folder import FolderReader
from adapters.sources.options import known_options
from adapters.sources.places import Places
from adapters.sources.secrets import Secrets, check
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch, Origin, RawRow, Reader, TableFiles


@dataclass(frozen=True, slots=True)
class Limits:
    """What readers keep to; the settings `sources` explain each."""

    batch_rows: int = 2000
    settle_seconds: float = 5.0
    seconds: float = 60.0
    attempts: int = 4
    response_mb: int = 50
    allow_private: bool = False
    backoff: float = 1.0  # seconds after the first attempt, doubled after each


class SourceReaders:
    """Fulfils `Reader` for every kind of origin. Blocking."""

    def __init__(
        self, folders: Sequence[Path], files: TableFiles, secrets: Mapping[str, SecretStr], limits: Limits
    ) -> None:
        self._places, self._files = Places(folders), files
        self._secrets, self._limits = Secrets(secrets), limits
        self._readers: dict[str, Reader] = {}

    def check(self, origin: Origin) -> None:
        """Raises SourceRefused when an option is unknown or missing, a secret stands in the definition itself, or a
        path leads out of the folders that may be read."""
        known_options(origin)
        check(origin.options)
        path = str(origin.options.get("path") or "")
        if origin.kind in ("file", "folder") and "${" not in path:
            self._places.inside(path)

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """What came since `position`. Raises SourceUnavailable or SourceRefused, without any secret in the words."""
        self.check(origin)
        with self._hidden():
            reader = self._reader(origin.kind)
            opened = Origin(origin.kind, self._secrets.put_in(origin.options))
            for batch in reader.read(opened, self._secrets.restore(position)):
                yield replace(batch, position=self._secrets.keep(batch.position))

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows. Raises the same."""
        self.check(origin)
        with self._hidden():
            return self._reader(origin.kind).look(Origin(origin.kind, self._secrets.put_in(origin.options)), rows)

    @contextmanager
    def _hidden(self) -> Iterator[None]:
        """Drivers like to repeat addresses with passwords."""
        try:
            yield
        except (SourceRefused, SourceUnavailable) as error:
            raise type(error)(self._secrets.take_out(str(error))) from None
        except OSError as error:  # a file that was there a moment ago
            path = Path(str(error.filename or "")).name
            raise unavailable("disk", path=path, reason=error.strerror or type(error).__name__) from None

    def _reader(self, kind: str) -> Reader:
        if kind not in self._readers:
            self._readers[kind] = self._made(kind)
        return self._readers[kind]

    def _made(self, kind: str) -> Reader:
        limits = self._limits
        if kind == "file":
            return FileReader(self._places, self._files, limits.batch_rows)
        if kind == "folder":
            return FolderReader(self._places, self._files, limits.batch_rows, limits.settle_seconds)
        if kind == "database":
            from adapters.sources.database import DatabaseReader  # dlt takes a second to import

            return DatabaseReader(self._places, limits.batch_rows, limits.seconds)
        if kind == "rest":
            from adapters.sources.rest import RestReader

            return RestReader(limits.seconds, limits.attempts, limits.response_mb, limits.allow_private, limits.backoff)
        raise refused("kind", kind=kind)

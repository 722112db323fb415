"""The archive: a .tar.gz whose members are hashed on their way in and checked on their way out."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import ValidationError

from storage.backup.errors import BadBackup, say
from storage.backup.manifest import FILES, FORMAT, NAME, ROWS, Manifest, Member

LEVEL = 5  # of compression: higher ones take twice the time for 2 %
CHUNK = 1024 * 1024
LARGEST_MANIFEST = 256 * 1024 * 1024  # bytes
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, OSError)


class ArchiveWriter:
    """Adds members one after the other."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, Member] = {}

    def add(self, name: str, path: Path) -> bool:
        """Add a file as it is now. False when it has gone meanwhile."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            size = os.fstat(file.fileno()).st_size
            hashing = _Hashing(file, size)
            self._tar.addfile(_entry(name, size), hashing)
        self.members[name] = Member(size=size, sha256=hashing.sha256)
        return True

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which makes the archive complete."""
        content = manifest.model_dump_json(indent=1).encode()
        self._tar.addfile(_entry(NAME, len(content)), io.BytesIO(content))


@contextmanager
def writing(target: Path) -> Iterator[ArchiveWriter]:
    """Write an archive that appears under its name when it is whole and on the disk; readable by its owner only."""
    part = target.with_name(f".{target.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=LEVEL, format=tarfile.PAX_FORMAT) as tar:
                yield ArchiveWriter(tar)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack into an empty folder and check every byte. Raises BadBackup; what lies in the folder is then worthless."""
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, mode="r|gz") as tar:
            for entry in tar:
                if manifest is not None:
                    raise BadBackup(say("longer", file=archive))
                if entry.name == NAME:
                    manifest = _manifest(_content(tar, entry))
                else:
                    found[entry.name] = _extract(tar, entry, folder)
    except _DAMAGED as error:
        if getattr(error, "filename", None) is not None or getattr(error, "errno", None):
            raise  # the disk or the permissions, not the archive
        raise BadBackup(say("unreadable", file=archive)) from error
    if manifest is None:
        raise BadBackup(say("cut", file=archive))
    if found != manifest.members:
        wrong = sorted(name for name in {*found, *manifest.members} if found.get(name) != manifest.members.get(name))
        raise BadBackup(say("changed", file=archive, names=", ".join(wrong[:3])))
    return manifest


def _manifest(content: bytes) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BadBackup(say("manifest")) from error
    if manifest.format != FORMAT:
        raise BadBackup(say("format", its=manifest.format, ours=FORMAT))
    return manifest


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(entry) if entry.isreg() and entry.size <= LARGEST_MANIFEST else None
    if stream is None:
        raise BadBackup(say("foreign"))
    return stream.read()


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> Member:
    """Only plain files below our two folders come out, whatever an archive says."""
    parts = PurePosixPath(entry.name).parts
    stream = tar.extractfile(entry) if entry.isreg() else None
    if stream is None or not entry.name.startswith((ROWS, FILES)) or ".." in parts or "\\" in entry.name:
        raise BadBackup(say("strange", name=repr(entry.name)))
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Member(size=size, sha256=digest.hexdigest())


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class _Hashing(io.RawIOBase):
    """Reads exactly the announced bytes of a file, hashing them; a file that grows meanwhile is cut there."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self._digest = file, size, hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of what was read."""
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(chunk)
        self._digest.update(chunk)
        return chunk

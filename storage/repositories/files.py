"""Files in the data folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from storage.tables import FileRow
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file: uploaded, fetched from a platform, or made by us."""

    id: str
    path: str  # relative to the data folder
    name: str  # safe to show
    media_type: str
    size: int  # bytes
    sha256: str
    at: datetime
    person_id: str = ""  # whose it is; "" when nobody's
    message_id: str = ""  # what it came with


class Files:
    """Files by their id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: FileRecord) -> None:
        """Keep a file's record; the same id again changes nothing."""
        insert_new(self._session, FileRow(**asdict(record)))

    def get(self, file_id: str) -> FileRecord | None:
        """One file, for the flows. Before showing it to somebody, compare `person_id`."""
        row = self._session.get(FileRow, file_id)
        return FileRecord(**row.model_dump()) if row else None

    def remove(self, file_id: str) -> None:
        """Forget a file's record. Delete the file itself first."""
        if row := self._session.get(FileRow, file_id):
            self._session.delete(row)

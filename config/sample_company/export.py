"""Writes files the way each system exports them, and remembers what it wrote for the manifest."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from config.sample_company.manifest import ExportedFile


class Export:
    """One folder of exports; the same records give the same bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[ExportedFile] = []

    def table(self, path: str, columns: Mapping[str, str], records: Sequence[object], encoding: str = "utf-8") -> None:
        """A CSV with the headers of `columns`, each filled from the attribute it names."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows(cells(record, columns) for record in records)
        self.raw(path, text.getvalue().encode(encoding), len(records), encoding)

    def json_lines(self, path: str, records: Sequence[object]) -> None:
        """One JSON object a line."""
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        self.raw(path, "".join(lines).encode(), len(records), "utf-8")

    def json(self, path: str, document: object, rows: int) -> None:
        """One indented JSON document that holds `rows` records."""
        text = json.dumps(document, ensure_ascii=False, indent=2)
        self.raw(path, f"{text}\n".encode(), rows, "utf-8")

    def raw(self, path: str, content: bytes, rows: int, encoding: str) -> None:
        """Bytes as they are; `encoding` is a Python codec name, or `binary`."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.files.append(ExportedFile(path, rows, encoding, hashlib.sha256(content).hexdigest()))


def cells(record: object, columns: Mapping[str, str]) -> Iterable[str]:
    """The record's values as an export prints them: local time without a zone, nothing for None."""
    return [_cell(getattr(record, attribute)) for attribute in columns.values()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)

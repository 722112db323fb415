"""Lists whose rows have an id: each row adds or changes one record, or is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from storage.chunks import chunks
from storage.imports.faults import Faults
from storage.imports.layout import Layout, load_layout
from storage.imports.report import ImportReport
from storage.imports.table import Table, TableRow
from storage.store import Store

T = TypeVar("T")
Reader = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the id of something else."""

    field: str
    problem: str  # of an id that isn't known
    known: Callable[[Store, set[str]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """One kind of list."""

    kind: str  # of the layout, the report and the audit entry
    readers: Callable[[TableRow, Layout], Mapping[str, Reader]]  # a column's value, or the Problem that it has
    references: Sequence[Reference]
    records: Callable[[Store, Iterable[str]], Mapping[str, T]]  # what is kept under these ids
    merge: Callable[[T | None, Mapping[str, Any]], T]  # what was read into what was kept
    write: Callable[[Store, Sequence[T]], None]


def load(store: Store, path: Path, listed: Listed[T], by: str, at: datetime) -> ImportReport:
    """One pass over a file, a chunk at a time, so that memory stays small. Raises ImportRefused."""
    table = Table(path, load_layout(listed.kind))
    report = ImportReport(listed.kind, table.header_line)
    lines: dict[str, int] = {}
    for rows in chunks(table.rows()):
        _load_some(store, table, report, listed, rows, lines)
    report.rejected.sort(key=lambda rejected: rejected.line)
    store.audit.add(by, f"import.{listed.kind}", path.name, report.counts(), at)
    return report


def known_ids(store: Store, references: Sequence[Reference], rows: Sequence[TableRow]) -> dict[Reference, set[str]]:
    """For each reference: which of the ids in these rows are as they should be."""
    named = {one.field: {row.values.get(one.field, "") for row in rows} - {""} for one in references}
    return {one: set(one.known(store, named[one.field])) for one in references}


def check_references(
    faults: Faults, row: TableRow, references: Sequence[Reference], known: Mapping[Reference, set[str]]
) -> None:
    """Note what refers to nothing. An empty cell refers to nothing either, but says so."""
    for one in references:
        value = row.values.get(one.field, "")
        faults.check(bool(value) and value not in known[one], one.problem, one.field)


def _load_some(
    store: Store, table: Table, report: ImportReport, listed: Listed[T], rows: list[TableRow], lines: dict[str, int]
) -> None:
    known = known_ids(store, listed.references, rows)
    good: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        faults = Faults(row)
        fields = faults.read(listed.readers(row, table.layout))
        first = lines.setdefault(fields["id"], row.line) if "id" in fields else row.line
        faults.check(first != row.line, "duplicate", "id", first=first)
        check_references(faults, row, listed.references, known)
        if faults.problems:
            report.reject(table.rejected(row, faults.problems))
        else:
            good[fields["id"]] = fields
    _write(store, report, listed, good)


def _write(store: Store, report: ImportReport, listed: Listed[T], good: Mapping[str, Mapping[str, Any]]) -> None:
    kept = listed.records(store, good)
    writes: list[T] = []
    for id_, fields in good.items():
        old = kept.get(id_)
        new = listed.merge(old, fields)
        report.added += old is None
        report.unchanged += old == new
        if old != new:
            report.changed += old is not None
            writes.append(new)
    listed.write(store, writes)

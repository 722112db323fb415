"""The list of who agreed to be listened to, and who no longer does (A18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.imports import values
from storage.imports.faults import Faults
from storage.imports.layout import load_layout
from storage.imports.listed import Reader
from storage.imports.report import ImportReport
from storage.imports.table import Table, TableRow
from storage.repositories.consents import Consent
from storage.store import Store

SOURCE = "consents import"


@dataclass(slots=True)
class ConsentsReport(ImportReport):
    """What became of the rows."""

    purged: int = 0  # dialogues

    def counts(self) -> dict[str, int]:
        """For the audit log."""
        return ImportReport.counts(self) | {"purged": self.purged}


async def import_consents(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ConsentsReport:
    """Note what a CSV or Excel file says, row by row; a row that says "no" purges what was heard of its subject.

    What holds already isn't noted again; and a file that is read again never gives back a consent that was taken back
    meanwhile. Files of purged recordings are deleted by `PurgeFlow.finish`.
    Raises ImportRefused, with nothing changed, when the file as a whole can't be used.
    """
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: _load(store, path, by, moment))


def _load(store: Store, path: Path, by: str, at: datetime) -> ConsentsReport:
    table = Table(path, load_layout("consents"))
    report = ConsentsReport("consents", table.header_line)
    noting = _Noting(store, report)
    for row in table.rows():
        fields = _fields(table, report, row)
        if fields is not None:
            noting.note(_consent(row, fields, by, at), dated=fields["day"] is not None)
    store.audit.add(by, "import.consents", path.name, report.counts(), at)
    return report


class _Noting:
    """One pass over a file."""

    def __init__(self, store: Store, report: ConsentsReport) -> None:
        self._store, self._report = store, report
        self._held = store.consents.latest()
        self._said_here = store.consents.latest(SOURCE)

    def note(self, consent: Consent, *, dated: bool) -> None:
        """Note it if it is news."""
        key = consent.kind, consent.subject
        if not self._is_news(consent, self._held.get(key), self._said_here.get(key), dated):
            self._report.unchanged += 1
            return
        self._held[key] = self._said_here[key] = consent
        self._report.added += 1
        if consent.given:
            self._store.consents.add(consent)
        else:
            self._report.purged += len(self._store.purging.refuse(consent).dialogues)

    def _is_news(self, new: Consent, held: Consent | None, here: Consent | None, dated: bool) -> bool:
        """A day decides; without one, only what such files didn't say before."""
        if held is None or held.given == new.given:
            return held is None
        return new.at >= held.at if dated else here is None or here.given != new.given


def _fields(table: Table, report: ImportReport, row: TableRow) -> Mapping[str, Any] | None:
    text = {name: row.values.get(name, "") for name in table.layout.fields}
    readers: dict[str, Reader] = {
        "kind": partial(values.choice, table.layout, "kind", text["kind"]),
        "subject": partial(values.identifier, "subject", text["subject"]),
        "given": partial(values.yes, table.layout, "given", text["given"]),
        "day": partial(values.day, "day", text["day"]),
    }
    faults = Faults(row)
    fields = faults.read(readers)
    if not faults.problems:
        return fields
    report.reject(table.rejected(row, faults.problems))
    return None


def _consent(row: TableRow, fields: Mapping[str, Any], by: str, at: datetime) -> Consent:
    day: date | None = fields["day"]
    said = datetime.combine(day, time(), UTC) if day else at
    return Consent(fields["kind"], row.values["subject"], fields["given"], said, by, SOURCE)

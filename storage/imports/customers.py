"""The list of customers, as the CRM exports it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.contracts.person import OPERATOR
from storage.chunks import chunks
from storage.database import Database
from storage.imports import values
from storage.imports.faults import Faults
from storage.imports.layout import load_layout
from storage.imports.report import ImportReport
from storage.imports.short_names import short_name
from storage.imports.table import Table, TableRow
from storage.repositories.customers import Customer
from storage.store import Store

_AMOUNTS = {"amount_wan": 10_000, "amount_yuan": 1}  # column -> yuan per unit
_PLAIN = ("name", "owner_id", "industry", "province", "region", "tier")


async def import_customers(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add and change customers from a CSV or Excel file in one transaction; none is removed.

    Good rows are loaded, bad ones named in the report. A column that the file doesn't have keeps its values.
    Raises ImportRefused, with nothing changed, when the file as a whole can't be used.
    """
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: _load(store, path, by, moment))


def _load(store: Store, path: Path, by: str, at: datetime) -> ImportReport:
    table = Table(path, load_layout("customers"))
    report = ImportReport("customers", table.header_line)
    loading = _Loading(store, table, report)
    for chunk in chunks(table.rows()):
        loading.load(chunk)
    report.rejected.sort(key=lambda rejected: rejected.line)
    store.audit.add(by, "import.customers", path.name, report.counts(), at)
    return report


class _Loading:
    """One pass over a file, a chunk at a time, so that memory stays small."""

    def __init__(self, store: Store, table: Table, report: ImportReport) -> None:
        self._store = store
        self._table = table
        self._report = report
        self._lines: dict[str, int] = {}  # customer id -> line

    def load(self, rows: list[TableRow]) -> None:
        """Check and write one chunk."""
        owners = self._store.people.known({row.values.get("owner_id", "") for row in rows})
        fields = {changes["id"]: changes for row in rows if (changes := self._checked(row, owners)) is not None}
        known = self._store.customers.records(fields)
        writes: list[Customer] = []
        for customer_id, changes in fields.items():
            old = known.get(customer_id)
            new = replace(old or Customer(customer_id, changes["name"]), **changes, owner_name="")
            if old and replace(old, owner_name="") == new:
                self._report.unchanged += 1
                continue
            self._report.changed += old is not None
            self._report.added += old is None
            writes.append(new)
        self._store.customers.upsert_all(writes)

    def _checked(self, row: TableRow, owners: set[str]) -> dict[str, Any] | None:
        """The fields of a good row; a bad one goes into the report."""
        faults = Faults(row)
        fields = faults.read(_readers(row))
        first = self._lines.setdefault(fields["id"], row.line) if "id" in fields else row.line
        faults.check(first != row.line, "duplicate", "id", first=first)
        owner = row.values.get("owner_id", "")
        faults.check(bool(owner) and owner not in owners, "unknown_owner", "owner_id")
        if not faults.problems:
            return _known_fields(row, fields)
        self._report.reject(self._table.rejected(row, faults.problems))
        return None


def _readers(row: TableRow) -> dict[str, Callable[[], Any]]:
    text = row.values
    readers: dict[str, Callable[[], Any]] = {"id": lambda: values.identifier("id", text["id"])}
    if "created" in text:
        readers["created"] = lambda: values.day("created", text["created"])
    for column, unit in _AMOUNTS.items():
        if column in text:
            readers[column] = partial(values.amount, column, text[column], unit)
    return readers


def _known_fields(row: TableRow, read: Mapping[str, Any]) -> dict[str, Any]:
    text = row.values
    fields: dict[str, Any] = {name: text[name] for name in _PLAIN if name in text}
    fields |= {name: read[name] for name in ("id", "created") if name in read}
    fields["short_name"] = text.get("short_name") or short_name(text["name"])
    amounts = [read[column] for column in _AMOUNTS if column in read]
    if amounts:
        fields["annual_amount"] = next((amount for amount in amounts if amount is not None), None)
    return fields

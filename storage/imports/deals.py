"""The list of deals (商机), as the CRM exports it, and the history of their stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.contracts.person import OPERATOR
from storage.chunks import chunks
from storage.database import Database
from storage.imports import listed, values
from storage.imports.columns import CUSTOMER, DEAL, OWNER, amounts, days, merged_amount, texts
from storage.imports.faults import Faults
from storage.imports.layout import Layout, load_layout
from storage.imports.listed import Listed, Reader, Reference
from storage.imports.report import ImportReport
from storage.imports.table import Table, TableRow
from storage.repositories.deals import Deal, StageEntry
from storage.store import Store

TEXTS = ("name", "customer_id", "owner_id", "product", "competitor", "lost_reason", "lead_id")
DAYS = ("created", "expected_close", "closed", "last_followed")


async def import_deals(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add and change deals from a CSV or Excel file in one transaction; none is removed.

    Good rows are loaded, bad ones named in the report. A column that the file doesn't have keeps its values.
    Raises ImportRefused, with nothing changed, when the file as a whole can't be used.
    """
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: listed.load(store, path, _DEALS, by, moment))


async def import_stages(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add to the history of the deals' stages from a CSV or Excel file; nothing in it is removed."""
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: _load_stages(store, path, by, moment))


def _readers(row: TableRow, layout: Layout) -> dict[str, Reader]:
    text = row.values
    readers: dict[str, Reader] = {"id": lambda: values.identifier("id", text["id"])}
    readers |= texts(row, TEXTS) | days(row, DAYS) | amounts(row, "amount")
    readers["stage"] = lambda: values.choice(layout, "stage", text["stage"])
    readers["result"] = lambda: values.choice(layout, "result", text["result"]) if text["result"] else "open"
    return readers


def _merge(old: Deal | None, fields: Mapping[str, Any]) -> Deal:
    plain = {name: value for name, value in fields.items() if not name.startswith("amount_")}
    base = old or Deal(fields["id"], fields["customer_id"])
    new = replace(base, **plain, **merged_amount(fields, "amount"))
    # Since when it is in another stage, only the history says.
    return new if new.stage == base.stage else replace(new, stage_entered=None)


def _write(store: Store, deals: Sequence[Deal]) -> None:
    store.deals.upsert_all(deals)
    store.deals.follow([deal.id for deal in deals])


_DEALS = Listed(
    "deals",
    _readers,
    (CUSTOMER, OWNER),
    lambda store, ids: store.deals.records(ids),
    _merge,
    _write,
)


def _load_stages(store: Store, path: Path, by: str, at: datetime) -> ImportReport:
    table = Table(path, load_layout("stages"))
    words = load_layout("deals")
    report = ImportReport("stages", table.header_line)
    for rows in chunks(table.rows()):
        known = listed.known_ids(store, (DEAL,), rows)
        found = [entry for row in rows if (entry := _entry(table, words, report, row, known))]
        added = store.deals.add_stages(found)
        report.added += added
        report.unchanged += len(found) - added
    store.audit.add(by, "import.stages", path.name, report.counts(), at)
    return report


def _entry(
    table: Table, words: Layout, report: ImportReport, row: TableRow, known: Mapping[Reference, set[str]]
) -> StageEntry | None:
    """A good row; a bad one goes into the report."""
    faults = Faults(row)
    stage = partial(values.choice, words, "stage", row.values.get("stage", ""))
    readers: dict[str, Reader] = {"stage": stage, **days(row, ("entered",))}
    fields = faults.read(readers)
    listed.check_references(faults, row, (DEAL,), known)
    if not faults.problems:
        return StageEntry(row.values["deal_id"], fields["stage"], fields["entered"])
    report.reject(table.rejected(row, faults.problems))
    return None

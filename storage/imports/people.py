"""The list of people, as HR exports it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.contracts.person import OPERATOR, Role
from storage.chunks import chunks
from storage.database import Database
from storage.imports import values
from storage.imports.candidates import Candidate, Candidates
from storage.imports.faults import Faults
from storage.imports.layout import Layout, load_layout
from storage.imports.report import ImportReport
from storage.imports.table import Table, TableRow
from storage.repositories.people import PersonRecord
from storage.store import Store

ROWS = 50_000  # they are compared with each other, so they are all in memory
_CHANNELS = ("wecom", "slack")  # columns with accounts; the console's account is the employee number


async def import_people(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add and change people from a CSV or Excel file in one transaction. Nobody is removed: who the file says has left
    loses every way in, at once, and is known from then on only to imports and to the audit log.

    Good rows are loaded, bad ones named in the report. A column that the file doesn't have keeps its values.
    Raises ImportRefused, with nothing changed, when the file as a whole can't be used.
    """
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: _load(store, path, by, moment))


def _load(store: Store, path: Path, by: str, at: datetime) -> ImportReport:
    table = Table(path, load_layout("people"), rows=ROWS)
    report = ImportReport("people", table.header_line)
    candidates = Candidates(table, report)
    for row in table.rows():
        candidates.add(row, _candidate)
    candidates.check_managers(store.people.known)
    managers = store.people.managers()
    # Whoever is dropped keeps account and manager, which may be against somebody else's row.
    while candidates.drop_circles(managers) or candidates.drop_takers(store.people.holders):
        pass
    for person_id in _apply(store, candidates.accepted(), report):
        _shut_out(store, person_id, by, at)
    report.rejected.sort(key=lambda rejected: rejected.line)
    store.audit.add(by, "import.people", path.name, report.counts(), at)
    return report


def _candidate(row: TableRow, layout: Layout, faults: Faults) -> Candidate | None:
    text = row.values
    readers: dict[str, Callable[[], Any]] = {
        "id": lambda: values.identifier("id", text["id"]),
        "name": lambda: text["name"],
        "role": lambda: Role(values.choice(layout, "role", text["role"])),
        "team": lambda: text["team"],
        "regions": lambda: values.words(text["regions"]),
        "manager_id": lambda: text["manager_id"],
        "email": lambda: text["email"],
        "mobile": lambda: text["mobile"],
        "hired": lambda: values.day("hired", text["hired"]),
        "language": lambda: values.choice(layout, "language", text["language"] or "zh"),
        "gone": lambda: values.choice(layout, "status", text["status"] or "here") == "gone",
    }
    columns = {"gone": "status"}  # where the header's name isn't the record's
    fields = faults.read({name: reader for name, reader in readers.items() if columns.get(name, name) in text})
    person_id = fields.pop("id", "")
    faults.check(bool(person_id) and fields.get("manager_id") == person_id, "own_manager", "manager_id")
    accounts = {"console": person_id, **{channel: text[channel] for channel in _CHANNELS if channel in text}}
    if fields.get("gone"):
        accounts = dict.fromkeys(("console", *_CHANNELS), "")  # somebody else may have them
    return None if faults.problems else Candidate(person_id, row, fields, accounts)


def _apply(store: Store, candidates: list[Candidate], report: ImportReport) -> list[str]:
    """Write what is new or different; who of those that were here has left."""
    writes: list[PersonRecord] = []
    left: list[str] = []
    for chunk in chunks(candidates):
        known = store.people.records(candidate.id for candidate in chunk)
        for candidate in chunk:
            old = known.get(candidate.id)
            new = _merged(old, candidate)
            if old is None:
                report.added += 1
            elif replace(new, accounts=_linked({**old.accounts, **new.accounts})) != old:
                report.changed += 1
            else:
                report.unchanged += 1
                continue
            writes.append(new)
            if old is not None and new.gone and not old.gone:
                left.append(new.id)
    store.people.upsert_all(writes)  # all at once, because accounts may move between people
    return left


def _shut_out(store: Store, person_id: str, by: str, at: datetime) -> None:
    """Whoever has left is signed out everywhere at once, and stays so if they come back (D9); noted (D10)."""
    store.sign_ins.revoke(person_id, at)
    ended = store.web_sessions.end_all(person_id, at)
    store.audit.add(by, "person.left", person_id, {"sessions": ended}, at)


def _merged(old: PersonRecord | None, candidate: Candidate) -> PersonRecord:
    base = old or PersonRecord(candidate.id, candidate.fields["name"], candidate.fields["role"])
    merged = replace(base, **candidate.fields, accounts=candidate.accounts)
    return replace(merged, accounts=dict.fromkeys(merged.accounts, "")) if merged.gone else merged


def _linked(accounts: Mapping[str, str]) -> dict[str, str]:
    return {channel: account for channel, account in accounts.items() if account}

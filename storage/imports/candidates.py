"""People of one file, compared with each other and with those who are known already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storage.imports.faults import Faults
from storage.imports.layout import Layout
from storage.imports.report import ImportReport, Problem
from storage.imports.table import Table, TableRow

Account = tuple[str, str]  # channel, account


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row whose own values are good."""

    id: str
    row: TableRow
    fields: Mapping[str, Any]  # of a PersonRecord; only those that the file has
    accounts: Mapping[str, str]


class Candidates:
    """Rows that may be taken; whoever is not goes into the report."""

    def __init__(self, table: Table, report: ImportReport) -> None:
        self._table = table
        self._report = report
        self._rows: list[tuple[TableRow, Candidate | None, Faults]] = []
        self._candidates: dict[str, Candidate] = {}
        self._lines: dict[str, int] = {}  # every id in the file, good row or bad, so that one error stays one

    def accepted(self) -> list[Candidate]:
        """Those that are left, in the order of the file."""
        return list(self._candidates.values())

    def add(self, row: TableRow, read: Callable[[TableRow, Layout, Faults], Candidate | None]) -> None:
        """Take a row for the checks that follow. `read` notes what is wrong with it."""
        faults = Faults(row)
        first = self._lines.setdefault(row.values.get("id", ""), row.line)
        faults.check(first != row.line, "duplicate", "id", first=first)
        self._rows.append((row, read(row, self._table.layout, faults), faults))

    def check_managers(self, known: Callable[[Iterable[str]], set[str]]) -> None:
        """Managers must be in the file or known. Whoever has no fault is accepted, the others are rejected."""
        named = {row.values.get("manager_id", "") for row, _, _ in self._rows} - {""}
        missing = named - self._lines.keys()
        missing -= known(missing)
        for row, candidate, faults in self._rows:
            faults.check(row.values.get("manager_id", "") in missing, "unknown_manager", "manager_id")
            if faults.problems or candidate is None:
                self._report.reject(self._table.rejected(row, faults.problems))
            else:
                self._candidates[candidate.id] = candidate
        self._rows.clear()

    def drop_circles(self, managers: Mapping[str, str]) -> bool:
        """Drop who would be above themselves. `managers`: of everybody known. Whether there was anybody."""
        above = {**managers, **{person_id: c.fields["manager_id"] for person_id, c in self._candidates.items()}}
        found = [(candidate, circle) for candidate in self.accepted() if (circle := circle_of(candidate.id, above))]
        names = {candidate.id: f"{candidate.id} ({candidate.row.line})" for candidate in self.accepted()}
        for candidate, circle in found:
            chain = " → ".join(names.get(person_id, person_id) for person_id in (*circle, candidate.id))
            self._drop(candidate, Problem("manager_circle", "manager_id", chain=chain))
        return bool(found)

    def drop_takers(self, holders: Callable[[str, Iterable[str]], Mapping[str, str]]) -> bool:
        """An account belongs to one person: within the file, and beside those who aren't in it."""
        before = len(self._candidates)
        lines: dict[Account, int] = {}
        for candidate in self.accepted():
            for account in _accounts(candidate):
                first = lines.setdefault(account, candidate.row.line)
                if first != candidate.row.line:
                    self._drop(candidate, Problem("account_twice", _column(account), first=first))
                    break
        present = {
            (channel, account): holder
            for channel in {channel for channel, _ in lines}
            for account, holder in holders(channel, [a for c, a in lines if c == channel]).items()
        }
        # Whoever is dropped keeps their account, which may drop the next one.
        while taken := [c for c in self.accepted() if self._taken(c, present)]:
            for candidate in taken:
                if lost := self._taken(candidate, present):
                    self._drop(candidate, Problem("account_taken", _column(lost), holder=present[lost]))
        return len(self._candidates) < before

    def _taken(self, candidate: Candidate, holders: Mapping[Account, str]) -> Account | None:
        """The first of their accounts that somebody else has and keeps."""
        for account in _accounts(candidate):
            holder = holders.get(account, candidate.id)
            if holder != candidate.id and not self._gives_up(holder, account):
                return account
        return None

    def _gives_up(self, holder: str, account: Account) -> bool:
        """Whether the file gives the present holder another account (or none) on this channel."""
        other = self._candidates.get(holder)
        return other is not None and other.accounts.get(account[0], account[1]) != account[1]

    def _drop(self, candidate: Candidate, problem: Problem) -> None:
        del self._candidates[candidate.id]
        self._report.reject(self._table.rejected(candidate.row, [problem]))


def circle_of(person_id: str, above: Mapping[str, str]) -> list[str]:
    """The people from this one up to the one below them again; empty when the way up ends somewhere else."""
    way = [person_id]
    while (manager := above.get(way[-1], "")) and manager not in way:
        way.append(manager)
    return way if manager == person_id and len(way) > 1 else []


def _accounts(candidate: Candidate) -> list[Account]:
    return [(channel, account) for channel, account in candidate.accounts.items() if account]


def _column(account: Account) -> str:
    """The column in which an account stands."""
    return "id" if account[0] == "console" else account[0]

"""Rows of two files that are not as they should be: found where they are counted, listed with their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from knowledge.funnel.columns import Dates, Question
from knowledge.funnel.result import Flag

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knowledge.funnel.columns import Read

SHOWN = 20  # rows of each kind of fault that are listed


@dataclass(slots=True)
class Work:
    """The tables while they are counted."""

    db: DuckDBPyConnection
    question: Question
    today: date
    lead_dates: Dates
    won_dates: Dates
    flags: list[Flag] = field(default_factory=list)

    @property
    def groups(self) -> str:
        """The columns of the group, as SQL."""
        return ", ".join(f"g{at}" for at in range(len(self.question.group_by)))

    def one(self, sql: str) -> tuple[Any, ...]:
        """The first row that a query finds."""
        found: tuple[Any, ...] | None = self.db.execute(sql).fetchone()
        return found or ()


def flag(work: Work, leads: Read, won: Read) -> None:
    """Everything that is not as it should be, impossible rows first."""
    lead_day, won_day = work.lead_dates, work.won_dates
    exact = "" if lead_day.has_times and won_day.has_times else "::DATE"
    tomorrow = f"DATE '{work.today.isoformat()}' + INTERVAL 1 DAY"
    if lead_day.column and won_day.column:
        early = f"FROM won_once AS o JOIN lead USING (k) WHERE known AND o.day{exact} < lead.day{exact}"
        _add(work, "won_before_lead", "won", early, "o.line, o.key, lead.day, o.day, o.v", impossible=True)
    for name in ("leads", "won"):
        _add(work, "in_the_future", name, f"FROM {name} AS o WHERE o.day >= {tomorrow}", impossible=True)
    if work.question.value is not None:
        _add(work, "value_negative", "won", "FROM won_once AS o WHERE o.v < 0", impossible=True)
        bad = "FROM won AS o WHERE o.v IS NULL AND o.raw <> ''"
        _add(
            work, "value_not_a_number", "won", bad, "o.line, o.key, NULL, o.day, o.raw", counted=False, impossible=True
        )
        _add(work, "value_missing", "won", "FROM won AS o WHERE o.v IS NULL AND o.raw = ''")
    _add(
        work,
        "lead_repeated",
        "leads",
        "FROM leads AS o JOIN lead USING (k) WHERE k <> '' AND o.line > lead.line",
        counted=False,
    )
    differs = " OR ".join(f"o.g{at} <> lead.g{at}" for at in range(len(work.question.group_by)))
    _add(
        work,
        "lead_in_two_groups",
        "leads",
        f"FROM leads AS o JOIN lead USING (k) WHERE k <> '' AND ({differs})",
        counted=False,
    )
    _add(work, "lead_without_key", "leads", "FROM leads AS o WHERE k = ''")
    copies = "FROM won AS o WHERE k <> '' AND o.line NOT IN (SELECT line FROM won_once)"
    _add(work, "won_row_twice", "won", copies, counted=False)
    _add(work, "won_again", "won", "FROM won_once AS o WHERE known AND nth > 1")
    _add(work, "won_without_lead", "won", "FROM won_once AS o WHERE NOT known", counted=False)
    _add(work, "won_without_key", "won", "FROM won AS o WHERE k = ''", counted=False)
    for name, read in (("leads", leads), ("won", won)):
        _list(work, "date_unreadable", name, read.dates.unreadable)
        _list(work, "row_unreadable", name, read.broken, counted=False)


def _add(
    work: Work,
    kind: str,
    file: str,
    tail: str,
    columns: str = "",
    *,
    counted: bool = True,
    impossible: bool = False,
) -> None:
    """A flag, if `tail` (FROM … WHERE …) finds rows."""
    is_won = file == "won"
    total = "sum(o.v)" if is_won and work.question.value is not None else "NULL"
    number, value = work.one(f"SELECT count(*), {total} {tail}")
    if not number:
        return
    if not columns:
        columns = "o.line, o.key, NULL, o.day, o.v" if is_won else "o.line, o.key, o.day, NULL, NULL"
    rows = work.db.execute(f"SELECT {columns} {tail} ORDER BY o.line LIMIT {SHOWN}").fetchall()
    work.flags.append(Flag(kind, file, number, counted, impossible, value, tuple(_row(*row) for row in rows)))


def _list(work: Work, kind: str, file: str, rows: Sequence[tuple[int, str]], *, counted: bool = True) -> None:
    if rows:
        shown = tuple({"line": line, "text": text} if text else {"line": line} for line, text in rows[:SHOWN])
        work.flags.append(Flag(kind, file, len(rows), counted, rows=shown))


def _row(line: int, key: str, lead_day: datetime | None, won_day: datetime | None, value: object) -> dict[str, Any]:
    named = {"line": line, "key": key, "lead_date": lead_day, "won_date": won_day, "value": value}
    return {name: found for name, found in named.items() if found is not None}

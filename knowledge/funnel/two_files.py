"""The smallest loop: a file of leads and a file of won deals, joined by a key, counted by group (B11).

Counting is DuckDB's, over columns of text that were read once. Rules, all of them told with the result:

- A lead is a key. Further rows of the same key are the same lead; its first row says its group, its earliest day is the
  first contact. A row without a key is a lead that can't have been won.
- A lead is won once, however many won rows it has. A won row that equals another in every cell is the same row and is
  left out; another row of the same key is another deal, and its value counts.
- Won rows without a lead are in no group and in no rate; they are named beside them.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.funnel.columns import Question, read_leads, read_won
from knowledge.funnel.flagging import Work, flag
from knowledge.funnel.result import Count, Funnel, Group

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knowledge.funnel.columns import Read

MEMORY = "2GB"  # of DuckDB; what needs more goes to disk


def count_files(leads: Path, won: Path, question: Question, today: date, zone: tzinfo) -> Funnel:
    """Count. Blocking. Raises FunnelRefused, with what to do, when a file or a column isn't there."""
    import duckdb

    with ExitStack() as stack:
        lead_read = read_leads(leads, question, zone, stack)
        won_read = read_won(won, question, zone, stack, lead_read.header)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        options: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": folder}
        db = stack.enter_context(duckdb.connect(config=options))
        return _count(db, lead_read, won_read, question, today)


def _count(db: DuckDBPyConnection, leads: Read, won: Read, question: Question, today: date) -> Funnel:
    for name, read in (("leads", leads), ("won", won)):
        db.register(f"{name}_read", read.table)
        db.execute(f"CREATE TABLE {name} AS SELECT *, key AS k FROM {name}_read")  # noqa: S608  # names of ours
        db.unregister(f"{name}_read")
    work = Work(db, question, today, leads.dates, won.dates)
    loose = _loosen(work)
    _make(work)
    groups = _groups(work)
    flag(work, leads, won)
    orphans = work.one("SELECT count(DISTINCT k), coalesce(sum(v), 0) FROM won_once WHERE NOT known")
    worth = question.value is not None
    return Funnel(
        question=question,
        total=sum((one.count for one in groups), Count(value=Decimal(0) if worth else None)),
        groups=groups,
        lead_rows=leads.rows,
        won_rows=won.rows,
        orphans=Count(0, orphans[0], orphans[1] if worth else None),
        flags=tuple(work.flags),
        lead_dates=leads.dates,
        won_dates=won.dates,
        loose_keys=loose,
        currencies=won.currencies,
    )


_LOOSE = "lower(regexp_replace(k, '[.]0+$', ''))"
_ANY = "SELECT EXISTS (SELECT 1 FROM won JOIN leads USING (k) WHERE k <> '')"
_ANY_LOOSE = (
    f"SELECT EXISTS (SELECT 1 FROM (SELECT {_LOOSE} AS k FROM won) "  # noqa: S608  # constants
    f"JOIN (SELECT {_LOOSE} AS k FROM leads) USING (k) WHERE k <> '')"
)


def _loosen(work: Work) -> bool:
    """Compare keys without case and a trailing ".0", if not one of them is equal as it stands."""
    if work.one(_ANY)[0]:
        return False
    if not work.one(_ANY_LOOSE)[0]:
        return False
    for name in ("leads", "won"):
        work.db.execute(f"UPDATE {name} SET k = {_LOOSE}")  # noqa: S608  # names of ours
    return True


def _make(work: Work) -> None:
    """`lead`: one row a lead; `won_once`: won rows, each once; `win`: one row for each won key."""
    firsts = "".join(f", arg_min(g{at}, line) AS g{at}" for at in range(len(work.question.group_by)))
    work.db.execute(
        f"""
        CREATE TABLE lead AS
        SELECT k, min(line) AS line, min(day) AS day{firsts} FROM leads WHERE k <> '' GROUP BY k
        UNION ALL SELECT k, line, day, {work.groups} FROM leads WHERE k = '';
        CREATE TABLE won_once AS
        SELECT line, key, k, day, v, k IN (SELECT k FROM lead WHERE k <> '') AS known,
               row_number() OVER (PARTITION BY k ORDER BY line) AS nth
        FROM (SELECT *, row_number() OVER (PARTITION BY k, digest ORDER BY line) AS copy FROM won)
        WHERE copy = 1 AND k <> '';
        CREATE TABLE win AS SELECT k, sum(v) AS v FROM won_once WHERE known GROUP BY k
        """  # noqa: S608  # columns are named by their number
    )


def _groups(work: Work) -> tuple[Group, ...]:
    names, worth = work.groups, work.question.value is not None
    found = work.db.execute(
        f"""
        SELECT {names}, count(*), count(win.k), coalesce(sum(v), 0) FROM lead LEFT JOIN win ON lead.k = win.k
        GROUP BY {names} ORDER BY count(*) DESC, {names}
        """  # noqa: S608  # columns are named by their number
    ).fetchall()
    return tuple(Group(tuple(row[:-3]), Count(row[-3], row[-2], row[-1] if worth else None)) for row in found)

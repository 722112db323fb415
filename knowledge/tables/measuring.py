"""Asks a set of questions of one database or of a folder of them, and judges the answers by their rows."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from knowledge.tables.answering import Asked, asked
from knowledge.tables.evaluating import same_rows
from knowledge.tables.faults import TablesRefused

Outcome = Literal["right", "wrong", "declined", "open", "bad_gold"]
_ENDINGS = (".db", ".sqlite", ".sqlite3", ".duckdb")
_MOST = 100_000  # rows that are compared


class Question(BaseModel):
    """A line of a set of questions. `sql`: the gold query; `db_id`: whose database, in sets over many."""

    qid: str
    question: str
    sql: str = ""
    db_id: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """`sql`: ours, "" where declined. `outcome` open: answered or not, no gold to compare with."""

    qid: str
    sql: str
    outcome: Outcome
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """In the order of the file."""

    asked: tuple[Judged, ...]

    def count(self, *outcomes: Outcome) -> int:
        """How many ended so."""
        return sum(1 for one in self.asked if one.outcome in outcomes)


def measure(db: str, path: Path, tell: Callable[[int, int], None]) -> Report:
    """Every question of the file; `tell` hears how many are done. Raises `TablesRefused`."""
    questions = _read(path)
    groups: dict[str, list[int]] = defaultdict(list)
    folder = Path(db) if "://" not in db and Path(db).is_dir() else None
    for index, one in enumerate(questions):
        groups[_address(db, folder, one)].append(index)
    found: dict[int, Judged] = {}
    for url, indexes in groups.items():
        with asked(url) as database:
            for index in indexes:
                found[index] = _judge(database, questions[index])
                tell(len(found), len(questions))
    return Report(tuple(found[index] for index in sorted(found)))


def _read(path: Path) -> list[Question]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if line.strip():
            try:
                found.append(Question.model_validate_json(line))
            except ValidationError:
                raise TablesRefused("questions", path=path, line=number) from None
    return found


def _address(db: str, folder: Path | None, question: Question) -> str:
    if folder is None:
        return db
    name = question.db_id
    for place in (folder / name, folder / name / name):
        for ending in _ENDINGS:
            file = place.with_name(place.name + ending)
            if name and file.is_file():
                return f"{'duckdb' if ending == '.duckdb' else 'sqlite'}:///{file}"
    raise TablesRefused("no_db", folder=folder, name=name or question.qid)


def _judge(database: Asked, question: Question) -> Judged:
    start = time.perf_counter()
    found = database.understand(question.question)
    outcome: Outcome = "declined" if found.query is None else "open"
    rows = None
    if found.query is not None:
        try:
            rows = database.connection.rows(found.sql, most=_MOST)[1]
        except TablesRefused:  # what can't be run is a wrong answer
            outcome = "wrong"
    spent = (time.perf_counter() - start) * 1000
    if question.sql:
        try:
            gold = database.connection.rows(question.sql, most=_MOST)[1]
        except TablesRefused:
            return Judged(question.qid, found.sql, "bad_gold", spent)
        if rows is not None:
            outcome = "right" if same_rows(rows, gold, _sorted(question.sql)) else "wrong"
    return Judged(question.qid, found.sql, outcome, spent)


def _sorted(sql: str) -> bool:
    """Whether the outermost query sorts its rows."""
    from sqlglot import ParseError, parse_one

    try:
        return parse_one(sql, dialect="sqlite").args.get("order") is not None
    except ParseError:
        return "order by" in sql.casefold().rpartition(")")[2]

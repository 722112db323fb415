"""Rows of a log, whatever wrote it: CSV of any encoding and separator, Excel, Parquet, XES; packed with gzip too."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from knowledge.funnel.faults import FunnelRefused
from knowledge.funnel.sheet import Sheet, open_sheet
from knowledge.slas.log import xes
from knowledge.slas.log.question import LIFECYCLE, LogRefused, Question
from storage.imports.report import ImportRefused

COMPLETE, ALL = "complete", "all"
TELL_EVERY = 20_000  # rows

Row = tuple[str, str, str, str]  # case, activity, time, due


@dataclass
class Seen:
    """What was noticed while reading."""

    rows: int = 0
    broken: int = 0  # that can't be split into cells
    other_transitions: int = 0  # left out
    transitions: set[str] = field(default_factory=set)


def read(path: Path, question: Question, seen: Seen, told: Callable[[int], None]) -> Iterator[Row]:
    """Rows in their order. `told` hears how many were read. Raises LogRefused."""
    if not path.is_file():
        raise LogRefused("no_file", file=path)
    rows = _from_xes(path, question, seen) if xes.is_xes(path) else _from_table(path, question, seen)
    for row in rows:
        if seen.rows % TELL_EVERY == 0:
            told(seen.rows)
        yield row


def _from_xes(path: Path, question: Question, seen: Seen) -> Iterator[Row]:
    wanted = question.lifecycle.lower() or COMPLETE
    named = _Named(question.deadline) if question.deadline else None
    for event in xes.events(path):
        if question.activity not in event and question.time not in event:  # a trace without events
            yield event.get(question.case, ""), "", "", ""
            continue
        seen.rows += 1
        other = _is_other(event.get(LIFECYCLE, ""), wanted, seen)
        due = event.get(question.deadline) or event.get(f"{xes.TRACE}{question.deadline}", "")
        if named is not None:
            named.look(event)
        activity = "" if other else event.get(question.activity, "")  # its time and its case count all the same
        yield event.get(question.case, ""), activity, event.get(question.time, ""), due
    if named is not None:
        named.refuse(path.name)


class _Named:
    """Whether an attribute occurs at all: one that is misspelt would leave every case without a due time."""

    def __init__(self, name: str) -> None:
        self._name, self._known, self._found = name, set[str](), False

    def look(self, event: object) -> None:
        """At one event."""
        if not self._found and isinstance(event, dict):
            self._known.update(event)
            self._found = self._name in event or f"{xes.TRACE}{self._name}" in event

    def refuse(self, file: str) -> None:
        """Raises LogRefused when it didn't."""
        if not self._found:
            near = get_close_matches(self._name, sorted(self._known), 3, 0.4) or sorted(self._known)
            raise LogRefused("no_column", file=file, column=self._name, near=", ".join(near[:12]))


def _is_other(transition: str, wanted: str, seen: Seen) -> bool:
    """Whether an event is another step of its activity's life than the one that counts; one without counts."""
    said = transition.strip().lower()
    if said:
        seen.transitions.add(said)
    if not said or wanted in (ALL, said):
        return False
    seen.other_transitions += 1
    return True


def _from_table(path: Path, question: Question, seen: Seen) -> Iterator[Row]:
    wanted = [question.case, question.activity, question.time, *filter(None, [question.deadline])]
    with ExitStack() as stack:
        try:
            sheet = open_sheet(_unpacked(path, stack), wanted, stack)
            places = [_place(sheet, name, path.name) for name in wanted]
            life = sheet.column(LIFECYCLE)
            yield from _cells(sheet, places, life, question, seen)
        except (FunnelRefused, ImportRefused) as error:
            raise LogRefused("unreadable", file=path.name, reason=error) from error


def _cells(sheet: Sheet, places: list[int], life: int | None, question: Question, seen: Seen) -> Iterator[Row]:
    case, activity, time, *more = places
    due, widest = (more[0] if more else -1), max(places)
    wanted = question.lifecycle.lower() or ALL
    for _, _, cells in sheet.rows:
        if cells is None or len(cells) <= widest:
            seen.broken += 1
            continue
        seen.rows += 1
        said = cells[activity].strip()
        if life is not None and len(cells) > life and _is_other(cells[life], wanted, seen):
            said = ""  # its time and its case count all the same
        yield cells[case].strip(), said, cells[time].strip(), cells[due].strip() if more else ""


def _place(sheet: Sheet, name: str, file: str) -> int:
    place = sheet.column(name)
    if place is None:
        raise LogRefused("no_column", file=file, column=name, near=sheet.near(name) or "–")
    return place


def _unpacked(path: Path, stack: ExitStack) -> Path:
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xiaoce-")))
    target = folder / (path.stem or "log")
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except (OSError, EOFError) as error:
        raise LogRefused("unreadable", file=path.name, reason=error) from error
    return target

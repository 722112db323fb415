"""How well clauses are found in texts whose clauses are known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.contracts.errors import BadInput
from knowledge.clauses.clause import Anchors, Clause, Field
from knowledge.clauses.find import find_clauses
from knowledge.clauses.folding import fold
from knowledge.clauses.money import money, shares
from knowledge.clauses.periods import periods

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DATE = re.compile(r"(?:\d{4}|-)-\d\d-\d\d")


class Line(BaseModel):
    """One text with what is in it. `sent` is when it was sent, for 月底 and the like.

    `judged` are the fields that this line says something of; without it, all that the data names anywhere.
    """

    model_config = ConfigDict(extra="ignore")

    id: str | int
    text: str
    fields: list[str]
    values: dict[str, Any] = {}
    sent: date | None = None
    judged: list[str] | None = None


@dataclass(slots=True)
class Score:
    """Counts of one field; a text counts once for each field."""

    right: int = 0
    wrong: int = 0  # found where there is none
    missed: int = 0
    values_right: int = 0
    values_asked: int = 0

    @property
    def n(self) -> int:
        """Texts that have the field."""
        return self.right + self.missed

    @property
    def precision(self) -> float | None:
        """None where nothing was found."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """None where there is nothing to find."""
        return _share(self.right, self.n)

    @property
    def f1(self) -> float | None:
        """None where there is nothing to find and nothing was found."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    @property
    def value_accuracy(self) -> float | None:
        """Share of the values asked for, in texts where the field was found, that were found too."""
        return _share(self.values_right, self.values_asked)

    def add(self, other: Score) -> None:
        """Count what another counted."""
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed
        self.values_right += other.values_right
        self.values_asked += other.values_asked


@dataclass(slots=True)
class Report:
    """Counts of every field that the data names, and of all together."""

    texts: int = 0
    fields: dict[str, Score] = field(default_factory=dict)

    @property
    def overall(self) -> Score:
        """All fields' counts."""
        total = Score()
        for score in self.fields.values():
            total.add(score)
        return total


def evaluate(data: Path, out: Path | None = None) -> Report:
    """Find the clauses of each line of `data`, compare, and write what was found to `out` in the same shape.

    Raises BadInput with the line that is wrong. Only fields that the data names anywhere are judged: a set that knows
    nothing of prices can't say that one was found wrongly.
    """
    lines = list(_read(data))
    judged = {name for line in lines for name in (*line.fields, *(line.judged or ()))} & {name.value for name in Field}
    report = Report(texts=len(lines), fields={name.value: Score() for name in Field if name.value in judged})
    written = []
    for line in lines:
        found = _by_field(find_clauses(line.text, Anchors(sent=line.sent)))
        values = {name: "; ".join(filter(None, (clause.value for clause in listed))) for name, listed in found.items()}
        written.append({"id": line.id, "text": line.text, "fields": list(found), "values": values})
        for name, score in report.fields.items():
            if line.judged is None or name in line.judged:
                _compare(score, line, name, found.get(name))
    if out is not None:
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in written)
        out.write_text(text, encoding="utf-8")
    return report


def _compare(score: Score, line: Line, name: str, found: Sequence[Clause] | None) -> None:
    expected = name in line.fields
    score.right += expected and found is not None
    score.missed += expected and found is None
    score.wrong += not expected and found is not None
    asked = line.values.get(name)
    if expected and found is not None and asked not in (None, "", []):
        score.values_asked += 1
        score.values_right += same_value(asked, found)


def same_value(expected: object, found: Iterable[Clause]) -> bool:
    """Whether everything that `expected` names stands in the clauses: amounts, shares, days, lengths of time, words.

    It may be written as we write it ("1280000 CNY", "P30D") or as people do ("128万元", "30天", 1280000).
    """
    clauses = list(found)
    have = {form for clause in clauses for part in clause.parts for form in _forms(part)}
    have |= {clause.due.isoformat() for clause in clauses if clause.due}
    numbers = {form.split()[0] for form in have if form.endswith(" CNY") or form.endswith("%") or form[-1:].isdigit()}
    numbers |= {form.split()[0] for form in have if re.fullmatch(r"[\d.]+ [A-Z]{3}", form)}
    wanted = [form for piece in _pieces(expected) for form in _forms(piece)]
    return bool(wanted) and all(form in have or form in numbers for form in wanted)


def _pieces(expected: object) -> Iterator[str]:
    if isinstance(expected, Mapping):
        expected = list(expected.values())
    if isinstance(expected, list | tuple):
        for item in expected:
            yield from _pieces(item)
    elif isinstance(expected, bool):
        yield "exclusive" if expected else "none"
    elif expected is not None:
        yield from (piece.strip() for piece in re.split(r"[;；、]|,(?!\d{3})", str(expected)) if piece.strip())


def _forms(piece: str) -> Iterator[str]:
    """One way of writing for each value in a piece of text."""
    piece = fold(piece).strip()
    if period := _PERIOD.fullmatch(piece):
        yield _length(*(int(part or 0) for part in period.groups()))
        return
    if _DATE.fullmatch(piece) or re.fullmatch(r"[\d.]+ [A-Z]{3}", piece):
        yield piece
        return
    if re.fullmatch(r"\d+(?:\.\d+)?", piece):
        yield piece.rstrip("0").rstrip(".") if "." in piece else piece
        return
    values = [*shares(piece), *(value for value in money(piece) if value.kind == "money"), *periods(piece)]
    if not values:
        yield piece.casefold()
    for value in values:
        yield from (form for raw in value.forms for form in _again(raw))


def _again(form: str) -> Iterator[str]:
    period = _PERIOD.fullmatch(form)
    yield _length(*(int(part or 0) for part in period.groups())) if period else form


def _length(years: int, months: int, weeks: int, days: int) -> str:
    return f"P{years * 12 + months}M{weeks * 7 + days}D"


def _by_field(clauses: Iterable[Clause]) -> dict[str, list[Clause]]:
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        found.setdefault(clause.field.value, []).append(clause)
    return found


def _read(path: Path) -> Iterator[Line]:
    for number, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not text.strip():
            continue
        try:
            yield Line.model_validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise BadInput(f"{path.name}, line {number}: {place} {fault['msg']}".replace("  ", " ")) from None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

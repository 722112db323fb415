"""`xiaoce eval signals`: precision, recall, F1 and AUC of every text kind, on anybody's sentences."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.contracts.errors import BadInput
from bot.contracts.listening import Side, Source
from knowledge.signals.detector import Detector

BATCH = 64
_SHAPE = '{"text": "…", "labels": {"price_objection": 1}}'


class Line(BaseModel):
    """One line of the data. Without `speaker` and `source`, the sentence may come from either side and anywhere."""

    model_config = ConfigDict(extra="ignore")
    text: str
    labels: dict[str, int] = Field(default_factory=dict)
    speaker: Side | None = None
    source: Source | None = None
    context: str | list[str] | None = None  # what was said before; for the reader of the file


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one kind. None where they aren't defined: no positives, or no negatives."""

    kind: str
    n: int
    positives: int
    precision: float | None
    recall: float | None
    f1: float | None
    auc: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """One row for each kind that has labels, then the labels that no kind is called."""

    rows: tuple[Row, ...]
    unknown: Mapping[str, str]  # label → the closest kind, or ""


async def evaluate(
    detector: Detector, data: Path, out: Path | None = None, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Report:
    """Score every line. Raises BadInput that names file and line."""
    lines = read_data(data)
    scores: list[Mapping[str, float]] = []
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        scores += await detector.score_texts([(line.text, line.speaker, line.source) for line in batch])
        tell(len(scores), len(lines))
    if out is not None:
        _write(out, scores)
    asked = {kind for line in lines for kind in line.labels}
    known = [kind for kind in detector.text_kinds if kind in asked]
    rows = tuple(_row(kind, lines, scores, detector.report_at(kind)) for kind in known)
    return Report(rows, {name: _closest(name, detector.text_kinds) for name in sorted(asked - set(known))})


def read_data(path: Path) -> list[Line]:
    """The lines of a JSONL file; empty ones are passed over."""
    lines: list[Line] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not raw.strip():
            continue
        try:
            lines.append(Line.model_validate_json(raw))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise BadInput(f"{path.name}:{number}: {where} {first['msg']}. Write {_SHAPE}.") from error
    if not lines:
        raise BadInput(f"{path.name}: no lines. Write one JSON object a line.")
    return lines


def auc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """How often a positive scores above a negative, ties half; None unless there are both."""
    values = np.asarray(scores)
    positive = np.asarray(labels, dtype=bool)
    if positive.all() or not positive.any():
        return None
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    ones = int(positive.sum())
    return float((rank[place][positive].sum() - ones * (ones + 1) / 2) / (ones * (len(values) - ones)))


def _row(kind: str, lines: Iterable[Line], scores: Iterable[Mapping[str, float]], report_at: float) -> Row:
    pairs = [(line.labels[kind], score[kind]) for line, score in zip(lines, scores, strict=True) if kind in line.labels]
    labels, values = [int(bool(label)) for label, _ in pairs], [score for _, score in pairs]
    said = [score >= report_at for score in values]
    hits = sum(label and yes for label, yes in zip(labels, said, strict=True))
    precision = hits / sum(said) if any(said) else None
    recall = hits / sum(labels) if any(labels) else None
    f1 = 2 * hits / (sum(said) + sum(labels)) if any(labels) else None
    return Row(kind, len(pairs), sum(labels), precision, recall, f1, auc(labels, values))


def _write(out: Path, scores: Iterable[Mapping[str, float]]) -> None:
    rows = ({"i": i, "scores": {kind: round(p, 4) for kind, p in score.items()}} for i, score in enumerate(scores))
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _closest(name: str, kinds: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(kinds), 1, 0.4)), "")

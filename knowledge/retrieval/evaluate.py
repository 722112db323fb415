"""Measures retrieval on questions with known answers: keywords, vectors and both, side by side.

A passages file has lines {"id", "text"} and optionally "group" (default: the id); a queries file has lines
{"qid", "question", "gold": [groups]}, where an empty `gold` means that nothing should be found to fit.
"""

import json
import tempfile
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.retrieval.collection import Collection
from knowledge.retrieval.embedder import Embedder
from knowledge.retrieval.errors import BadEvaluationFileError
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage

DEPTH = 10
METHODS = ("keyword", "dense", "fused")
Progress = Callable[[int, int], None]


Key = int | Annotated[str, Field(min_length=1)]
"""An id as customers write it: text or a whole number; a ranking names passages just as they did."""


class PassageLine(BaseModel):
    """One line of a passages file."""

    model_config = ConfigDict(extra="ignore", strict=True)
    id: Key
    text: str
    group: Key | None = None


class QueryLine(BaseModel):
    """One line of a queries file."""

    model_config = ConfigDict(extra="ignore", strict=True)
    qid: Key
    question: str
    gold: list[Key]


@dataclass(frozen=True, slots=True)
class Row:
    """The measures of one method over all queries with a gold answer; each 0..1."""

    method: str
    hit_at_1: float
    hit_at_5: float
    hit_at_10: float
    mrr_at_10: float


@dataclass(frozen=True, slots=True)
class EvalReport:
    """What an evaluation found."""

    rows: tuple[Row, ...]
    """`keyword`, `dense` and `fused`, in this order."""
    passages: int
    answerable: int
    """Queries with a gold answer."""
    unanswerable: int
    """Queries with none."""
    answered: float | None
    """Share of the answerable queries for which something fits; None without such queries."""
    refused: float | None
    """Share of the unanswerable queries for which nothing fits; None without such queries."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    query: QueryLine
    ranked: dict[str, tuple[str, ...]]
    fits: bool


Line = TypeVar("Line", bound=BaseModel)


async def evaluate(
    passages_file: Path,
    queries_file: Path,
    out_file: Path | None = None,
    *,
    embedder: Embedder,
    on_progress: Progress | None = None,
) -> EvalReport:
    """Index the passages in a temporary folder, run every query, and optionally write {"qid", "ranked"} lines.

    `on_progress` gets (texts embedded, all) while indexing. Raises `BadEvaluationFileError` naming file and
    line, and `EmbeddingFailedError`.
    """
    passages, names = _passages(passages_file)
    queries = _queries(queries_file, names)
    with tempfile.TemporaryDirectory(prefix="xiaoce-eval-") as folder:
        library = Library(Path(folder), embedder)
        try:
            collection = library.collection("evaluation")
            await collection.sync(passages, on_progress)
            outcomes = [await _run(collection, query) for query in queries]
        finally:
            await library.close()
    if out_file is not None:
        _write(out_file, outcomes, names)
    return _report(len(passages), outcomes)


async def _run(collection: Collection, query: QueryLine) -> _Outcome:
    ranked = await collection.compare(query.question, DEPTH)
    ranking = await collection.search(query.question, limit=1)
    return _Outcome(query, ranked, ranking.fits)


def _passages(file: Path) -> tuple[list[Passage], dict[str, Key]]:
    """The passages, and each group's id as the file writes it."""
    lines = list(_lines(file, PassageLine))
    _refuse_repeats(file, [(number, line.id) for number, line in lines])
    if not lines:
        raise BadEvaluationFileError(f"{file}: there is no passage in it.")
    groups = [line.id if line.group is None else line.group for _, line in lines]
    passages = [Passage(str(line.id), line.text, str(group)) for (_, line), group in zip(lines, groups, strict=True)]
    return passages, {str(group): group for group in groups}


def _queries(file: Path, groups: Container[str]) -> list[QueryLine]:
    lines = list(_lines(file, QueryLine))
    _refuse_repeats(file, [(number, line.qid) for number, line in lines])
    for number, line in lines:
        unknown = [group for group in line.gold if str(group) not in groups]
        if unknown:
            raise BadEvaluationFileError(f"{file}, line {number}: no passage has the id {unknown[0]!r}.")
    if not lines:
        raise BadEvaluationFileError(f"{file}: there is no query in it.")
    return [line for _, line in lines]


def _lines(file: Path, shape: type[Line]) -> Iterator[tuple[int, Line]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadEvaluationFileError(f"{file}: can't be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadEvaluationFileError(f"{file}: is not UTF-8 (byte {error.start}).") from error
    # Only line feeds end a line: JSON strings may hold other separators that `splitlines` would cut at.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _parsed(file, number, line, shape)


def _parsed(file: Path, number: int, line: str, shape: type[Line]) -> Line:
    try:
        return shape.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadEvaluationFileError(f"{file}, line {number}: {place or 'the line'}: {first['msg']}.") from error


def _refuse_repeats(file: Path, ids: Sequence[tuple[int, Key]]) -> None:
    seen: dict[Key, int] = {}
    for number, key in ids:
        if key in seen:
            raise BadEvaluationFileError(f"{file}, line {number}: the id {key!r} is already on line {seen[key]}.")
        seen[key] = number


def _report(passages: int, outcomes: Sequence[_Outcome]) -> EvalReport:
    answerable = [outcome for outcome in outcomes if outcome.query.gold]
    unanswerable = [outcome for outcome in outcomes if not outcome.query.gold]
    return EvalReport(
        rows=tuple(_row(method, answerable) for method in METHODS),
        passages=passages,
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        answered=_share([outcome.fits for outcome in answerable]),
        refused=_share([not outcome.fits for outcome in unanswerable]),
    )


def _row(method: str, outcomes: Sequence[_Outcome]) -> Row:
    places = [_place(outcome.ranked[method], [str(group) for group in outcome.query.gold]) for outcome in outcomes]
    return Row(
        method=method,
        hit_at_1=_share([place <= 1 for place in places]) or 0.0,
        hit_at_5=_share([place <= 5 for place in places]) or 0.0,
        hit_at_10=_share([place <= DEPTH for place in places]) or 0.0,
        mrr_at_10=sum(1 / place for place in places if place <= DEPTH) / max(len(places), 1),
    )


def _place(ranked: Sequence[str], gold: Sequence[str]) -> int:
    """1 for the first; beyond the depth when no gold group was found."""
    return next((place for place, group in enumerate(ranked, start=1) if group in gold), DEPTH + 1)


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _write(file: Path, outcomes: Sequence[_Outcome], names: Mapping[str, Key]) -> None:
    rows = (
        {"qid": outcome.query.qid, "ranked": [names[group] for group in outcome.ranked["fused"]]}
        for outcome in outcomes
    )
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")

"""The registry from its files: config/metrics, and a company's own folder with more of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

import config
from bot.contracts.errors import ConfigurationError
from knowledge.lines import BadYaml, Lines, read_lines
from knowledge.metrics.entries import read_dimension, read_metric, read_table
from knowledge.metrics.registry import Metric, Registry
from knowledge.metrics.soundness import faults

T = TypeVar("T")
OURS = Path(config.__file__).parent / "metrics"
TABLES, DIMENSIONS, AMBIGUOUS = "tables.yaml", "dimensions.yaml", "ambiguous.yaml"
REMEDY = "Compare it with config/metrics/README.md."


def load_registry(folder: Path | None = None) -> Registry:
    """All tables, dimensions and metrics: ours, then those of `folder`, which adds to ours or replaces one by its name.

    Raises ConfigurationError that names file, line and remedy. Read once in a process.
    """
    return _load(OURS, folder)


@cache
def _load(ours: Path, folder: Path | None) -> Registry:
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(f"{folder}: no such folder. Correct metrics.folder, or leave it empty.")
    files = [*_files(ours, "config/metrics"), *(_files(folder, str(folder)) if folder else ())]
    places: dict[tuple[str, str], Lines] = {}
    tables = dict(_entries(files, TABLES, "table", read_table, places))
    dimensions = dict(_entries(files, DIMENSIONS, "dimension", read_dimension, places))
    metrics = dict(_entries(files, "", "metric", read_metric, places))
    found = Registry(tables, dimensions, metrics, _ambiguous(files, metrics))
    for fault in faults(found):
        lines = places[fault.kind, fault.name]
        raise ConfigurationError(f"{lines.fault((fault.name, *fault.at), fault.problem)}. {REMEDY}")
    if folder is not None:
        _parse(found)
    return found


def _files(folder: Path, label: str) -> list[Lines]:
    return [_read(path, f"{label}/{path.name}") for path in sorted(folder.glob("*.yaml"))]


def _read(path: Path, label: str) -> Lines:
    try:
        return read_lines(path.read_text(encoding="utf-8"), label)
    except BadYaml as error:
        said = f"{error.key!r} stands twice" if error.problem == "twice" else error.problem.replace("_", " ")
        raise ConfigurationError(f"{label}:{error.line}: {said}. {REMEDY}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{label}: {error}. Save it as UTF-8 where it can be read.") from error


def _entries(
    files: list[Lines], name: str, kind: str, read: Callable[[Lines, str], T], places: dict[tuple[str, str], Lines]
) -> Iterator[tuple[str, T]]:
    """Of all files of that name; metrics are in every file that isn't named otherwise."""
    for lines in files:
        if lines.name == name or (not name and lines.name not in {TABLES, DIMENSIONS, AMBIGUOUS}):
            for key in lines.tree:
                places[kind, key] = lines
                yield key, read(lines, key)


def _ambiguous(files: list[Lines], metrics: Mapping[str, Metric]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for lines in (one for one in files if one.name == AMBIGUOUS):
        for word, names in lines.tree.items():
            wrong = [name for name in names if name not in metrics] if isinstance(names, list) else [names]
            if wrong or len(names) < 2:
                said = f"there is no metric {wrong[0]}" if wrong else "name at least two metrics"
                raise ConfigurationError(f"{lines.fault((word,), said)}. {REMEDY}")
            found[word] = tuple(names)
    return found


def _parse(registry: Registry) -> None:
    """A company's own expressions are read by the SQL parser at once, not when somebody asks: 0.3 s at the start."""
    from knowledge.metrics.expressions import parsed

    for metric in registry.metrics.values():
        for expression in filter(None, (metric.aggregate, metric.where, *(metric.parts or ()))):
            parsed(expression)

"""The catalogue from its files: config/events, and a company's own folder with more of the same (C1).

With a company's own folder everything is checked when it is read: names, schemas, histories, examples; a fault names
file, line and remedy. Ours alone is sound by a test, and isn't looked at in each start: that would take .2 seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import config
from bot.contracts.errors import ConfigurationError
from knowledge.events.entries import TypeEntry, UnknownField, read_type
from knowledge.events.fields import entry_faults, field_schema
from knowledge.events.soundness import type_faults
from knowledge.events.types import Catalog, EventType
from knowledge.lines import At, BadYaml, Lines, read_lines

OURS = Path(config.__file__).parent / "events"
FIELDS = "fields.yaml"
AREAS = ("leads", "opportunities", "contracts", "orders", "production", "goods", "money", "service")
"""Our files in the order of business; a company's own come after them."""

REMEDY = "Compare it with docs/events.md."
Fields = Mapping[str, Mapping[str, Any]]


def load_catalog(folder: Path | None = None) -> Catalog:
    """All types: ours, then those of `folder`, which adds to ours or replaces one by its name.

    Raises ConfigurationError that names file, line and remedy. Read once in a process.
    """
    return _load(OURS, folder)


@cache
def _load(ours: Path, folder: Path | None) -> Catalog:
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(f"{folder}: no such folder. Correct events.types, or leave it empty.")
    files = [*_files(ours, "config/events"), *(_files(folder, str(folder)) if folder else ())]
    fields: dict[str, Mapping[str, Any]] = {}
    for lines in files:
        if lines.name == FIELDS:
            fields |= _fields(lines)
    types: dict[str, EventType] = {}
    for lines in files:
        if lines.name != FIELDS:
            types |= {name: _type(lines, name, fields, tested=folder is None) for name in lines.tree}
    return Catalog(types)


def _files(folder: Path, label: str) -> list[Lines]:
    return [_read(path, f"{label}/{path.name}") for path in sorted(folder.glob("*.yaml"), key=_place)]


def _place(path: Path) -> tuple[int, str]:
    return (AREAS.index(path.stem) if path.stem in AREAS else len(AREAS)), path.name


def _read(path: Path, label: str) -> Lines:
    try:
        return read_lines(path.read_text(encoding="utf-8"), label)
    except BadYaml as error:
        said = f"{error.key!r} stands twice" if error.problem == "twice" else error.problem.replace("_", " ")
        raise ConfigurationError(f"{label}:{error.line}: {said}. {REMEDY}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{label}: {error}. Save it as UTF-8 where it can be read.") from error


def _fields(lines: Lines) -> Fields:
    for name, entry in lines.tree.items():
        for fault in entry_faults(name, entry):
            raise _bad(lines, (name,), fault)
    return {name: field_schema(entry) for name, entry in lines.tree.items()}


def _type(lines: Lines, name: str, fields: Fields, *, tested: bool) -> EventType:
    try:
        entry = TypeEntry.model_validate(lines.tree[name])
        found = read_type(name, entry, fields, lines.name.removesuffix(".yaml"))
    except ValidationError as error:
        first = error.errors()[0]
        at = tuple(part for part in first["loc"] if isinstance(part, str | int))
        raise _bad(lines, (name, *at), f"{name}: {'.'.join(map(str, at))}: {first['msg']}") from error
    except UnknownField as error:
        problem = f"{name}: there is no field {error.field!r}: describe it in {FIELDS}"
        raise _bad(lines, (name, *error.at), problem) from error
    for at, problem in () if tested else type_faults(found):
        raise _bad(lines, (name, *at), f"{name}: {problem}")
    return found


def _bad(lines: Lines, at: At, problem: str) -> ConfigurationError:
    return ConfigurationError(f"{lines.fault(at, problem)}. {REMEDY}")

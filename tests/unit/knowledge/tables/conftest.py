"""Small databases of the question sets, made of the same statements for every kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from knowledge.tables.answering import Asked, asked

SETS = Path(__file__).parents[3] / "evals" / "tables"
Open = Callable[[str], Asked]


def sqlite_file(folder: Path, name: str) -> Path:
    """A SQLite file with the schema and rows of a set."""
    path = folder / f"{name}.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript((SETS / f"{name}.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them, for reading."""
    made = tmp_path_factory.mktemp("tables")
    for script in SETS.glob("*.sql"):
        sqlite_file(made, script.stem)
    return made


@pytest.fixture(scope="session")
def opened(folder: Path) -> Iterator[Open]:
    """Databases of the sets by name, opened once."""
    with ExitStack() as stack:
        open_: dict[str, Asked] = {}

        def get(name: str) -> Asked:
            if name not in open_:
                open_[name] = stack.enter_context(asked(f"sqlite:///{folder / f'{name}.db'}"))
            return open_[name]

        yield get


@pytest.fixture(scope="session")
def school(opened: Open) -> Asked:
    """The school, opened."""
    return opened("school")

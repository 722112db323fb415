"""One generated company for all tests of this folder, and a reader that knows nothing of the generator."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.sample_company.generate import generate
from config.sample_company.manifest import Manifest, read_manifest

TODAY = date(2026, 3, 18)  # a Wednesday

Table = Callable[[str, str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports as of 18 March 2026."""
    target = tmp_path_factory.mktemp("company")
    generate(target, today=TODAY)
    return target


@pytest.fixture(scope="session")
def manifest(folder: Path) -> Manifest:
    """What the generator says that it planted."""
    return read_manifest(folder)


@pytest.fixture(scope="session")
def table(folder: Path) -> Table:
    """Rows of a CSV, read as a user's tool would: by its path and encoding."""

    def read(path: str, encoding: str = "utf-8") -> list[dict[str, str]]:
        with (folder / path).open(encoding=encoding, newline="") as file:
            return list(csv.DictReader(file))

    return read

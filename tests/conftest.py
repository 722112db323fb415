"""Fixtures that every test may use: real databases; and an end to what a command set up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from storage.database import Database
from tests.postgres_reuse import Reused
from tests.postgres_server import PostgresServer, name_of


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Logging that a command set up ends with its test: its standard error is closed by then."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the company's data is made, once for all workers: `company_data` of tests/scenarios/world.py."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "workshop"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL of our own for this session (with xdist: one per worker)."""
    server = PostgresServer(tmp_path_factory.mktemp("pg"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Reused:
    """Migrated databases, to be lent."""
    url = postgres_server.new_database()
    database = Database(url)
    database.migrate()
    database.close()
    return Reused(postgres_server, name_of(url))


@pytest.fixture
def migrated_postgres_url(migrated_postgres: Reused) -> Iterator[str]:
    """A migrated PostgreSQL database without rows."""
    url = migrated_postgres.lend()
    yield url
    migrated_postgres.take_back(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that doesn't exist yet."""
    return f"sqlite:///{tmp_path / 'xiaoce.db'}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, sqlite_url: str) -> str:
    """A fresh, migrated SQLite file."""
    shutil.copy(migrated_sqlite, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database of each kind."""
    database = Database(request.getfixturevalue(f"migrated_{request.param}_url"))
    yield database
    database.close()

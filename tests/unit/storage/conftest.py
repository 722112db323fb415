"""Databases with a small company in them."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.store import Store
from tests.unit.storage.company import OTHER, REP, record


@pytest.fixture
async def company(database: Database) -> Database:
    """Two reps with console accounts."""

    def fill(store: Store) -> None:
        store.people.upsert_all([record(REP), record(OTHER)])

    await database.write(fill)
    return database

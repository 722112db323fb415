"""The small company's copy, made once for all tests that only read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.metrics.loading import load_registry
from knowledge.metrics.running import Sources
from storage.database import Database
from storage.warehouse import Warehouse
from tests.unit.knowledge.metrics.small_company import ZONE, keep


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def sources(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sources]:
    folder = tmp_path_factory.mktemp("metrics")
    (folder / "xiaoce.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    await database.write(keep)
    warehouse = Warehouse(database, folder / "warehouse", 128)
    yield Sources(load_registry(), database, warehouse, ZONE)
    await warehouse.close()
    database.close()

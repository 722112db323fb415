"""The small company's copy, with the parts that answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.metrics.loading import load_registry
from knowledge.playbook.vocabulary import Vocabulary
from skills.questions.answering import Answering, Asker
from skills.questions.desk import Desk
from storage.database import Database
from storage.warehouse import Warehouse
from tests.unit.knowledge.metrics.small_company import NOW, OPS, ZONE, keep


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def answering(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Answering]:
    folder = tmp_path_factory.mktemp("questions")
    (folder / "xiaoce.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    await database.write(keep)
    warehouse = Warehouse(database, folder / "warehouse", 128)
    desk = Desk(database, warehouse, load_registry, Vocabulary.load(), ZONE)
    await desk.scope("", OPS, NOW, "zh")  # values are known from the first question on
    yield Answering(desk, folder, "http://xiaoce.example")
    await warehouse.close()
    database.close()


@pytest.fixture
def ops() -> Asker:
    """Sees everything."""
    return Asker(OPS, NOW, "zh")

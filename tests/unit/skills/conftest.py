"""The small company, once for all tests of skills; embedding takes a second or two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from knowledge.playbook.playbook import Playbook
from storage.database import Database
from tests.unit.skills.house import fill, open_database, open_playbook


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with people and customers."""
    database = open_database(tmp_path_factory.mktemp("house"))
    yield database
    database.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def company(house: Database) -> Database:
    """The database, filled."""
    await house.write(fill)
    return house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playbook(company: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playbook]:
    """The small playbook; tests don't change it."""
    playbook, library = await open_playbook(company, tmp_path_factory.mktemp("playbook"))
    yield playbook
    await library.close()

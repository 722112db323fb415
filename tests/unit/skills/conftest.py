"""The small company, once for all tests of skills; embedding takes a second or two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.library import Library
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
async def library(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    """The real model, loaded once."""
    library = Library(tmp_path_factory.mktemp("vectors"), make_embedder("use"))
    yield library
    await library.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playbook(company: Database, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    """The small playbook; tests don't change it."""
    return await open_playbook(company, library, tmp_path_factory.mktemp("playbook"))

"""One reader for all tests of patterns, and the sample company as its own import doors bring it in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.sample_company.generate import generate
from config.sample_company.manifest import read_manifest
from knowledge.patterns.gathering import gather
from knowledge.patterns.move import Move, load_moves
from knowledge.patterns.reading import Reader
from knowledge.retrieval.bundled_models import use as use_model
from knowledge.signals.kind import Kind
from knowledge.signals.load import load_kinds
from storage.database import Database
from storage.imports.chats import import_chats
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals
from storage.imports.people import import_people
from tests.unit.knowledge.patterns.company import Sample

TODAY = date(2026, 3, 18)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="session")
def moves() -> Mapping[str, Move]:
    """The moves that come with us."""
    return load_moves()


@pytest.fixture(scope="session")
def kinds() -> Mapping[str, Kind]:
    """The signals that come with us."""
    return load_kinds()


@pytest.fixture(scope="session")
def reader(moves: Mapping[str, Move], kinds: Mapping[str, Kind]) -> Reader:
    """With the real model."""
    return asyncio.run(Reader.make(moves, kinds, use_model()))


@pytest.fixture(scope="session")
def sample(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample company of 18 March 2026, in a database and read."""
    folder = tmp_path_factory.mktemp("sample")
    generate(folder / "company", today=TODAY)
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    try:
        return asyncio.run(_sample(database, folder / "company", reader))
    finally:
        database.close()


async def _sample(database: Database, folder: Path, reader: Reader) -> Sample:
    database.migrate()
    await import_people(database, folder / "hr" / "people.csv")
    await import_customers(database, folder / "crm" / "customers.csv")
    await import_deals(database, folder / "crm" / "opportunities.csv")
    await import_chats(database, folder / "chat", ZONE, at=datetime(2026, 3, 18, tzinfo=UTC))
    since, until = TODAY - timedelta(days=548), TODAY + timedelta(days=1)
    talks = await database.read(lambda store: gather(store, since, until, ZONE))
    said = {u.id: u.text for talk in talks for dialogue in talk.dialogues for u in dialogue.utterances}
    return Sample(await reader.read(talks), read_manifest(folder).facts.three_stage_deals, said)

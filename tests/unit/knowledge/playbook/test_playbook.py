"""A15: import, find and edit with a real database and the real model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contracts import Person, Role
from knowledge.playbook.fault import BadCard, EditConflict
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.library import Library
from storage.database import Database
from tests.unit.knowledge.playbook.texts import CARD, RIVAL, changed

pytestmark = pytest.mark.asyncio(loop_scope="session")
NUMBERS = count()
TODAY = date(2026, 7, 15)
OPS = Person("O1", "周敏", Role.SALES_OPS)
SERVICE = """---
id: service
kind: talktrack
language: zh
title: 客户担心售后
situation: 客户怕坏了没人修
triggers: [你们售后跟得上吗, 坏了多久能修好]
stage: [demo]
industry: [elevators]
owner: 何佳
version: 1
valid_until: 2026-07-15
---
## 要点
先问最怕哪种停机，再讲到场时间。
## 这样说
> "四小时到场。"
"""
ENGLISH = CARD.replace("language: zh", "language: en").replace("客户说太贵了怎么回", "It is too expensive")


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 7, 15, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Four files."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in (("price.md", CARD), ("price.en.md", ENGLISH), ("rival.md", RIVAL), ("service.md", SERVICE)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """SQLite is enough: storage's own tests try both."""
    database = Database(sqlite_url)
    database.migrate()
    yield database
    database.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def library(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    """The real model, loaded once; each test has a collection of its own."""
    library = Library(tmp_path_factory.mktemp("vectors"), make_embedder("use"))
    yield library
    await library.close()


@pytest_asyncio.fixture(loop_scope="session")
async def playbook(database: Database, library: Library, files: Path) -> Playbook:
    """The four cards, imported and indexed."""
    playbook = Playbook(database, library.collection(f"playbook-{next(NUMBERS)}"), clock=Still())
    await playbook.import_folder(files, "O1")
    await playbook.refresh()
    return playbook


async def best(playbook: Playbook, question: str, language: str = "zh", today: date = TODAY, **known: str) -> str:
    found = await playbook.find(question, language=language, today=today, **known)  # type: ignore[arg-type]  # facets
    return f"{found.best.id}.{found.best.language}" if found.best else ""


async def test_import_again_adds_only_what_is_new(playbook: Playbook, files: Path, database: Database) -> None:
    before = await playbook.revision()
    report = await playbook.import_folder(files, "O1")
    assert (len(report.unchanged), report.added, report.changed) == (4, (), ())
    assert await playbook.revision() == before
    (files / "service.md").write_text(changed("四小时", "两小时", SERVICE), encoding="utf-8")
    (files / "bad.md").write_text("nothing", encoding="utf-8")
    report = await playbook.import_folder(files, "O1")
    assert (report.changed, len(report.unchanged)) == ((("service", "zh"),), 3)
    assert [fault.source for fault in report.faults] == ["bad.md"]
    assert await playbook.revision() != before
    audit = await database.read(lambda store: store.audit.listing(OPS))
    assert [entry.action for entry in audit] == ["playbook.edit"] * 5
    assert report.sentence("zh") == "话术库：新增 0 张，更新 1 张，未变 3 张，保留在线修改 0 张，有误 1 处。"


async def test_language_of_the_asker_first_then_the_other(playbook: Playbook) -> None:
    assert await best(playbook, "客户说太贵了怎么回") == "price.zh"
    assert await best(playbook, "客户说太贵了怎么回", "en") == "price.en"
    assert await best(playbook, "坏了多久能修好", "en") == "service.zh"


async def test_expired_from_the_day_after(playbook: Playbook) -> None:
    assert await best(playbook, "坏了多久能修好") == "service.zh"
    found = await playbook.find("坏了多久能修好", language="zh", today=date(2026, 7, 16))
    assert "service" not in {card.id for card in (found.best, *found.alternatives) if card}
    assert playbook.version("service", "zh", date(2026, 7, 16)) is None
    assert playbook.card("service", "zh") is not None  # the console still shows it


async def test_named_competitor(playbook: Playbook) -> None:
    assert await best(playbook, "客户拿 hld 来比") == "rival.zh"
    assert await best(playbook, "they talk about Henglida all day", "en") == "rival.zh"
    assert await best(playbook, "HLD", today=date(2029, 1, 1)) == ""


async def test_other_industry_does_not_get_a_card_of_its_own_trade(playbook: Playbook) -> None:
    found = await playbook.find("坏了多久能修好", language="zh", today=TODAY, industry="elevators")
    assert (found.best and found.best.id, found.misses) == ("service", ())
    found = await playbook.find("坏了多久能修好", language="zh", today=TODAY, industry="rail")
    assert found.best is None or found.misses == ("industry",)


async def test_nothing_fits(playbook: Playbook) -> None:
    for question in ("打印机没墨了找谁", "", "😀", "\ud800\x00", "x" * 10_000):
        found = await playbook.find(question, language="zh", today=TODAY)
        assert (found.best, found.fits) == (None, False)


async def test_seen_cards_are_left_out(playbook: Playbook) -> None:
    found = await playbook.find("客户说太贵了怎么回", language="zh", today=TODAY, without={"price"})
    assert "price" not in {card.id for card in (found.best, *found.alternatives) if card}


async def test_edit_is_found_at_once_and_survives_the_next_import(playbook: Playbook, files: Path) -> None:
    text = changed("坏了多久能修好", "凌晨三点机器罢工找谁", SERVICE)
    card = await playbook.edit("service", "zh", text, "O1", seen_revision=1)
    assert card.version == 2
    assert await best(playbook, "凌晨三点机器罢工找谁") == "service.zh"
    report = await playbook.import_folder(files, "O1")
    assert report.kept == (("service", "zh"),)
    await playbook.refresh()
    assert await best(playbook, "凌晨三点机器罢工找谁") == "service.zh"


async def test_edit_keeps_a_version_that_the_author_raised(playbook: Playbook, database: Database) -> None:
    text = changed("四小时", "三小时", changed("version: 1", "version: 7", SERVICE))
    assert (await playbook.edit("service", "zh", text, "O1")).version == 7
    stored = await database.read(lambda store: store.playbook.get("service", "zh"))
    assert stored is not None
    assert stored.text == text


async def test_bad_edits_change_nothing(playbook: Playbook, database: Database) -> None:
    before = await playbook.revision()
    with pytest.raises(BadCard):
        await playbook.edit("service", "zh", changed("2026-07-15", "soon", SERVICE), "O1")
    with pytest.raises(BadCard) as error:
        await playbook.edit("service", "zh", CARD, "O1")
    assert error.value.faults[0].key == "other_card"
    await playbook.edit("service", "zh", changed("四", "三", SERVICE), "O1", seen_revision=1)
    after = await playbook.revision()
    with pytest.raises(EditConflict):
        await playbook.edit("service", "zh", changed("四", "五", SERVICE), "O2", seen_revision=1)
    assert before != after == await playbook.revision()


async def test_text_that_became_unreadable_is_left_out(playbook: Playbook, database: Database) -> None:
    """A card that another version of the program stored doesn't stop the others."""
    await database.write(
        lambda store: store.playbook.put(
            "price", "zh", "broken", kind="talktrack", valid_until=None, by="O1", at=Still().now()
        )
    )
    [fault] = await playbook.refresh()
    assert (fault.source, fault.key) == ("price.zh", "no_head")
    assert await best(playbook, "客户说太贵了怎么回") == "price.en"


async def test_triggers_teach_the_router(playbook: Playbook) -> None:
    passages = await playbook.triggers()
    assert {passage.group for passage in passages} == {"talktracks"}
    assert len({passage.id for passage in passages}) == len(passages) > 8

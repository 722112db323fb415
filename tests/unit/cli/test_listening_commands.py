"""`xiaoce deals`, `quotes`, `chats` and `consents`, as an operator types them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from config.settings import load_settings
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.files import FileRecord
from storage.store import Store
from tests.unit.cli.test_cli import _own_folder, run
from tests.unit.storage.company import NOW, OTHER, REP, record
from tests.unit.storage.talk import talk
from tests.unit.storage.test_import_chats import ROOM, ROOMS, said
from tests.unit.storage.test_import_deals import DEALS, OPEN, QUOTES, STAGES
from tests.unit.storage.test_imports import write

__all__ = ["_own_folder"]  # a fixture


@pytest.fixture(autouse=True)
def house(_own_folder: None) -> None:
    """Two reps and a customer of the first."""

    def fill(store: Store) -> None:
        store.people.upsert_all([record(REP, wecom="zhangmin"), record(OTHER, wecom="wanglei")])
        store.customers.upsert(Customer("C1", "苏州泓达", owner_id="E1001"))

    _write(fill)


def _write(work: object) -> None:
    settings = load_settings()
    settings.data.mkdir(exist_ok=True)
    database = Database(settings.database_url)
    database.migrate()
    asyncio.run(database.write(work))  # type: ignore[arg-type]  # work on a store
    database.close()


def test_deals_stages_and_quotes_are_loaded_and_bad_rows_named(tmp_path: Path) -> None:
    write(tmp_path / "d.csv", DEALS, OPEN)
    write(tmp_path / "s.csv", STAGES, "O1,报价,2026-02-20", "O9,报价,2026-02-20")
    code, output = run("deals", "import", "d.csv", "--stages", "s.csv")
    assert (code, "Deals: 1 added" in output, "Stages of deals: 1 added" in output) == (1, True, True)
    assert "O9" in output
    assert run("deals", "import", "d.csv")[0] == 0
    write(tmp_path / "q.csv", QUOTES, "Q1,O1,C1,,,,,,,,2026-02-20,")
    code, output = run("quotes", "import", "q.csv")
    assert (code, "Quotes: 1 added" in output) == (0, True)
    for command in ("deals import no.csv", "deals import d.csv --stages no.csv", "chats import no"):
        assert "does not exist" in run(*command.split())[1]


def test_chats_are_loaded_once(tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()
    write(tmp_path / "chat/rooms.csv", ROOMS, ROOM)
    write(tmp_path / "chat/2026-03.jsonl", said("m1", "wm1"), said("m2", "ghost"))
    code, output = run("chats", "import", "chat")
    assert (code, "1 messages added" in output, "2026-03.jsonl · Line 2" in output) == (1, True, True)
    assert "0 messages added" in run("chats", "import", "chat")[1]


def test_a_consent_is_taken_back_with_everything(tmp_path: Path) -> None:
    """A18: recordings are gone from the disk when the command ends; by name, and by a list."""
    write(tmp_path / "c.csv", "kind,subject,consent,date", "customer,C1,yes,2026-03-01")
    assert "Consents: 1 added" in run("consents", "import", "c.csv")[1]
    listed = run("consents", "list", "--kind", "customer")[1]
    assert all(word in listed for word in ("C1", "yes", "2026-03-01"))
    sound = load_settings().data / "files/a.wav"

    def hear(store: Store) -> None:
        sound.parent.mkdir(exist_ok=True)
        for id_, customer in (("d1", "C1"), ("d2", "C2")):
            sound.with_name(f"{id_}.wav").write_text("…")
            store.files.add(FileRecord(id_, f"files/{id_}.wav", "a.wav", "audio/wav", 1, "", NOW))
            talk(store, id_, customer_id=customer, file_id=id_)

    _write(hear)
    code, output = run("consents", "revoke", "customer", "C1")
    assert (code, "1 dialogues purged, 1 recordings deleted" in output) == (0, True)
    assert not sound.with_name("d1.wav").exists()
    assert "no" in run("consents", "list")[1]
    write(tmp_path / "c.csv", "kind,subject,consent,date", "customer,C2,no,")
    assert "1 dialogues purged" in " ".join(run("consents", "import", "c.csv")[1].split())
    assert not sound.with_name("d2.wav").exists()
    assert run("consents", "revoke", "country", "C1")[0] != 0

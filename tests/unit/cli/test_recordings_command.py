"""`xiaoce recordings import` and `xiaoce visits import`, as an operator types them (A10, A16, A18)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from bot.contracts.listening import Source
from bot.contracts.person import OPERATOR
from config.settings import load_settings
from storage.database import Database
from storage.repositories.consents import Consent
from storage.repositories.customers import Customer
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store
from tests.unit.cli.test_cli import _own_folder, run
from tests.unit.storage.company import NOW, OTHER, REP, record

__all__ = ["_own_folder"]  # a fixture
T = TypeVar("T")


@pytest.fixture(autouse=True)
def house(_own_folder: None) -> None:
    """C1 agreed, C2 said nothing yet, C3 refused."""

    def fill(store: Store) -> None:
        store.people.upsert_all([record(REP), record(OTHER)])
        names = {"C1": "苏州泓达", "C2": "无锡恒锐", "C3": "宁波远洋"}
        store.customers.upsert_all([Customer(id_, name, owner_id=REP.id) for id_, name in names.items()])
        store.consents.add(Consent("customer", "C1", True, NOW, REP.id, "test"))
        store.consents.add(Consent("customer", "C3", False, NOW, REP.id, "test"))

    _work(fill)


def _work(work: Callable[[Store], T]) -> T:
    settings = load_settings()
    settings.data.mkdir(exist_ok=True)
    database = Database(settings.database_url)
    database.migrate()
    try:
        return asyncio.run(database.write(work))
    finally:
        database.close()


def kept() -> dict[str, DialogueRecord]:
    found = _work(lambda store: store.dialogues.visible_to(OPERATOR, source=Source.RECORDING))
    return {one.title: one for one in found}


def test_a_folder_is_taken_in_once_and_refusals_are_named(tmp_path: Path) -> None:
    """The list says whose each is, which channel is ours, who agreed on the telephone; a name may be a pattern."""
    folder = tmp_path / "calls"
    folder.mkdir()
    rows = [
        {"recording": "in/a.wav", "customer_no": "C1", "rep_id": OTHER.id, "opportunity_no": "O1"},
        {"recording": "b.wav", "customer_no": "C2", "consent": True, "our_channel": "右"},
        {"recording": "c.wav", "customer_no": "C3", "consent": True},
        {"recording": "d.wav", "customer_no": "C1", "consent": False},
        {"recording": "?.wav", "our_channel": "left", "started_at": "2026-03-01T10:00"},
    ]
    (folder / "calls.json").write_text(json.dumps(rows))
    for name in ("a", "b", "c", "d", "x"):
        (folder / f"{name}.wav").write_bytes(b"RIFF" + name.encode())
    (folder / "notes.txt").write_text("no recording")
    code, output = run("recordings", "import", "calls")
    assert code == 1
    for name, said in (
        ("a", "begins"),
        ("b", "begins"),
        ("c", "no consent"),
        ("d", "no consent"),
        ("x", "nobody knows"),
    ):
        [line] = [line for line in output.splitlines() if line.startswith(f"{name}.wav")]
        assert said in line, line
    found = kept()
    assert set(found) == {"a.wav", "b.wav"}
    assert (found["a.wav"].person_id, found["a.wav"].deal_id, found["a.wav"].customer_id) == (OTHER.id, "O1", "C1")
    assert [found[name].summary for name in ("a.wav", "b.wav")] == [{"our_channel": "left"}, {"our_channel": "right"}]
    assert found["a.wav"].begun_at is not None
    assert found["a.wav"].begun_at.isoformat() == "2026-03-01T02:00:00+00:00"
    files = load_settings().data / "files"
    assert len(list(files.iterdir())) == 2, "what may not be kept isn't left on the disk"
    assert _work(lambda store: store.consents.state("customer", "C3")) is False
    again = run("recordings", "import", "calls")[1]
    assert again.count("taken before") == 2


def test_ready_transcripts_come_along_and_alone(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    (folder / "苏州泓达 a.wav").write_bytes(b"RIFF")
    turns = json.dumps([{"speaker": "REP", "text": "Hello", "start": 0, "end": 1.5}])
    (folder / "苏州泓达 a.turns.json").write_text(turns)
    (folder / "苏州泓达 b.turns.json").write_text('[{"speaker": "客户", "text": "你好"}]')
    (folder / "苏州泓达 c.turns.json").write_text('[{"speaker": "客户"}]')
    code, output = run("recordings", "import", "calls")
    assert code == 1
    assert "turn 1: text is missing" not in output, "the reason is in the log, what to do is said"
    assert ".turns.json can't be read" in output
    assert set(kept()) == {"苏州泓达 a.wav", "苏州泓达 b.turns.json"}
    names = sorted(path.suffixes for path in (load_settings().data / "files").iterdir())
    assert names == [[".turns", ".json"], [".turns", ".json"], [".wav"]]
    assert _purged() == []


def _purged() -> list[Path]:
    """What is left on the disk when the consent is taken back."""
    run("consents", "revoke", "customer", "C1")
    return list((load_settings().data / "files").iterdir())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("calls.json", "{"),
        ("calls.json", '{"recording": "a.wav"}'),
        ("calls.csv", "recording,our_channel\na.wav,middle\n"),
        ("calls.csv", "recording,consent\na.wav,perhaps\n"),
        ("calls.csv", "recording,started_at\na.wav,yesterday\n"),
    ],
)
def test_a_list_that_can_not_be_read_stops_before_anything_is_taken(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / name).write_text(content)
    (tmp_path / "calls/苏州泓达.wav").write_bytes(b"RIFF")
    code, output = run("recordings", "import", "calls")
    assert code != 0
    assert "calls.json" in output
    assert kept() == {}


def test_calendars_of_a_folder(tmp_path: Path) -> None:
    """A10: one file for each person; who isn't known and what is no calendar is named."""
    folder = tmp_path / "calendars"
    folder.mkdir()
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20200101T020000Z\nRRULE:FREQ=DAILY\nSUMMARY:拜访苏州泓达\nEND:VEVENT"
    text = f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR\n"
    for name, content in ((REP.id, text), (OTHER.id, "hello"), ("E9", text)):
        (folder / f"{name}.ics").write_text(content, encoding="utf-8")
    code, output = run("visits", "import", "calendars")
    assert code == 1
    assert "张敏: 61 visits" in output or "张敏: 60 visits" in output
    assert "王磊's file is no calendar" in output
    assert "no employee number E9" in output
    assert run("visits", "import", "calendars/E9.ics", "--person", REP.id)[0] == 0

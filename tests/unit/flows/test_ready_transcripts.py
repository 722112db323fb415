"""A16–A18: a transcript that a telephone system made is understood like ours; without sound nothing is played."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import build
from bot.contracts import PageRequest, Person, Role
from bot.contracts.listening import Side
from bot.contracts.person import OPERATOR
from bot.flows.recording_import import Import
from bot.process import App
from config.settings import load_settings
from skills.recordings.report import report_of
from storage.imports.recordings import Listed
from storage.imports.transcripts import MOST_TURNS, read_transcript, roles_of
from storage.repositories.customers import Customer
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.store import Store

pytest.importorskip("pypinyin")
NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
TALK = [
    ("REP", "您好，我是锐泽的张敏，上次的报价您看了吗？", 0.0, 4.0),
    ("CUSTOMER", "看了，说实话你们的价格太贵了。", 4.5, 8.0),
    ("REP", "我周五前把新的报价发您。", 8.5, 11.0),
    ("CUSTOMER", "好的，下周三我们再开会定。", 11.5, 14.0),
]


class Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with its times, one by name and without."""
    folder = tmp_path_factory.mktemp("calls")
    turns = [dict(zip(("speaker", "text", "start", "end"), turn, strict=True)) for turn in TALK]
    (folder / "one.turns.json").write_text(json.dumps(turns), encoding="utf-8")
    named = [{"speaker": "张敏" if who == "REP" else "李工", "text": text} for who, text, *_ in TALK]
    (folder / "two.turns.json").write_text(json.dumps(named), encoding="utf-8")
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """The bot with every flow, without a running engine."""
    app = build(load_settings(data=tmp_path_factory.mktemp("bot") / "data", company="锐泽"), Clock())
    app.migrate()
    app.engine.enqueue = lambda _store, job: None  # type: ignore[method-assign]  # no engine is started

    def fill(store: Store) -> None:
        store.people.upsert(PersonRecord(REP.id, REP.name, REP.role, REP.team, REP.regions, REP.manager_id))
        store.customers.upsert(Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", owner_id=REP.id))

    await app.database.write(fill)
    listed = {name: Listed("C1", REP.id, begun_at=NOW, consent=True) for name in ("one.wav", "two.wav")}
    door = Import(app.database, app.settings.data, listed, NOW)
    assert {what async for _, what in door.run(folder)} == {"taken"}
    for record in await app.database.read(lambda store: store.dialogues.unfinished()):
        await app.recordings.flow.run(record.id)
    yield app
    await app.recordings.close()
    await app.library.close()
    app.database.close()


async def record(app: App, title: str) -> DialogueRecord:
    found = await app.database.read(lambda store: store.dialogues.visible_to(OPERATOR))
    return next(one for one in found if one.title == title)


@pytest.mark.asyncio(loop_scope="module")
async def test_sides_promises_and_measures_come_from_it(app: App) -> None:
    """Not a second of it was transcribed: there is no sound to transcribe."""
    one = await record(app, "one.turns.json")
    report = report_of(one.summary)
    assert (one.state, one.seconds, one.language) == ("ready", 14.0, "zh")
    assert report.sides == {"REP": Side.OURS, "CUSTOMER": Side.THEIRS}
    assert (report.ours[0].text, str(report.ours[0].due)) == (TALK[2][1], "2026-07-17")
    assert report.our_share == pytest.approx(6.5 / 12.5, abs=0.01)
    assert report.measures["REP"]["questions"] == 1
    assert report.measures["REP"]["pitch"] is None
    signals = await app.database.read(lambda store: store.signals.visible_to(OPERATOR, dialogue_id=one.id))
    assert "price_objection" in {signal.kind for signal in signals}
    assert app.recordings.transcriber.worker.asked == 0


@pytest.mark.asyncio(loop_scope="module")
async def test_names_tell_sides_and_what_is_not_measured_is_missing(app: App) -> None:
    two = await record(app, "two.turns.json")
    report = report_of(two.summary)
    assert report.sides == {"张敏": Side.OURS, "李工": Side.THEIRS}
    assert (report.measures, report.our_share) == ({}, None)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_has_no_player_and_consent_takes_all_away(app: App) -> None:
    one = await record(app, "one.turns.json")
    page = next(page for page in app.recordings.pages if page.route == "/recordings/{id}")
    shown = await page.show(PageRequest(REP, "zh", path={"id": one.id}))
    assert shown.values["has_sound"] is False
    assert len(shown.values["turns"]) == 4
    verdict, rows = shown.values["risk"]
    values = {row.title: row.value for row in rows}
    assert ("风险" in verdict, len(rows)) == (True, 12)
    assert (values["音高与音量"], values["打断"], values["说话占比"]) == ("缺", "缺", "52%")
    assert all(row.why for row in rows if not row.missing)
    await app.recordings.purge.revoke("customer", "C1", by="E1", at=NOW, source="test")
    assert list((app.settings.data / "files").iterdir()) == []


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "[1]", '[{"speaker": "A"}]', '[{"text": "a", "start": "soon"}]', '[{"text": "a", "end": -1}]'],
)
def test_what_is_no_transcript_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.turns.json").write_text(content)
    with pytest.raises(ValueError, match=r"\w"):
        read_transcript(tmp_path / "a.turns.json")


def test_a_transcript_is_bounded_and_roles_are_all_or_none(tmp_path: Path) -> None:
    path = tmp_path / "a.turns.json"
    path.write_text(json.dumps([{"text": "a"}] * (MOST_TURNS + 1)))
    with pytest.raises(ValueError, match="at most"):
        read_transcript(path)
    path.write_text(
        json.dumps([{"speaker": "客户", "text": "a", "start": 5, "end": 1}, {"speaker": "李工", "text": "b"}])
    )
    said = read_transcript(path)
    assert roles_of(said) == {}
    assert said[0].start is None

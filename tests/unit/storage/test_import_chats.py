"""Chat archives: consent first, every message once, recalled ones gone, what can't be taken named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.contracts.listening import Side, Source
from bot.contracts.person import OPERATOR
from config.sample_company.manifest import read_manifest
from storage.database import Database
from storage.imports.chats import ChatsReport, import_chats
from storage.imports.consents import import_consents
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals
from storage.imports.people import import_people
from storage.imports.report import ImportRefused
from storage.repositories.customers import Customer
from storage.repositories.tasks import Task
from storage.store import Store
from tests.unit.storage.company import NOW, OTHER, REP, record
from tests.unit.storage.talk import PRICE
from tests.unit.storage.test_imports import problems, sample_company, write

__all__ = ["sample_company"]  # a fixture

ZONE = ZoneInfo("Asia/Shanghai")
ROOMS = "会话ID,商机编号,客户编号,员工账号,外部联系人ID,联系人称呼,同意存档"
ROOM = "wr1,,C1,zhangmin,wm1,张工,是"
MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
async def house(company: Database) -> Database:
    """Two reps with WeCom accounts and a customer of the first."""

    def fill(store: Store) -> None:
        store.people.upsert_all([record(REP, wecom="zhangmin"), record(OTHER, wecom="wanglei")])
        store.customers.upsert(Customer("C1", "苏州泓达", owner_id="E1001"))

    await company.write(fill)
    return company


def said(id_: str, sender: str, text: str = "太贵了", *, minutes: int = 0, room: str = "wr1", **more: object) -> str:
    """A line of the archive."""
    to = ["zhangmin" if sender.startswith("wm") else "wm1"]
    at = int((MONDAY + timedelta(minutes=minutes)).timestamp() * 1000)
    body = {"msgid": id_, "action": "send", "from": sender, "tolist": to, "roomid": room, "msgtime": at}
    return json.dumps({**body, "msgtype": "text", "text": {"content": text}, **more}, ensure_ascii=False)


def recalled(id_: str, of: str) -> str:
    return said(id_, "wm1", action="recall", msgtype="revoke", revoke={"pre_msgid": of})


async def load(database: Database, folder: Path, *lines: str, rooms: tuple[str, ...] = (ROOM,)) -> ChatsReport:
    folder.mkdir(exist_ok=True)
    write(folder / "rooms.csv", ROOMS, *rooms)
    write(folder / "2026-03.jsonl", *lines)
    return await import_chats(database, folder, ZONE, at=NOW)


async def texts(database: Database) -> dict[str, list[str]]:
    """Dialogue -> what was said in it."""

    def look(store: Store) -> dict[str, list[str]]:
        ids = [one.id for one in store.dialogues.visible_to(OPERATOR)]
        return {id_: [one.text for one in heard.utterances] for id_, heard in store.dialogues.read_all(ids).items()}

    return await database.read(look)


async def test_the_sample_company(database: Database, sample_company: Path) -> None:
    """Its archive loads without a complaint; rooms without consent leave no trace; again: nothing changes."""
    await import_people(database, sample_company / "hr/people.csv")
    await import_customers(database, sample_company / "crm/customers.csv")
    await import_deals(database, sample_company / "crm/opportunities.csv")
    lines = sum(len(path.read_text().splitlines()) for path in (sample_company / "chat").glob("*.jsonl"))
    first = await import_chats(database, sample_company / "chat", ZONE)
    assert (first.added, first.rejected, first.unlisted, first.refused) == (lines, [], 0, 0)
    again = await import_chats(database, sample_company / "chat", ZONE)
    assert (again.added, again.unchanged, again.dialogues) == (0, lines, 0)
    refused = read_manifest(sample_company).facts.rooms_without_consent
    rows = await database.read(lambda store: store.dialogues.visible_to(OPERATOR, limit=10_000))
    assert len(rows) == first.dialogues
    assert {row.room for row in rows}.isdisjoint(refused)
    assert all(row.deal_id and row.person_id and row.customer_id and row.state == "ready" for row in rows)
    for room in refused:
        assert await database.read(lambda store, room=room: store.consents.state("room", room)) is False  # type: ignore[misc]  # a default only fixes the loop's value


async def test_a_dialogue_is_a_room_and_a_week(house: Database, tmp_path: Path) -> None:
    """ISO weeks in the company's time zone; who spoke, when, for whom."""
    sunday_night = 7 * 24 * 60 - 10 * 60 - 1  # minutes after Monday 9:30 in Shanghai
    report = await load(
        house,
        tmp_path / "a",
        said("m3", "wanglei", "我也在", minutes=5),
        said("m1", "zhangmin", "张工您好"),
        said("m2", "wm1", minutes=1),
        said("m4", "wm1", "周日晚上", minutes=sunday_night),
        said("m5", "wm1", "下周一", minutes=sunday_night + 60),
    )
    assert (report.added, report.dialogues, report.rejected) == (5, 2, [])
    heard = await house.read(lambda store: store.dialogues.read("wr1:2026-W10"))
    assert heard
    assert [(one.id, one.side, one.speaker) for one in heard.utterances] == [
        ("m1", Side.OURS, "张敏"),
        ("m2", Side.THEIRS, "张工"),
        ("m3", Side.OURS, "王磊"),
        ("m4", Side.THEIRS, "张工"),
    ]
    assert (heard.source, heard.customer_id, heard.person_id, heard.begun_at) == (Source.CHAT, "C1", "E1001", MONDAY)
    assert (await texts(house))["wr1:2026-W11"] == ["下周一"]
    kept = await house.read(lambda store: store.dialogues.get("wr1:2026-W10"))
    assert kept
    assert (kept.room, kept.contacts, kept.title, kept.language) == ("wr1", ("wm1",), "张工", "zh")


async def test_again_adds_only_what_is_new(house: Database, tmp_path: Path) -> None:
    """Also a message from before those that are there: the dialogue then began earlier."""
    await load(house, tmp_path / "a", said("m2", "wm1", "二", minutes=2))
    report = await load(house, tmp_path / "a", said("m2", "wm1", "二", minutes=2), said("m1", "wm1", "一", minutes=1))
    assert (report.added, report.unchanged, report.dialogues) == (1, 1, 0)
    assert await texts(house) == {"wr1:2026-W10": ["一", "二"]}
    kept = await house.read(lambda store: store.dialogues.get("wr1:2026-W10"))
    assert kept
    assert kept.begun_at == MONDAY + timedelta(minutes=1)


async def test_without_consent_nothing_is_stored(house: Database, tmp_path: Path) -> None:
    """A18: of the room, of one of several contacts, of the customer, or of one of us."""
    second = "wr1,,C1,zhangmin,wm2,李工,{}"
    lines = (said("m1", "wm1", "绝密"),)
    for rooms in ((ROOM.replace("是", "否"),), (ROOM, second.format("否"))):
        report = await load(house, tmp_path / "a", *lines, rooms=rooms)
        assert (report.added, report.refused, report.rejected) == (0, 1, [])
    for kind, subject in (("customer", "C1"), ("person", "E1001"), ("person", "wm1")):
        await house.write(
            lambda store, kind=kind, subject=subject: store.purging.revoke(  # type: ignore[misc]  # the defaults only fix the loop's values
                kind, subject, by="x", at=NOW, source="test"
            )
        )
        report = await load(house, tmp_path / "a", *lines)
        assert (report.added, report.refused) == (0, 1)
    assert await texts(house) == {}
    assert await house.read(lambda store: store.dialogues.visible_to(OPERATOR)) == []


async def test_a_consent_that_is_withdrawn_in_the_list_purges(house: Database, tmp_path: Path) -> None:
    """A18: 是, then 否; given again, only what is said from then on is kept."""
    await load(house, tmp_path / "a", said("m1", "wm1"))
    await load(house, tmp_path / "a", said("m1", "wm1"), rooms=(ROOM.replace("是", "否"),))
    assert await texts(house) == {"wr1:2026-W10": []}
    report = await load(house, tmp_path / "a", said("m1", "wm1"), said("m2", "wm1", "新", minutes=10_080))
    assert await texts(house) == {"wr1:2026-W10": [], "wr1:2026-W11": ["新"]}
    assert report.added == 1


async def test_a_consent_that_was_taken_back_is_not_given_by_an_old_file(house: Database, tmp_path: Path) -> None:
    """A18: `xiaoce consents revoke`, then the same import again."""
    await load(house, tmp_path / "a", said("m1", "wm1"))
    await house.write(lambda store: store.purging.revoke("room", "wr1", by="x", at=NOW, source="test"))
    report = await load(house, tmp_path / "a", said("m1", "wm1"), said("m2", "wm1", minutes=10_080))
    assert (report.added, report.refused) == (0, 2)


async def test_recalled_messages_are_removed(house: Database, tmp_path: Path) -> None:
    """With the signals and tasks that rest on them; whichever comes first, and also from an earlier import."""
    folder = tmp_path / "a"
    await load(house, folder, said("m1", "wm1", "太贵了"), said("m2", "wm1", "好", minutes=1))

    def find(store: Store) -> None:
        cited = type(PRICE)("price_objection", 1.0, (type(PRICE.evidence[0])("wr1:2026-W10", "m1", "太贵了"),))
        store.signals.add(cited, happened_at=NOW, found_at=NOW, dialogue_id="wr1:2026-W10")
        store.tasks.add(Task("t1", REP.id, "回复", NOW, dialogue_id="wr1:2026-W10", utterance_id="m1"))

    await house.write(find)
    report = await load(house, folder, recalled("m3", "m1"), said("m1", "wm1"), said("m4", "wm1", "算了", minutes=2))
    assert (report.recalled, report.added) == (1, 1)
    assert await texts(house) == {"wr1:2026-W10": ["好", "算了"]}
    assert await house.read(lambda store: store.signals.visible_to(OPERATOR)) == []
    assert await house.read(lambda store: store.tasks.visible_to(OPERATOR)) == []
    assert await house.read(lambda store: store.consents.state("room", "wr1")) is True
    report = await load(house, folder, recalled("m3", "m1"), said("m1", "wm1"))
    assert (report.recalled, report.added) == (0, 0)


async def test_a_room_with_a_bad_row_waits(house: Database, tmp_path: Path) -> None:
    """Nobody knows whether all of them agreed: nothing is stored, and nothing that is there is purged."""
    await load(house, tmp_path / "a", said("m1", "wm1", "好"))
    bad = "wr1,,C1,zhangmin,wm2,李工,也许"
    report = await load(house, tmp_path / "a", said("m2", "wm1"), said("m3", "wm2"), rooms=(ROOM, bad))
    assert problems(report) == [(3, "同意存档", "也许", "unknown_choice")]
    assert (report.added, report.counts()["rejected"]) == (0, 3)
    assert await texts(house) == {"wr1:2026-W10": ["好"]}


async def test_messages_that_can_not_be_taken_are_named(house: Database, tmp_path: Path) -> None:
    """File, line and remedy; what several lines share is named at the first of them and counted."""
    report = await load(
        house,
        tmp_path / "a",
        said("m1", "wm1", "好"),
        said("m2", "nobody"),
        said("m3", "nobody"),
        said("m4", "wm9"),
        said("m5", "wm1", room="wr9"),
        said("m6", "wm1", room="wr9"),
        "{not json",
        "[1]",
        '{"msgid": "m7", "from": "wm1", "roomid": "wr1", "msgtime": "gestern"}',
        said("m8", "wb1", "我是机器人"),
        '{"action": "switch", "msgid": "m9", "user": "zhangmin", "time": 1772415000000}',
    )
    assert [(row.file, row.line, row.faults[0].problem) for row in report.rejected] == [
        ("2026-03.jsonl", 2, "unknown_sender"),
        ("2026-03.jsonl", 4, "unknown_sender"),
        ("2026-03.jsonl", 5, "unknown_room"),
        ("2026-03.jsonl", 7, "not_json"),
        ("2026-03.jsonl", 8, "not_json"),
        ("2026-03.jsonl", 9, "no_key"),
    ]
    assert (report.unlisted, report.counts()["rejected"], report.added) == (2, 8, 1)
    for lang in ("zh", "en"):
        assert report.rejected[0].sentence(lang).startswith("2026-03.jsonl · ")
        assert "nobody" in report.rejected[0].sentence(lang)
        assert "wr9" in report.rejected[2].sentence(lang)


async def test_direct_messages_and_other_kinds(house: Database, tmp_path: Path) -> None:
    """No room: the two people are one. A picture has no words, but somebody was there; two parts are two lines."""
    mixed = {"item": [{"type": "text", "content": '{"content": "看图"}'}, {"type": "image", "content": "{}"}]}
    report = await load(
        house,
        tmp_path / "a",
        said("m1", "zhangmin", "您好", room=""),
        said("m2", "wm1", minutes=1, room="", msgtype="image", image={"md5sum": "x"}),
        said("m3", "wm1", minutes=2, room="", msgtype="mixed", mixed=mixed),
        said("m4", "wanglei", room=""),
        rooms=(",,C1,zhangmin,wm1,张工,是",),
    )
    assert await texts(house) == {"zhangmin~wm1:2026-W10": ["您好", "", "看图"]}
    assert [row.faults[0].problem for row in report.rejected] == ["unknown_room"]
    contact = await house.read(lambda store: store.contacts.of_customers(["C1"]))
    assert contact["C1"].last_theirs == MONDAY + timedelta(minutes=2)


async def test_folders_that_are_refused(house: Database, tmp_path: Path) -> None:
    """Without a list of rooms nobody knows who agreed; nothing is changed."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "alone").mkdir()
    write(tmp_path / "alone/2026-03.jsonl", said("m1", "wm1"))
    for folder, problem in (("empty", "no_archive"), ("alone", "no_rooms"), ("nowhere", "no_archive")):
        with pytest.raises(ImportRefused) as refused:
            await import_chats(house, tmp_path / folder, ZONE)
        assert refused.value.problem == problem
        assert folder in refused.value.sentence("en")
    assert await texts(house) == {}


async def test_a_list_of_consents(house: Database, tmp_path: Path) -> None:
    """A18: no purges; an older day, or the same list again, gives nothing back."""
    header = "对象类型,对象,是否同意,日期"

    async def note(*rows: str) -> tuple[int, int, int]:
        report = await import_consents(house, write(tmp_path / "c.csv", header, *rows), at=NOW)
        return report.added, report.unchanged, report.purged

    def talk(store: Store) -> bool:
        return store.consents.permits({"customer": "C1"})

    await load(house, tmp_path / "a", said("m1", "wm1"))
    assert await note("客户,C1,是,", "person,wm1,yes,2026-01-01") == (2, 0, 0)
    assert await note("客户,C1,是,", "person,wm1,yes,2026-01-01") == (0, 2, 0)
    assert await note("客户,C1,撤回,2026-03-01") == (0, 1, 0), "older than what is known"
    assert await note("客户,C1,撤回,2026-03-03") == (1, 0, 1)
    assert await texts(house) == {"wr1:2026-W10": []}
    assert await note("客户,C1,是,2026-02-01") == (0, 1, 0)
    await house.write(lambda store: store.purging.revoke("person", "wm1", by="x", at=NOW, source="test"))
    assert await note("人员,wm1,是,") == (0, 1, 0), "said before it was taken back"
    assert await house.read(talk) is False
    assert await note("客户,C1,是,2026-03-04") == (1, 0, 0)
    assert await house.read(talk) is True
    bad = await import_consents(house, write(tmp_path / "c.csv", header, "国家,C1,是,", "客户,C 1,随便,昨天"))
    assert [problem for *_, problem in problems(bad)] == [
        "unknown_choice",
        "not_an_id",
        "unknown_choice",
        "not_a_date",
    ]

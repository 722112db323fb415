"""People, customers, cards, preferences, the audit log, files, the playbook and sign-ins."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from bot.contracts import Card, Fact, Person, Role, Section
from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.errors import AccountTaken
from storage.repositories.audit import AuditEntry
from storage.repositories.customers import Customer
from storage.repositories.files import FileRecord
from storage.repositories.playbook import PlaybookText
from storage.store import Store
from storage.tables import SignInRow
from tests.unit.storage.company import NOW, OTHER, PLACE, REP, record

LATER = NOW + timedelta(hours=1)


async def test_people_by_account(company: Database) -> None:
    """The flows find out who wrote; strangers are nobody."""
    assert await company.read(lambda store: store.people.by_account("console", "E1001")) == REP
    assert await company.read(lambda store: store.people.by_account("wecom", "E1001")) is None
    assert await company.read(lambda store: store.people.get("E1002")) == OTHER
    assert await company.read(lambda store: store.people.get("E9999")) is None


async def test_accounts_belong_to_one_person(company: Database) -> None:
    """A guarantee: (channel, account) is unique, and a person has one account per channel."""
    await company.write(lambda store: store.people.upsert(record(REP, wecom="zhangmin")))
    with pytest.raises(AccountTaken, match="E1001"):
        await company.write(lambda store: store.people.upsert(record(OTHER, wecom="zhangmin")))
    await company.write(lambda store: store.people.upsert(record(REP, wecom="zhang.min")))
    accounts = await company.read(lambda store: store.people.accounts("E1001"))
    assert accounts == {"console": "E1001", "wecom": "zhang.min"}
    swapped = [record(REP, wecom="x"), record(OTHER, wecom="zhang.min")]
    await company.write(lambda store: store.people.upsert_all(swapped))
    assert await company.read(lambda store: store.people.by_account("wecom", "zhang.min")) == OTHER


async def test_a_customer_keeps_every_field(company: Database) -> None:
    """Money is exact; an update changes the row instead of adding one."""
    full = Customer(
        "C1",
        "苏州泓达有限公司",
        "泓达",
        "家电",
        "江苏",
        "华东",
        Decimal("1234567890.12"),
        "E1001",
        "张敏",
        "A",
        date(2024, 1, 31),
    )
    bare = Customer("C2", "无名")
    await company.write(lambda store: store.customers.upsert_all([full, bare]))
    assert await company.read(lambda store: store.customers.visible_to(OPERATOR)) == [full, bare]
    await company.write(lambda store: store.customers.upsert(replace(full, tier="B")))
    assert await company.read(lambda store: store.customers.get("C1")) == replace(full, tier="B")
    assert await company.read(lambda store: store.customers.count(OPERATOR)) == 2
    page = await company.read(lambda store: store.customers.visible_to(OPERATOR, limit=1, offset=1))
    assert page == [bare]


async def test_mentions_know_short_names_and_width(company: Database) -> None:
    """The longest name first; case, width and spaces don't count."""

    def fill(store: Store) -> None:
        store.customers.upsert(Customer("C1", "泓达", "泓达"))
        store.customers.upsert(Customer("C2", "泓达重工有限公司", "泓达重工"))
        store.customers.upsert(Customer("C3", "ABB China Co., Ltd.", "ABB China"))
        store.customers.upsert(Customer("C4", "无简称公司", ""))

    await company.write(fill)

    async def mentioned(text: str) -> list[str]:
        found = await company.read(lambda store: store.customers.mentioned_in(OPERATOR, text))
        return [customer.id for customer in found]

    assert await mentioned("泓达重工说太贵了") == ["C2", "C1"]
    assert await mentioned("ａｂｂ　ＣＨＩＮＡ 的报价") == ["C3"]
    assert await mentioned("") == []


async def test_conversation_memory(company: Database) -> None:
    """Each skill keeps its own; what it keeps replaces what it kept."""

    def talk(store: Store) -> None:
        store.conversations.remember(PLACE, "coaching", {"stage": "报价", "n": 1}, NOW)
        store.conversations.remember(PLACE, "coaching", {"stage": "谈判"}, LATER)

    await company.write(talk)
    assert await company.read(lambda store: store.conversations.memory(PLACE, "coaching")) == {"stage": "谈判"}
    assert await company.read(lambda store: store.conversations.memory(PLACE, "events")) == {}


async def test_cards_and_presses(company: Database) -> None:
    """A8: a card is kept as it looks now; a press counts once per message."""
    card = Card("k1", "价格异议", facts=(Fact("阶段", "报价"),), sections=(Section("对比", "| a | b |"),))

    def show(store: Store) -> list[bool]:
        store.cards.add(card, "coaching", PLACE, REP.id, "m1", NOW, context={"query": "太贵"})
        store.cards.add(replace(card, headline="again"), "coaching", PLACE, REP.id, "m1", LATER)
        store.cards.replace(replace(card, unfolded=True), LATER)
        presses = [("unfold", "p1"), ("unfold", "p1"), ("useful", "p2")]
        return [store.cards.press("k1", REP.id, action, NOW, id_) for action, id_ in presses]

    assert await company.write(show) == [True, False, True]
    stored = await company.read(lambda store: store.cards.get("k1"))
    assert stored
    assert stored.card == replace(card, unfolded=True)
    assert (stored.skill, stored.address, stored.person_id, stored.message_id) == ("coaching", PLACE, REP.id, "m1")
    assert stored.context == {"query": "太贵"}
    presses = await company.read(lambda store: store.cards.presses("k1"))
    assert [(press.action, press.person_id, press.at) for press in presses] == [
        ("unfold", "E1001", NOW),
        ("useful", "E1001", NOW),
    ]
    assert await company.read(lambda store: store.cards.get("none")) is None


async def test_preferences(company: Database) -> None:
    """Any JSON value; the last choice counts."""

    def choose(store: Store) -> None:
        for value in ("en", None, ["a", {"b": 1}]):
            store.preferences.set("E1001", "language", value, NOW)
        store.preferences.set("E1001", "mute", None, NOW)

    await company.write(choose)
    assert await company.read(lambda store: store.preferences.get("E1001")) == {
        "language": ["a", {"b": 1}],
        "mute": None,
    }
    assert await company.read(lambda store: store.preferences.get("E1002")) == {}


async def test_audit_log(company: Database) -> None:
    """D10: latest first; a rep sees their own entries, an admin all."""

    def act(store: Store) -> None:
        store.audit.add("E1001", "saw", "C1", {"fields": ["name"]}, NOW)
        store.audit.add("operator", "import.people", "people.csv", {}, LATER)

    await company.write(act)
    admin = Person("E9", "管理员", Role.ADMIN)
    log = await company.read(lambda store: store.audit.listing(admin))
    assert [entry.actor for entry in log] == ["operator", "E1001"]
    own = await company.read(lambda store: store.audit.listing(REP))
    assert own == [AuditEntry(own[0].seq, NOW, "E1001", "saw", "C1", {"fields": ["name"]})]
    assert len(await company.read(lambda store: store.audit.listing(admin, 1))) == 1


async def test_files(company: Database) -> None:
    """Kept once, with all fields; sizes beyond 2 GB fit."""
    file = FileRecord("f1", "files/ab.amr", "录音.amr", "audio/amr", 3 << 30, "0" * 64, NOW, "E1001", "m1")
    await company.write(lambda store: store.files.add(file))
    await company.write(lambda store: store.files.add(replace(file, name="other")))
    assert await company.read(lambda store: store.files.get("f1")) == file
    assert await company.read(lambda store: store.files.get("f2")) is None


async def test_playbook_revisions(company: Database) -> None:
    """A14: unchanged texts make no revision; every revision is kept; numbers never come twice."""

    async def put(text: str, language: str = "zh") -> int:
        return await company.write(
            lambda store: store.playbook.put(
                "price", language, text, kind="talktrack", valid_until=date(2027, 1, 1), by="E1001", at=NOW
            )
        )

    assert [await put("一"), await put("一"), await put("二"), await put("one", "en")] == [1, 1, 2, 1]
    now = await company.read(lambda store: store.playbook.get("price", "zh"))
    assert now == PlaybookText("price", "zh", "talktrack", "二", 2, date(2027, 1, 1), NOW, "E1001")
    assert [text.language for text in await company.read(lambda store: store.playbook.all())] == ["en", "zh"]
    assert [text.text for text in await company.read(lambda store: store.playbook.all("en"))] == ["one"]
    assert await company.write(lambda store: store.playbook.remove("price", "zh")) is True
    assert await company.write(lambda store: store.playbook.remove("price", "zh")) is False
    assert await company.read(lambda store: store.playbook.get("price", "zh")) is None
    assert await put("二") == 3
    revisions = await company.read(lambda store: store.playbook.revisions("price", "zh"))
    assert [(text.revision, text.text) for text in revisions] == [(3, "二"), (2, "二"), (1, "一")]


async def test_sign_ins(company: Database) -> None:
    """Only the hash is stored; revoking ends all of a person's tokens and nobody else's."""

    def issue(store: Store) -> None:
        store.sign_ins.issue("E1001", "secret-1", NOW)
        store.sign_ins.issue("E1001", "secret-2", LATER)
        store.sign_ins.issue("E1002", "secret-3", NOW)

    await company.write(issue)
    stored = await company.read(lambda store: store.session.exec(select(SignInRow.token_hash)).all())
    assert hashlib.sha256(b"secret-1").hexdigest() in stored
    assert not any("secret" in value for value in stored)
    assert await company.read(lambda store: store.sign_ins.person_for("secret-1")) == REP
    assert await company.read(lambda store: store.sign_ins.person_for("wrong")) is None
    await company.write(lambda store: store.sign_ins.revoke("E1001", LATER))
    assert await company.read(lambda store: store.sign_ins.person_for("secret-2")) is None
    assert await company.read(lambda store: store.sign_ins.person_for("secret-3")) == OTHER

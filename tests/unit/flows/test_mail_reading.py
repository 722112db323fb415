"""A1, A18: who wrote a mail, whose customer it is about, and what is ours: by addresses and names, else unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.email import Mail, Mailbox
from bot.contracts import Role
from bot.contracts.listening import Side, Source
from bot.contracts.person import OPERATOR, Person
from bot.flows.mail_reading import MOST_SENTENCES, mail_id, ours_of, strangers, utterances, whose
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.store import Store

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
MIN, ASSISTANT, LI, AGENT = "min@ruize.example", "desk@ruize.example", "li@hengrui.example", "x@qq.com"
REP = Person("E1", "张敏", Role.REP)


def mail(text: str = "您好。总价多少？", sender: str = LI, to: str = MIN, **changes: object) -> Mail:
    boxes = {"sender": Mailbox(sender, "李工"), "to": (Mailbox(to),), "cc": ()}
    return replace(Mail("m1", "报价", **boxes, at=NOW, text=text), **changes)  # type: ignore[arg-type]  # the tests name real fields


@pytest.fixture
async def house(database: Database) -> Database:
    """C1 and C2 have names inside each other; C1's people and somebody at a public provider wrote before."""

    def fill(store: Store) -> None:
        store.people.upsert(PersonRecord("E1", "张敏", Role.REP, email="Min@Ruize.example"))
        names = {"C1": "恒锐", "C2": "恒锐精密", "C3": "泓达"}
        store.customers.upsert_all([Customer(id_, name, owner_id="E1") for id_, name in names.items()])
        for id_, customer, contact in (("d1", "C1", LI), ("d2", "C3", AGENT)):
            record = DialogueRecord(id_, Source.EMAIL, NOW, customer, "E1", state="ready", contacts=(contact,))
            store.dialogues.open(record)

    await database.write(fill)
    return database


@pytest.mark.parametrize(
    ("sender", "text", "words", "customer", "several"),
    [
        (LI, "总价多少？", "", "C1", False),  # wrote before
        ("wang@hengrui.example", "总价多少？", "", "C1", False),  # a colleague of theirs
        ("y@qq.com", "总价多少？", "", None, False),  # a provider says nothing about a company
        (AGENT, "总价多少？", "", "C3", False),
        ("new@else.example", "恒锐精密的合同", "", "C2", False),  # the longer name, not the one inside it
        ("new@else.example", "泓达和恒锐", "", None, True),
        (LI, "泓达的合同", "", None, True),  # who writes and what is named disagree
        (LI, "泓达和恒锐", "", "C1", False),  # they agree on one
        (LI, "总价多少？", "泓达的邮件", "C3", False),  # said beside it
        ("new@else.example", "总价多少？", "", None, False),
    ],
)
async def test_whose_mail_it_is(
    house: Database, sender: str, text: str, words: str, customer: str | None, several: bool
) -> None:
    def look(store: Store) -> tuple[str | None, bool]:
        written = mail(text, sender)
        found = whose(store, OPERATOR, written, strangers(written, ours_of(store, written)), words)
        return found.customer.id if found.customer else None, found.several

    assert await house.read(look) == (customer, several)


async def test_a_forwarded_mail_is_read_with_the_sides_of_each(house: Database) -> None:
    """Ours are those of the list and of our domain; what is inside was written before."""
    inner = mail("太贵了。\n便宜点？", at=datetime(2026, 3, 1, tzinfo=UTC))
    outer = mail("请处理", ASSISTANT, MIN, forwarded=(inner,), at=datetime(2030, 1, 1, tzinfo=UTC))
    ours = await house.read(lambda store: ours_of(store, outer))
    said = utterances(outer, ours, "email:1", NOW)
    assert [(one.id, one.text, one.side) for one in said] == [
        ("email:1#1", "太贵了。", Side.THEIRS),
        ("email:1#2", "便宜点？", Side.THEIRS),
        ("email:1#3", "请处理", Side.OURS),
    ]
    assert said[0].speaker == "李工"
    assert [one.at for one in said][1:] == [inner.at, NOW], "nothing was written in the future"
    assert strangers(outer, ours) == (LI,)
    assert len(utterances(mail("一。" * 2000), ours, "email:2", NOW)) == MOST_SENTENCES


def test_the_same_mail_is_known_by_whichever_door_it_comes() -> None:
    assert mail_id(mail("总价 128 万")) == mail_id(mail("总价 128  万\n"))
    assert mail_id(mail("总价 128 万")) != mail_id(mail("总价 129 万")), "an id alone may be forged"

"""The list of the customers' people: who is taken, who may see them, and who is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contracts.listening import Signal
from storage.database import Database
from storage.imports.contacts import import_contacts
from storage.repositories.consents import Consent
from storage.repositories.customer_people import CustomerPerson
from storage.store import Store
from tests.unit.storage.company import NOW, OTHER, REP
from tests.unit.storage.talk import customer
from tests.unit.storage.test_imports import problems, write

HEADER = "联系人编号,客户编号,姓名,职务,决策人,商机编号,手机,邮箱,企业微信外部联系人ID,Slack账号"
BOSS = "P1,C1,王建国,总经理,是,O1,13800000001,Wang@Example.com,wm1,U1"
BUYER = "P2,C1,李燕,采购,,,,,wm2,"


@pytest.fixture
async def crm(company: Database) -> Database:
    """Each rep has a customer with a deal."""

    def fill(store: Store) -> None:
        customer(store)
        customer(store, "C2", OTHER.id)

    await company.write(fill)
    return company


async def test_people_with_all_fields_and_bad_rows_named(crm: Database, tmp_path: Path) -> None:
    """Good rows load, those who decide first; a file without a column keeps what was known."""
    bad = ("P1,C1,重名,,,,,,,", "P3,C9,赵工,,大概,O9,,,,", "P4,C1,,,,,,,,")
    report = await import_contacts(crm, write(tmp_path / "c.csv", HEADER, BUYER, BOSS, *bad, encoding="gb18030"))
    assert report.sentence() == "联系人：新增 2，更新 0，未变 0，未导入 3。"
    assert problems(report) == [
        (4, "联系人编号", "P1", "duplicate"),
        (5, "客户编号", "C9", "unknown_customer"),
        (5, "决策人", "大概", "unknown_choice"),
        (5, "商机编号", "O9", "unknown_deal"),
        (6, "姓名", "", "empty"),
    ]
    boss = CustomerPerson("P1", "C1", "王建国", "O1", "总经理", True, "13800000001", "wang@example.com", "wm1", "U1")
    buyer = CustomerPerson("P2", "C1", "李燕", title="采购", wecom="wm2")
    assert await crm.read(lambda store: store.customer_people.visible_to(REP, "C1")) == [boss, buyer]
    again = await import_contacts(crm, write(tmp_path / "d.csv", "contact id,customer id,name", "P1,C1,王建国"))
    assert (again.unchanged, again.rejected) == (1, [])


async def test_only_who_sees_the_customer_sees_its_people(crm: Database, tmp_path: Path) -> None:
    """D9: in the query."""
    await import_contacts(crm, write(tmp_path / "c.csv", HEADER, BOSS))
    assert await crm.read(lambda store: store.customer_people.visible_to(OTHER, "C1")) == []


def _told(store: Store, name: str) -> None:
    signal = Signal("single_threaded", 1.0, values={"name": name})
    store.signals.add(signal, happened_at=NOW, found_at=NOW, customer_id="C1", deal_id="O1", key=name)


@pytest.mark.parametrize(
    ("kind", "subject", "left"),
    [
        ("person", "WANG@example.com", ["李燕"]),
        ("person", "wm2", ["王建国"]),
        ("customer", "C1", []),
        ("room", "C1", None),
    ],
)
async def test_who_refuses_is_forgotten_and_not_taken_again(
    crm: Database, tmp_path: Path, kind: str, subject: str, left: list[str] | None
) -> None:
    """A18: with the signals about deals that name them."""
    file = write(tmp_path / "c.csv", HEADER, BOSS, BUYER)
    await import_contacts(crm, file)
    everybody = ["王建国", "李燕"]
    await crm.write(lambda store: [_told(store, name) for name in everybody])
    no = Consent(kind, subject, False, NOW, "x", "test")  # type: ignore[arg-type]  # a kind
    await crm.write(lambda store: store.purging.refuse(no))
    expected = everybody if left is None else left

    def names(store: Store) -> tuple[list[str], set[str]]:
        told = store.signals.visible_to(REP)
        people = store.customer_people.visible_to(REP, "C1")
        return [one.name for one in people], {one.facts["name"] for one in told}

    assert await crm.read(names) == (expected, set(expected))
    report = await import_contacts(crm, file)
    assert (report.added, report.unchanged, len(report.rejected)) == (0, len(expected), 2 - len(expected))
    assert (await crm.read(names))[0] == expected

"""B14, D9 on both databases: rows behind the morning, what was told, decided and sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.repositories.brief_kept import Decision, Told, decision_id
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal, StageEntry
from storage.repositories.prompts import Prompt
from storage.repositories.quotes import Quote
from storage.repositories.tasks import Task
from storage.store import Store
from storage.tables import SignalRow
from storage.upsert import insert_new
from tests.unit.storage.company import OTHER, REP

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def fill(store: Store) -> None:
    """One deal of each of two reps, with everything that hangs on it."""
    for rep in (REP, OTHER):
        number = rep.id[-1]
        store.customers.upsert_all([Customer(f"C{number}", f"客户{number}", industry="家电", owner_id=rep.id)])
        store.deals.upsert_all([Deal(f"O{number}", f"C{number}", owner_id=rep.id, stage="quote", created=DAY)])
        store.deals.add_stages([StageEntry(f"O{number}", "quote", DAY)])
        store.quotes.upsert_all([Quote(f"Q{number}", f"C{number}", f"O{number}", rep.id, quoted_on=DAY)])
        store.tasks.add(Task(f"T{number}", rep.id, "发图纸", NOW, customer_id=f"C{number}", due=DAY))
        where = {"customer_id": f"C{number}", "person_id": rep.id, "deal_id": f"O{number}"}
        row = SignalRow(
            id=f"S{number}", kind="single_threaded", sureness=1, facts={}, happened_at=NOW, found_at=NOW, **where
        )
        insert_new(store.session, row)
        store.prompts.add(
            Prompt(f"P{number}", "price", state="sent", decided_at=NOW, priority="high", response="ignored", **where)
        )
        contract = {"id": f"K{number}", "deal_id": f"O{number}", "customer_id": f"C{number}"}
        store.loop.write("contract", [contract])
        paid = {"id": f"M{number}", "contract_id": f"K{number}", "kind": "尾款", "due": DAY, "amount": Decimal("12.34")}
        refund = {**paid, "id": f"R{number}", "amount": Decimal(-5)}
        store.loop.write("payment", [paid, refund])


async def test_rows_are_the_viewers(company: Database) -> None:
    """D9 in every query: a rep gets their own, whoever may see all gets both."""
    await company.write(fill)
    since, until = DAY - timedelta(days=1), DAY + timedelta(days=1)

    def read(store: Store) -> list[list[list[str]]]:
        found = []
        for viewer in (REP, OPERATOR):
            rows = store.briefing
            found.append(
                [
                    [one.id for one in rows.deals(viewer, since)],
                    sorted(rows.stages(viewer, since)),
                    [one.id for one in rows.quotes(viewer, since, DAY)],
                    [one.id for one in rows.owed(viewer, since)],
                    [one.id for one in rows.tasks(viewer, until)],
                    [one.id for one in rows.hints(viewer, ["single_threaded"], NOW - timedelta(1), NOW)],
                    [one.id for one in rows.customers(viewer)],
                ]
            )
        return found

    own, every = await company.read(read)
    assert own == [["O1"], ["O1"], ["Q1"], ["M1"], ["T1"], ["S1", "P1"], ["C1"]]
    assert every == [
        ["O1", "O2"], ["O1", "O2"], ["Q1", "Q2"], ["M1", "M2"], ["T1", "T2"], ["S1", "S2", "P1", "P2"], ["C1", "C2"]
    ]  # fmt: skip
    money = await company.read(lambda store: store.briefing.owed(REP, since)[0])
    assert (money.amount, money.owner_id) == (Decimal("12.34"), REP.id)
    filled = await company.read(lambda store: store.briefing.customers(REP)[0].filled)
    assert filled == {"industry"}


async def test_a_morning_is_told_once_sent_once_and_decided_once(company: Database) -> None:
    """Primary keys: whoever comes second changes nothing."""
    told = Told(DAY, "team:华东组", "quotes:2026-02-23", "quotes", 17, Decimal("20430450.50"))
    later = Told(DAY, "team:华东组", "quotes:2026-02-23", "quotes", 3, Decimal(1))
    decision = Decision(
        decision_id("team:华东组", told.key, "dismissed", DAY), "team:华东组", told.key, "quotes", "dismissed",
        REP.id, NOW, ("Q1", "Q2"), "旧价",
    )  # fmt: skip

    def write(store: Store) -> list[bool]:
        kept = store.brief_kept
        kept.tell([told])
        kept.tell([later])
        kept.tell([])
        return [
            kept.claim(DAY, REP.id, "team:华东组", "card1", NOW),
            kept.claim(DAY, REP.id, "team:华东组", "card2", NOW),
            kept.claim(DAY + timedelta(days=1), REP.id, "team:华东组", "card3", NOW),
            kept.decide(decision),
            kept.decide(decision),
        ]

    assert await company.write(write) == [True, False, True, True, False]
    assert await company.read(lambda store: store.brief_kept.told("team:华东组", DAY, DAY + timedelta(days=1))) == [
        told
    ]
    assert await company.read(lambda store: store.brief_kept.told("team:华东组", DAY - timedelta(days=9), DAY)) == []
    assert await company.read(lambda store: store.brief_kept.told("team:华南组", DAY, DAY + timedelta(days=1))) == []
    assert await company.read(lambda store: store.brief_kept.decisions("team:华东组")) == [decision]
    assert await company.read(lambda store: store.brief_kept.sent(DAY)) == {REP.id}

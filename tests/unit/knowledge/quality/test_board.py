"""B13: gates, golden list, invalid leads, dangling links, impossible rows; on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Person, Role
from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR
from knowledge.quality.board import Figure, board, evidence
from knowledge.quality.gates import Gate, load_standards
from knowledge.quality.golden import is_listed, nearest
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.impossible import Moment
from storage.store import Store
from tests.unit.storage.company import OTHER, REP, record

NOW = datetime(2026, 7, 15, 2, tzinfo=UTC)
TODAY = date(2026, 7, 15)
MOMENT = Moment(NOW, ZoneInfo("Asia/Shanghai"))
STANDARDS = load_standards()
LEAST = "least: {filled: .9, listed: .9, valid: .9, linked: .9, possible: .9, single: .9}"
AFAR = Person("E9", "赵强", Role.REP, "华南组")


def fill(store: Store) -> None:
    """Twenty customers, one without industry, one off the list; and one row of each fault."""
    store.people.upsert_all([record(REP), record(OTHER), record(AFAR)])
    industries = ["家电"] * 18 + ["", "白电"]
    owners = [REP.id] * 19 + [OTHER.id]
    store.customers.upsert_all(
        [
            Customer(f"K{n:02}", f"客户{n}", industry=industry, region="华东", owner_id=owner)
            for n, (industry, owner) in enumerate(zip(industries, owners, strict=True))
        ]
    )
    yesterday = NOW - timedelta(days=1)
    leads: list[tuple[str, bool | None, str, datetime]] = [
        ("L1", True, "", yesterday),
        ("L2", False, "空号", yesterday),
        ("L3", False, "空号", yesterday),
    ]
    leads += [("L4", None, "", yesterday), ("L5", True, "", NOW + timedelta(days=2))]
    store.loop.write(
        "lead",
        [{"id": i, "company": i, "valid": v, "invalid_reason": r, "created_at": at} for i, v, r, at in leads],
    )
    deal: dict[str, Any] = {"customer_id": "K00", "owner_id": REP.id, "amount": Decimal(10), "result": "won"}
    won = date(2026, 7, 1)
    store.loop.write("deal", [deal | {"id": "D1", "lead_id": "L1", "created": won, "closed": won}])
    store.loop.write("contract", [{"id": "H1", "deal_id": "D1", "amount": Decimal(10), "signed": date(2026, 7, 3)}])
    paid = [("P1", "H1", "", 5, won), ("P2", "H9", "", 5, TODAY), ("P3", "H1", "refund", -2, TODAY)]
    paid += [("P4", "H1", "", -2, TODAY), ("P5", "H1", "", 5, TODAY + timedelta(days=1))]
    store.loop.write(
        "payment",
        [{"id": i, "contract_id": c, "kind": k, "amount": Decimal(a), "paid": p} for i, c, k, a, p in paid],
    )


async def _figures(database: Database, viewer: Person = OPERATOR) -> dict[str, Figure]:
    found = await database.read(lambda store: board(store, viewer, STANDARDS, MOMENT))
    return {one.gate.name: one for one in found}


async def test_every_fault_is_counted_with_its_rows(database: Database) -> None:
    await database.write(fill)
    figures = await _figures(database)
    filled = figures["customer.industry.filled"]
    assert (filled.good, filled.total, filled.colour) == (19, 20, "green"), "exactly at the gate is green"
    assert figures["customer.tier.filled"].colour == "red"
    assert figures["customer.industry.listed"].values == {"白电": 1}
    assert (figures["lead.valid"].bad, figures["lead.valid"].values) == (2, {"空号": 2}), "unmarked counts as valid"
    assert figures["ticket.linked"].colour == "empty"
    assert figures["deal.possible"].values == {"won_before_contact": 1}
    assert figures["lead.possible"].values == {"lead_in_future": 1}
    assert figures["payment.possible"].values == {"paid_before_signed": 1, "payment_negative": 1, "paid_in_future": 1}
    assert (figures["payment.linked"].bad, figures["payment.possible"].bad) == (1, 3)
    assert figures["touch.linked"].colour == "empty"
    assert figures["lead.linked"].bad == 0

    def rows(gate: str) -> Any:
        found = STANDARDS.gate(gate)
        assert found
        return lambda store: [(r.id, r.value, h) for r, h in evidence(store, OPERATOR, STANDARDS, found, MOMENT, 50)]

    assert await database.read(rows("customer.industry.filled")) == [("K18", "", "")]
    assert await database.read(rows("customer.industry.listed")) == [("K19", "白电", "家电")]
    assert await database.read(rows("payment.linked")) == [("P2", "H9", "")]
    assert await database.read(rows("lead.valid")) == [("L2", "空号", ""), ("L3", "空号", "")]
    assert {hint for _, _, hint in await database.read(rows("payment.possible"))} == {
        "paid_before_signed", "payment_negative", "paid_in_future"
    }  # fmt: skip


async def test_what_is_not_connected_is_no_fault(database: Database) -> None:
    """B11: with leads alone, their campaigns aren't missing: campaigns aren't connected."""
    await database.write(lambda store: store.loop.write("lead", [{"id": "L1", "campaign_id": "M1", "company": "甲"}]))
    assert (await _figures(database))["lead.linked"].bad == 0
    await database.write(lambda store: store.loop.write("campaign", [{"id": "M2"}]))
    assert (await _figures(database))["lead.linked"].bad == 1


async def test_each_viewer_counts_their_own_rows(database: Database) -> None:
    """D9: in the query, not in the page; and a merged customer doesn't count beside the kept one."""
    await database.write(fill)
    await database.write(lambda store: store.identity.merges.merge("K00", "K18", "person", "x", NOW))
    totals = {
        who.id: (await _figures(database, who))["customer.industry.filled"] for who in (OPERATOR, REP, OTHER, AFAR)
    }
    assert {who: (one.good, one.total) for who, one in totals.items()} == {
        "operator": (19, 19), REP.id: (18, 18), OTHER.id: (1, 1), AFAR.id: (0, 0)
    }  # fmt: skip
    parts = totals["operator"].parts
    assert {(one.region, one.owner_id): one.total for one in parts} == {("华东", REP.id): 18, ("华东", OTHER.id): 1}


def test_the_gate_is_exact() -> None:
    gate = Gate("filled", "customer", "industry", 0.95)
    colours = [
        Figure(gate, good, total).colour for good, total in ((95, 100), (94, 100), (949, 1000), (0, 0), (19, 20))
    ]
    assert colours == ["green", "red", "red", "empty", "green"]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("汽配", "汽车零部件"),
        ("白电", "家电"),
        ("钣金", "钣金加工"),
        ("ｒａｉｌ", "轨道交通"),
        ("工程机戒", "工程机械"),
        ("其他", ""),
        ("", ""),
    ],
)
def test_the_golden_list_suggests(value: str, meant: str) -> None:
    assert nearest(value, STANDARDS.golden["industry"]) == meant
    assert not is_listed(value, STANDARDS.golden["industry"])
    assert is_listed(" 家电 ", STANDARDS.golden["industry"])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gates.yaml", "least: {filled: 2}", "least"),
        ("gates.yaml", "filled: [", "gates.yaml"),
        ("gates.yaml", f"{{{LEAST}, filled: {{customer: [colour]}}}}", "customer.colour"),
        ("gates.yaml", f"{{{LEAST}, listed: {{customer.industry: trades}}}}", "trades"),
        ("golden.yaml", "industry: [家电]", "golden.yaml"),
    ],
)  # fmt: skip
def test_a_fault_in_ones_own_files_is_explained(tmp_path: Path, name: str, text: str, said: str) -> None:
    """It names the file and what is wrong with it; without a file of one's own, ours counts."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_standards(tmp_path)

"""B1, B3: the loop's records, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from storage.database import Database
from storage.repositories.loop_links import Dangling


async def test_writing_adds_changes_and_leaves(company: Database) -> None:
    """The same again is nothing new; a field that isn't said keeps its value; the later of two holds."""
    paid = {"id": "SK1", "contract_id": "HT-1", "amount": Decimal("12.50"), "paid": date(2026, 3, 1), "kind": "到货款"}
    first = await company.write(lambda store: store.loop.write("payment", [paid, {**paid, "id": "SK2"}]))
    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    again = await company.write(lambda store: store.loop.write("payment", [paid, {"id": "SK2", "kind": None}]))
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    two = [{"id": "SK1", "region": "华东"}, {"id": "SK1", "amount": Decimal(-1)}]
    assert (await company.write(lambda store: store.loop.write("payment", two))).changed == 1
    kept = await company.read(lambda store: store.loop.records("payment", ["SK1", "SK2", "SK3"]))
    assert kept["SK1"] | paid | {"region": "华东", "amount": Decimal(-1)} == kept["SK1"]
    assert (kept["SK2"]["kind"], kept["SK2"]["amount"]) == ("", Decimal("12.50"))
    assert set(kept) == {"SK1", "SK2"}


async def test_times_flags_and_words(company: Database) -> None:
    at = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
    lead = {"id": "L1", "created_at": at, "valid": False, "invalid_reason": "个人邮箱"}
    await company.write(lambda store: store.loop.write("lead", [lead]))
    await company.write(lambda store: store.loop.write("campaign", [{"id": "CP1", "industries": ("新能源", "电梯")}]))
    again = await company.write(lambda store: store.loop.write("lead", [lead]))
    assert again.unchanged == 1
    kept = await company.read(
        lambda store: (store.loop.records("lead", ["L1"]), store.loop.records("campaign", ["CP1"]))
    )
    assert kept[0]["L1"] | lead == kept[0]["L1"]
    assert kept[1]["CP1"]["industries"] == ("新能源", "电梯")
    assert await company.read(lambda store: store.loop.count("lead")) == 1


async def test_customers_and_deals_are_the_crms(company: Database) -> None:
    """Unknown owners and customers are refused and can be tried again; names are found as imported ones are."""
    customers = [
        {"id": "C1", "name": "苏州恒锐精密有限公司", "owner_id": "E1001"},
        {"id": "C2", "name": "乙", "owner_id": "E0"},
    ]
    done = await company.write(lambda store: store.loop.write("customer", customers))
    assert (done.added, done.refused["C2"].problem) == (1, "unknown_owner")
    deals = [{"id": "O1", "customer_id": "C1", "stage": "quote"}, {"id": "O2", "customer_id": "C2"}]
    done = await company.write(lambda store: store.loop.write("deal", deals))
    assert (done.added, set(done.refused)) == (1, {"O2"})
    found = await company.read(lambda store: (store.customers.get("C1"), store.deals.get("O1")))
    assert found[0] is not None
    assert found[1] is not None
    assert (found[0].short_name, found[1].result, found[1].stage) == ("恒锐", "open", "quote")
    renamed = {"id": "C1", "name": "无锡泓达机械有限公司", "short_name": "", "owner_id": ""}
    await company.write(lambda store: store.loop.write("customer", [renamed]))
    mended = await company.write(lambda store: store.loop.write("customer", [{**customers[1], "owner_id": "E1002"}]))
    assert mended.added == 1
    customer = await company.read(lambda store: store.customers.get("C1"))
    assert customer is not None
    assert (customer.short_name, customer.owner_id) == ("泓达", "")


async def test_links_to_nothing_are_kept_and_named(company: Database) -> None:
    """A payment without its contract."""
    await company.write(lambda store: store.loop.write("contract", [{"id": "HT-1", "signer_id": "E0"}]))
    paid = [{"id": "SK1", "contract_id": "HT-1"}, {"id": "SK2", "contract_id": "HT-9"}, {"id": "SK3"}]
    await company.write(lambda store: store.loop.write("payment", paid))
    found = await company.read(lambda store: (store.loop.dangling("payment"), store.loop.dangling("contract")))
    assert found == ([Dangling("SK2", "contract_id", "HT-9")], [Dangling("HT-1", "signer_id", "E0")])

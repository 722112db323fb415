"""D9 in the copy: who looks sees there exactly the rows that the truth shows; refusals say whom to ask, no number."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.contracts import Person
from knowledge.metrics.plan import Filter, Order, Plan, Span, Threshold
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.running import Sources, run
from storage.database import Database
from storage.permissions import _CONDITIONS, visible
from storage.store import Store
from storage.tables import PersonRow, Row
from storage.upsert import table_of
from storage.warehouse import Warehouse
from storage.warehouse_tables import COPIED
from storage.warehouse_visible import conditions, people_seen
from tests.unit.knowledge.metrics.small_company import (
    DIRECTOR,
    MANAGER,
    NOVEMBER,
    NOW,
    OPS,
    OTHER,
    OWNER,
    PEOPLE,
    REP,
    SOUTH,
    keep,
)

KINDS: dict[str, type[Row]] = {table_of(kind).name: kind for kind in COPIED if kind in _CONDITIONS}


def looked_up(store: Store, viewer: Person) -> tuple[tuple[str, ...], dict[str, set[str]]]:
    return people_seen(store.session, viewer), truth(store, viewer)


def truth(store: Store, viewer: Person) -> dict[str, set[str]]:
    run_ = store.session.connection().execute
    return {
        name: set(run_(select(table_of(kind).c.id).where(visible(viewer, kind))).scalars())
        for name, kind in KINDS.items()
    }


async def copied(warehouse: Warehouse, viewer: Person, people: tuple[str, ...]) -> dict[str, set[str]]:
    said = conditions(viewer, people, KINDS)
    found = {}
    for name, condition in said.items():
        sql = f"SELECT id FROM {name} WHERE {condition or 'true'}"  # noqa: S608 - it is what is tested
        rows = await warehouse.query(sql)
        found[name] = {row["id"] for row in rows}
    return found


async def test_the_copy_shows_what_the_truth_shows(database: Database, tmp_path: Path) -> None:
    """Every role and every table, also after somebody changed teams since the copy was made."""

    def move(store: Store) -> None:
        person = store.session.get(PersonRow, OTHER.id)
        assert person
        person.team = "华东组"

    await database.write(keep)
    warehouse = Warehouse(database, tmp_path / "warehouse", 128)
    await warehouse.ready()
    try:
        for _ in range(2):
            for viewer in PEOPLE:
                people, seen = await database.read(partial(looked_up, viewer=viewer))
                assert await copied(warehouse, viewer, people) == seen, viewer.id
            await database.write(move)
    finally:
        await warehouse.close()


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(
    ("viewer", "metric", "expected"),
    [
        (REP, "won_amount", 3_000_000.0),
        (OTHER, "won_amount", 0.0),
        (MANAGER, "open_deals", 1.0),
        (SOUTH, "open_deals", 2.0),
        (DIRECTOR, "leads", 2.0),  # without the odd lead of elsewhere that became a deal of theirs
        (OWNER, "leads", 2.0),
        (OWNER, "cost_per_lead", 75.25),
        (MANAGER, "spend", 450.5),
        (SOUTH, "payments_received", 0.0),
    ],
    ids=lambda one: getattr(one, "id", str(one)),
)
async def test_everybody_counts_their_rows(viewer: Person, metric: str, expected: float, sources: Sources) -> None:
    found = await run(Plan(metrics=(metric,), span=NOVEMBER), viewer, NOW, sources)
    assert found.whole.values[metric] == expected
    assert found.own


FEW = Threshold("leads", ">", 1)


def where(dimension: str, *values: str) -> tuple[Filter, ...]:
    return (Filter(dimension, values),)


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(
    ("viewer", "plan", "reason"),
    [
        pytest.param(REP, Plan(metrics=("mql_to_sql",)), "whole", id="rate-of-leads"),
        pytest.param(MANAGER, Plan(metrics=("leads",)), "whole", id="chosen-leads"),
        pytest.param(REP, Plan(metrics=("spend",)), "whole", id="spend"),
        pytest.param(DIRECTOR, Plan(metrics=("cost_per_won",)), "role", id="all-spend-over-some-wins"),
        pytest.param(OWNER, Plan(metrics=("roas",)), "role", id="roas"),
        pytest.param(REP, Plan(metrics=("won_amount",), where=where("rep", "E1002")), "closed", id="a-colleague"),
        pytest.param(REP, Plan(metrics=("won_amount",), where=where("rep", "E1001", "E1002")), "closed", id="both"),
        pytest.param(MANAGER, Plan(metrics=("won_amount",), where=where("team", "华南组")), "closed", id="a-team"),
        pytest.param(MANAGER, Plan(metrics=("won_amount",), where=where("region", "华南")), "closed", id="a-region"),
        pytest.param(DIRECTOR, Plan(metrics=("won_amount",), where=where("region", "华南")), "closed", id="director"),
        pytest.param(SOUTH, Plan(kind="list", rows="deal", where=where("customer", "C1")), "closed", id="a-customer"),
        pytest.param(REP, Plan(metrics=("won_deals",), by=("channel",), order=Order("leads")), "whole", id="by-order"),
        pytest.param(REP, Plan(metrics=("won_deals",), by=("channel",), having=(FEW,)), "whole", id="by-threshold"),
        pytest.param(OWNER, Plan(metrics=("leads",), where=where("channel", "展会扫码")), "closed", id="a-channel"),
    ],
)
async def test_refusals_leak_nothing(viewer: Person, plan: Plan, reason: str, sources: Sources) -> None:
    with pytest.raises(NotAnswerable) as caught:
        await run(plan, viewer, NOW, sources)
    assert caught.value.reason == reason
    assert set(caught.value.values) <= {"metric", "table", "roles", "dimension"}
    if reason in {"whole", "role"}:
        assert str(viewer.role) not in caught.value.values["roles"]  # type: ignore[operator]  # a tuple, see the class


@pytest.mark.asyncio(loop_scope="package")
async def test_no_row_of_others_along_joins(sources: Sources) -> None:
    """A breakdown shows nothing of a joined row that the viewer doesn't see; ops see it."""
    span = Span(date(2026, 1, 1), date(2026, 11, 20))
    plan = Plan(metrics=("opportunities",), by=("rep", "team", "customer"), span=span)
    theirs = {one.key for one in (await run(plan, OTHER, NOW, sources)).groups}
    assert theirs == {("E1002", "华南组", "C2")}
    assert len((await run(plan, OPS, NOW, sources)).groups) == 3  # C4 is C1
    rows = await run(Plan(kind="list", rows="deal"), OTHER, NOW, sources)
    assert {one["id"] for one in rows.listed} == {"D2", "D5", "D6"}
    assert (await run(Plan(kind="list", rows="lead"), MANAGER, NOW, sources)).rows == 1  # what they see may be listed
    behind = await run(Plan(kind="evidence", metrics=("leads",), span=NOVEMBER), DIRECTOR, NOW, sources)
    assert {one["id"] for one in behind.listed} == {"L1", "L2"}  # what was counted
    ours = await run(Plan(metrics=("leads",), by=("customer",), span=NOVEMBER), OWNER, NOW, sources)
    assert {one.key for one in ours.groups} == {("",)}  # whose customer a lead is, they don't see

"""D9: whoever looks sees exactly what they may see, for random companies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.contracts import Person, Role
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from storage.store import Store
from storage.tables import AccountRow, AuditRow, CustomerRow, PersonRow
from tests.unit.storage.company import NOW, REP

# Words that a careless LIKE would confuse: wildcards, case, one inside another, none at all.
TEAMS = ("", "a", "A", "a%", "_")
REGIONS = ("华东", "东", "east", "East", "%")
IDS = tuple(f"E{n}" for n in range(6))


@dataclass(frozen=True)
class Company:
    people: tuple[Person, ...]
    customers: tuple[Customer, ...]


people = st.builds(
    Person,
    id=st.sampled_from(IDS),
    name=st.just("某人"),
    role=st.sampled_from(Role),
    team=st.sampled_from(TEAMS),
    regions=st.lists(st.sampled_from(REGIONS), max_size=3, unique=True).map(tuple),
    manager_id=st.sampled_from(("", *IDS)),
)


@st.composite
def companies(draw: st.DrawFn) -> Company:
    staff = draw(st.lists(people, min_size=2, max_size=6, unique_by=lambda person: person.id))
    owners = ["", *(person.id for person in staff)]
    customers = [
        Customer(f"C{n}", f"客户{n}", region=region, owner_id=owner)
        for n, (owner, region) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(owners), st.sampled_from(("", *REGIONS))), max_size=8))
        )
    ]
    return Company(tuple(staff), tuple(customers))


def may_see_person(viewer: Person, other: Person) -> bool:
    """The rule, written down a second time without SQL."""
    if viewer.role in {Role.ADMIN, Role.SALES_OPS} or viewer.id == other.id:
        return True
    if viewer.role is Role.MANAGER:
        return other.manager_id == viewer.id or (viewer.team != "" and other.team == viewer.team)
    return viewer.role is Role.DIRECTOR and bool(set(viewer.regions) & set(other.regions))


def may_see_customer(viewer: Person, customer: Customer, staff: Sequence[Person]) -> bool:
    """A director sees regions; everybody else sees owners."""
    if viewer.role in {Role.ADMIN, Role.SALES_OPS} or customer.owner_id == viewer.id:
        return True
    if viewer.role is Role.DIRECTOR:
        return customer.region in viewer.regions
    owner = next((person for person in staff if person.id == customer.owner_id), None)
    return viewer.role is Role.MANAGER and owner is not None and may_see_person(viewer, owner)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=companies())
def test_everybody_sees_exactly_what_they_may(database: Database, company: Company) -> None:
    """D9: people, customers, mentions, counts and the audit log, for every viewer."""
    asyncio.run(_check(database, company))


async def _check(database: Database, company: Company) -> None:
    await database.write(lambda store: _fill(store, company))
    for viewer in company.people:
        seen = await database.read(lambda store, viewer=viewer: _look(store, viewer))  # type: ignore[misc]
        customers = {c.id for c in company.customers if may_see_customer(viewer, c, company.people)}
        colleagues = {p.id for p in company.people if may_see_person(viewer, p)}
        actors = colleagues | ({"import"} if viewer.role in {Role.ADMIN, Role.SALES_OPS} else set())
        assert seen == (colleagues, customers, customers, len(customers), actors)


def _fill(store: Store, company: Company) -> None:
    for table in (AccountRow, CustomerRow, PersonRow, AuditRow):
        store.session.execute(delete(table))
    store.people.upsert_all(
        [PersonRecord(p.id, p.name, p.role, p.team, p.regions, p.manager_id) for p in company.people]
    )
    store.customers.upsert_all(company.customers)
    for actor in ("import", *(person.id for person in company.people)):
        store.audit.add(actor, "saw", "customer", {}, NOW)


def _look(store: Store, viewer: Person) -> tuple[set[str], set[str], set[str], int, set[str]]:
    everybody = " ".join(f"客户{n}" for n in range(8))
    return (
        {person.id for person in store.people.visible_to(viewer)},
        {customer.id for customer in store.customers.visible_to(viewer)},
        {customer.id for customer in store.customers.mentioned_in(viewer, everybody)},
        store.customers.count(viewer),
        {entry.actor for entry in store.audit.listing(viewer)},
    )


async def test_a_name_search_stays_within_the_viewers_rows(company: Database) -> None:
    """D9: looking for a name finds nothing of others."""

    def fill(store: Store) -> None:
        store.customers.upsert(Customer("C1", "苏州泓达机械有限公司", "泓达", owner_id="E1001"))
        store.customers.upsert(Customer("C2", "无锡泓达机械有限公司", "泓达", owner_id="E1002"))

    await company.write(fill)
    found = await company.read(lambda store: store.customers.visible_to(REP, name=" 泓 达"))
    assert [(customer.id, customer.owner_name) for customer in found] == [("C1", "张敏")]
    assert await company.read(lambda store: store.customers.count(REP, name="泓达")) == 1
    assert await company.read(lambda store: store.customers.visible_to(REP, name="%")) == []
    mentioned = await company.read(lambda store: store.customers.mentioned_in(REP, "泓达的报价怎么回？"))
    assert [customer.id for customer in mentioned] == ["C1"]
    assert await company.read(lambda store: store.customers.mentioned_in(REP, "别的客户")) == []

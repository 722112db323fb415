"""D9: whoever looks sees exactly what they may see, for random companies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.contracts import Person, Role
from bot.contracts.listening import Signal, Source
from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.repositories.consents import Consent
from storage.repositories.customer_people import CustomerPerson
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.labels import Label
from storage.repositories.people import PersonRecord
from storage.repositories.prompts import Prompt
from storage.repositories.quotes import Quote
from storage.repositories.rules import Rule
from storage.repositories.tasks import Task
from storage.repositories.visits import Visit
from storage.store import Store
from storage.tables import (
    AccountRow,
    AuditRow,
    CampaignRow,
    ContractRow,
    CustomerPersonRow,
    CustomerRow,
    DealRow,
    DialogueRow,
    LabelRow,
    LeadRow,
    PaymentRow,
    PersonRow,
    PromptRow,
    QuoteRow,
    RuleRow,
    SignalRow,
    SpendRow,
    TaskRow,
    TicketRow,
    TouchRow,
    VisitRow,
)
from tests.unit.storage.company import NOW, REP

# Words that a careless LIKE would confuse: wildcards, case, one inside another, none at all.
TEAMS = ("", "a", "A", "a%", "_")
REGIONS = ("华东", "东", "east", "East", "%")
IDS = tuple(f"E{n}" for n in range(6))
LOOP = (CampaignRow, TouchRow, SpendRow, LeadRow, ContractRow, PaymentRow, TicketRow)
LOOP_NAMES = ("campaign", "touch", "spend", "lead", "contract", "payment", "ticket")


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=companies(), pairs=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6))
def test_what_is_about_a_person_and_a_customer(
    database: Database, company: Company, pairs: list[tuple[int, int]]
) -> None:
    """D9: deals, quotes, dialogues, signals, tasks, visits: whoever sees the person or the customer; prompts, labels
    and rules: whoever sees the person."""
    asyncio.run(_check_talk(database, company, pairs))


async def _check_talk(database: Database, company: Company, pairs: list[tuple[int, int]]) -> None:
    staff, customers = company.people, company.customers
    about = {
        f"{n}": (staff[p % len(staff)], customers[c % len(customers)] if customers else None)
        for n, (p, c) in enumerate(pairs)
    }
    await database.write(lambda store: _fill(store, company))
    await database.write(lambda store: _fill_talk(store, about))
    for viewer in staff:
        of_person = {key for key, (person, _) in about.items() if may_see_person(viewer, person)}
        of_customer = {key for key, (_, one) in about.items() if one and may_see_customer(viewer, one, staff)}
        seen = await database.read(lambda store, viewer=viewer: _look_at_talk(store, viewer))  # type: ignore[misc]  # a default only fixes the loop's value
        with_customer = {key for key, (_, one) in about.items() if one}
        for name, expected in {
            **dict.fromkeys(("dialogues", "signals", "tasks", "visits"), of_person | of_customer),
            **dict.fromkeys(("deals", "quotes"), (of_person & with_customer) | of_customer),
            **dict.fromkeys(("prompts", "labels", "rules"), of_person),
            "customers' people": of_customer,
            "contract": of_person | of_customer,
            "payment": of_person | of_customer,
            "ticket": of_customer,
        }.items():
            assert seen[name] == expected, name
        all_campaigns = viewer.role in {Role.ADMIN, Role.SALES_OPS, Role.MANAGER, Role.DIRECTOR}
        own = {key for key, (person, _) in about.items() if person.id == viewer.id}
        for name in ("campaign", "touch", "spend"):
            assert seen[name] == (set(about) if all_campaigns else own), name
        everything = viewer.role in {Role.ADMIN, Role.SALES_OPS}
        leads = set(about) if everything else (of_person & with_customer) | of_customer | own
        in_region = set(viewer.regions) if viewer.role is Role.DIRECTOR else set()
        assert seen["lead"] == leads | {f"R{one}" for one in (REGIONS if everything else in_region)}


def _fill_talk(store: Store, about: Mapping[str, tuple[Person, Customer | None]]) -> None:
    for table in (DialogueRow, SignalRow, TaskRow, VisitRow, PromptRow, LabelRow, RuleRow, CustomerPersonRow, *LOOP):
        store.session.execute(delete(table))
    store.loop.write("lead", [{"id": f"R{region}", "region": region} for region in REGIONS])
    for key, (person, customer) in about.items():
        owner, of = person.id, customer.id if customer else ""
        if of:
            store.customer_people.upsert_all([CustomerPerson(key, of, "某人")])
            store.deals.upsert_all([Deal(key, of, owner_id=owner, lead_id=key)])
            store.quotes.upsert_all([Quote(key, of, owner_id=owner, quoted_on=NOW.date())])
        _fill_loop(store, key, owner, of)
        store.dialogues.open(DialogueRecord(key, Source.CHAT, NOW, of, owner))
        found = Signal("x", 1.0)
        store.signals.add(found, happened_at=NOW, found_at=NOW, customer_id=of, person_id=owner, deal_id=key)
        store.tasks.add(Task(key, owner, "做", NOW, of))
        store.visits.put(Visit(key, owner, NOW, NOW, "said", of))
        store.prompts.add(Prompt(key, "x", owner, "sent", NOW, customer_id=of))
        store.labels.add(Label(key, "x", "y", "wrong", owner, NOW))
        store.rules.add(Rule(key, "x", owner, NOW, NOW))


def _fill_loop(store: Store, key: str, owner: str, customer: str) -> None:
    """A chain; contracts know their customer themselves or by their deal."""
    by_deal = customer and int(key) % 2
    store.loop.write("campaign", [{"id": key, "owner_id": owner}])
    store.loop.write("touch", [{"id": key, "visitor_id": "V", "campaign_id": key, "at": NOW}])
    store.loop.write("spend", [{"id": key, "campaign_id": key}])
    store.loop.write("lead", [{"id": key, "campaign_id": key}])
    link = {"deal_id": key} if by_deal else {"customer_id": customer}
    store.loop.write("contract", [{"id": key, "signer_id": owner, **link}])
    store.loop.write("payment", [{"id": key, "contract_id": key}])
    store.loop.write("ticket", [{"id": key, "customer_id": customer}] if customer else [])


def _look_at_talk(store: Store, viewer: Person) -> dict[str, set[str]]:
    later = NOW + timedelta(days=1)
    customers = {one.id for one in store.customers.visible_to(OPERATOR)}
    ids = [*(str(n) for n in range(6)), *(f"R{region}" for region in REGIONS)]
    return {
        **{name: set(store.loop.seen(viewer, name, ids)) for name in LOOP_NAMES},
        "customers' people": {one.id for id_ in customers for one in store.customer_people.visible_to(viewer, id_)},
        "deals": {one.id for one in store.deals.visible_to(viewer)},
        "quotes": {one.id for one in store.quotes.visible_to(viewer, NOW.date(), later.date())},
        "dialogues": {one.id for one in store.dialogues.visible_to(viewer)},
        "signals": {one.deal_id for one in store.signals.visible_to(viewer)},
        "tasks": {one.id for one in store.tasks.visible_to(viewer)},
        "visits": {one.id for one in store.visits.visible_to(viewer, NOW, later)},
        "prompts": {one.id for one in store.prompts.visible_to(viewer, NOW, later)},
        "labels": {one.id for one in store.labels.visible_to(viewer)},
        "rules": {one.id for one in store.rules.visible_to(viewer)},
    }


async def test_one_row_that_is_not_theirs_is_not_there(company: Database) -> None:
    """D9: by its id too; consents as the customers and people they are about."""

    def fill(store: Store) -> None:
        for owner in ("E1001", "E1002"):
            store.customers.upsert(Customer(f"C-{owner}", owner, owner_id=owner))
            store.deals.upsert_all([Deal(f"O-{owner}", f"C-{owner}", owner_id=owner)])
            store.dialogues.open(DialogueRecord(f"d-{owner}", Source.CHAT, NOW, f"C-{owner}", owner))
            for kind, subject in (("customer", f"C-{owner}"), ("person", owner), ("room", f"r-{owner}")):
                store.consents.add(Consent(kind, subject, True, NOW, "x", "test"))  # type: ignore[arg-type]  # a kind

    await company.write(fill)
    seen = await company.read(
        lambda store: (
            store.deals.seen(REP, "O-E1001") is not None,
            store.deals.seen(REP, "O-E1002"),
            store.dialogues.seen(REP, "d-E1001") is not None,
            store.dialogues.seen(REP, "d-E1002"),
            {consent.subject for consent in store.consents.listing(REP)},
        )
    )
    assert seen == (True, None, True, None, {"C-E1001", "E1001"})


async def _check(database: Database, company: Company) -> None:
    await database.write(lambda store: _fill(store, company))
    for viewer in company.people:
        seen = await database.read(lambda store, viewer=viewer: _look(store, viewer))  # type: ignore[misc]  # a default only fixes the loop's value
        customers = {c.id for c in company.customers if may_see_customer(viewer, c, company.people)}
        colleagues = {p.id for p in company.people if may_see_person(viewer, p)}
        actors = colleagues | ({"import"} if viewer.role in {Role.ADMIN, Role.SALES_OPS} else set())
        assert seen == (colleagues, customers, customers, len(customers), actors)


def _fill(store: Store, company: Company) -> None:
    for table in (CustomerPersonRow, QuoteRow, DealRow, AccountRow, CustomerRow, PersonRow, AuditRow):
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

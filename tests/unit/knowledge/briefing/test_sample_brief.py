"""B14, D9: the sample company on Friday, 20 November 2026, as its people see it in the morning."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.contracts.person import OPERATOR, Person
from config.briefing import load_brief_rules
from config.sample_company.generate import generate
from config.sample_company.manifest import Facts, read_manifest
from knowledge.briefing.scopes import choices, choose, key_of
from knowledge.briefing.stored import Asked, brief, finding
from knowledge.briefing.types import Brief
from knowledge.playbook.vocabulary import Vocabulary
from skills.briefing.picture import drawing
from skills.briefing.words import Words
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals, import_stages
from storage.imports.people import import_people
from storage.imports.quotes import import_quotes
from storage.repositories.brief_kept import Decision, Told
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.skills.funnel.sample import campaigns, contracts, leads, touches

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # half past eight in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
RULES = load_brief_rules()
WORDS = Words("zh", Vocabulary.load())


@dataclass
class Sample:
    """The database and what was planted in it."""

    database: Database
    facts: Facts

    async def brief(self, person: str = "", said: str = "", day: date = TODAY) -> Brief:
        """As this person sees it; "" whoever works on the machine."""

        def read(store: Store) -> Brief:
            return brief(store, self.asked(store, person, said, day), RULES)

        return await self.database.read(read)

    def asked(self, store: Store, person: str = "", said: str = "", day: date = TODAY) -> Asked:
        viewer = self.person(store, person)
        scope = choose(said, choices(viewer, store.people.visible_to(viewer)), "zh")
        return Asked(viewer, scope, day, NOW, ZONE)

    def person(self, store: Store, id_: str) -> Person:
        found = store.people.get(id_) if id_ else OPERATOR
        assert found is not None
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sample(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sample]:
    folder = tmp_path_factory.mktemp("brief")
    generate(folder, today=TODAY)
    file = folder / "xiaoce.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{file}")
    await import_people(database, folder / "hr/people.csv")
    await import_customers(database, folder / "crm/customers.csv")
    await import_deals(database, folder / "crm/opportunities.csv")
    await import_stages(database, folder / "crm/stage_history.csv")
    await import_quotes(database, folder / "crm/quotes.csv", zone=ZONE)

    def write(store: Store) -> None:
        parts = {"campaign": campaigns, "lead": leads, "touch": touches, "contract": contracts, "payment": payments}
        for entity, read in parts.items():
            assert not store.loop.write(entity, list(read(folder))).refused

    await database.write(write)
    yield Sample(database, read_manifest(folder).facts)
    database.close()


def payments(folder: Path) -> Iterator[dict[str, object]]:
    """Of finance's dump, with the day that each was due."""
    text = (folder / "finance/payments.sql").read_text("utf-8")
    values = r"^\('(.*?)', '(.*?)', '.*?', '(.*?)', '(.*?)', (NULL|'.*?'), (-?[\d.]+), '.*?'\)"
    for number, contract, kind, due, paid, amount in re.findall(values, text, re.M):
        came = None if paid == "NULL" else date.fromisoformat(paid.strip("'"))
        yield {
            "id": number,
            "contract_id": contract,
            "kind": kind,
            "due": date.fromisoformat(due),
            "paid": came,
            "amount": Decimal(amount),
        }


async def test_the_seventeen_quotes_come_first_for_the_whole_company(sample: Sample) -> None:
    """B14: 上周有 17 次报价超竞品 15% 且未说明差异价值."""
    found = await sample.brief()
    first = found.findings[0]
    assert set(first.evidence.ids) == set(sample.facts.unexplained_quotes)
    assert WORDS.headline(first) == "上周有 17 次报价超竞品 15% 以上且未说明差异价值"
    assert len(found.findings) == 3
    assert (first.since, first.until) == (date(2026, 11, 9), date(2026, 11, 15))
    assert {"sla", "ticket"} <= set(found.missing)


async def test_a_regions_part_of_them_is_among_its_three(sample: Sample) -> None:
    """B14, D9: 华东's own of the seventeen, for the director and for the team's manager."""
    east = await sample.database.read(lambda store: _quotes_of(store, "华东"))
    planted = set(sample.facts.unexplained_quotes) & east
    assert planted
    for person, said in (("", "华东"), ("E3001", "华东"), ("E2001", "")):
        found = [one for one in (await sample.brief(person, said)).findings if one.finder == "quotes"]
        assert [set(one.evidence.ids) for one in found] == [planted]


def _quotes_of(store: Store, region: str) -> set[str]:
    owners = {one.id for one in store.people.visible_to(OPERATOR) if region in one.regions}
    return {one.id for one in store.briefing.quotes(OPERATOR, date(2026, 1, 1), TODAY) if one.owner_id in owners}


async def test_the_arithmetic_adds_up_and_every_number_is_shown(sample: Sample) -> None:
    """B14: money × chance × share is the expected value; the picture says the same numbers."""
    found = await sample.brief()
    svg = drawing(found, WORDS, ZONE)
    for one in (*found.findings, *found.below):
        line = WORDS.arithmetic(one)
        money, chance, share, worth = (float(part.replace(",", "")) for part in re.findall(r"[\d,]+\.?\d*", line))
        assert abs(money * chance / 100 * share / 100 - worth) <= 1
        assert one.worth.money == one.money
        if one in found.findings:
            assert WORDS.yuan(one.worth.expected) in svg
    assert sorted(-one.worth.expected for one in found.findings) == [-one.worth.expected for one in found.findings]
    assert found.total <= sum(one.money for one in found.findings)


@pytest.mark.parametrize(("person", "region"), [("E2002", "华南"), ("E2001", "华东"), ("E1001", "")], ids=str)
async def test_nobody_sees_what_is_not_theirs(sample: Sample, person: str, region: str) -> None:
    """D9: no row, no name, no amount of another team in anything that a brief holds."""
    found = await sample.brief(person)
    every = (*found.findings, *found.below, *found.held)
    assert every
    ids = {id_ for one in every for id_ in (*one.evidence.ids, *(key.partition(":")[2] for key in one.amounts))}

    def read(store: Store) -> tuple[set[str], set[str]]:
        viewer = sample.person(store, person)
        mine = {one.id for one in store.people.visible_to(viewer)}
        people = [one for one in store.people.visible_to(OPERATOR) if one.id not in mine]
        deals = {one.id: one for one in store.briefing.deals(OPERATOR, date(2025, 1, 1))}
        others = {one.id for one in deals.values() if one.owner_id not in mine}
        others |= {
            one.id for one in store.briefing.quotes(OPERATOR, date(2025, 1, 1), TODAY) if one.owner_id not in mine
        }
        return others, {one.name for one in people if one.role == "rep"}

    others, names = await sample.database.read(read)
    assert not ids & others
    shown = " ".join(str(cell) for one in every for row in one.evidence.rows for cell in row.cells)
    assert not [name for name in names if name in shown]
    assert region in found.scope.name


async def test_what_was_told_is_held_back_and_measured_again(sample: Sample) -> None:
    """B14: told yesterday it isn't told today; told last week it says what became of it."""
    first = (await sample.brief("E2001")).findings

    def tell(store: Store) -> None:
        key = key_of(sample.asked(store, "E2001").scope, sample.person(store, "E2001"))
        rows = [Told(TODAY - timedelta(days=1), key, one.key, one.finder, one.count, one.money) for one in first]
        week = Told(TODAY - timedelta(days=8), key, "followups", "followups", 99, first[0].money * 99)
        store.brief_kept.tell([*rows, week])

    await sample.database.write(tell)
    again = await sample.brief("E2001")
    assert {one.key for one in again.held} == {one.key for one in first}
    assert not {one.key for one in again.findings} & {one.key for one in first}
    assert [(one.key, one.count_then, one.helped) for one in again.outcomes] == [("followups", 99, True)]
    assert (await sample.brief("", "华东")).findings  # another scope was told nothing


async def test_rows_that_were_dismissed_stay_away(sample: Sample) -> None:
    """不是问题: those rows and no others; a scope that didn't say so still has them."""
    found = next(one for one in (await sample.brief("E2002")).findings if one.finder == "quotes")

    def dismiss(store: Store) -> None:
        ids = found.evidence.ids[:-1]
        store.brief_kept.decide(
            Decision("D1", "team:华南组", found.key, "quotes", "dismissed", "E2002", NOW, ids, "旧价")
        )

    await sample.database.write(dismiss)
    left = await sample.database.read(lambda store: finding(store, sample.asked(store, "E2002"), RULES, found.key))
    assert left is not None
    assert left.evidence.ids == found.evidence.ids[-1:]
    assert len((await sample.brief()).findings[0].evidence.ids) == 17


async def test_a_past_day_knows_nothing_of_later(sample: Sample) -> None:
    """Of last Friday: the week of the seventeen wasn't over; what isn't kept by day is said."""
    found = await sample.brief(day=TODAY - timedelta(days=7))
    seen = {id_ for one in (*found.findings, *found.below) for id_ in one.evidence.ids}
    assert not set(sample.facts.unexplained_quotes) & seen
    assert [note.key for note in found.notes] == ["note.past"]


async def test_a_holiday_is_computed_and_said_not_to_be_sent(sample: Sample) -> None:
    assert not (await sample.brief(day=date(2026, 11, 15))).working_day


async def test_a_team_of_one_and_no_data_at_all(migrated_sqlite_url: str) -> None:
    """An empty house says so; one rep with one deal gets an honest finding, and nothing is divided by nothing."""
    database = Database(migrated_sqlite_url)
    alone = replace(OPERATOR, id="E1", name="独")

    def read(store: Store) -> Brief:
        return brief(store, Asked(alone, choices(alone, [])[0], TODAY, NOW, ZONE), RULES)

    empty = await database.read(read)
    assert not empty.findings
    assert empty.total == 0
    assert WORDS.sentence(empty).startswith("这里还没有商机、报价和回款数据")
    assert "deal" in empty.missing

    def write(store: Store) -> None:
        store.people.upsert(PersonRecord("E1", "独", alone.role))
        store.customers.upsert_all([Customer("C1", "一号客户", owner_id="E1")])
        store.deals.upsert_all([Deal("O1", "C1", owner_id="E1", stage="quote", created=TODAY - timedelta(days=90))])

    await database.write(write)
    found = await database.read(read)
    assert "followups" in {one.finder for one in (*found.findings, *found.below)}
    database.close()

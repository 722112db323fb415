"""B1: the sample company's four systems load whole, and again bring nothing new."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sources.adapter import Limits, SourceReaders
from bot.contracts import SystemClock
from bot.flows.sources import SourcesFlow
from bot.flows.sources_definitions import Definitions, definition_of
from config.groups.sources import Sources
from config.sample_company import __path__ as sample
from config.sample_company.finance_database import make_finance_database
from config.sample_company.generate import generate
from knowledge.funnel.stored import load_marks
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals
from storage.imports.files import ImportedTables
from storage.imports.people import import_people
from tests.unit.flows.loading import counts

ENTITIES = {"campaign", "touch", "lead", "customer", "deal", "contract", "payment", "ticket"}


async def test_four_systems(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """CSV, GBK, Excel, JSON, JSON Lines, SQL. What was imported by hand before is found to be the same."""
    folder = tmp_path / "sample"
    files = {file.path: file.rows for file in generate(folder, today=date(2026, 3, 2)).files}
    make_finance_database(folder)
    database = Database(migrated_sqlite_url)
    for load, name in ((import_people, "hr/people.csv"), (import_customers, "crm/customers.csv")):
        await load(database, folder / name)
    await import_deals(database, folder / "crm/opportunities.csv")
    clock, readers = SystemClock(), SourceReaders([folder], ImportedTables(100_000), {}, Limits())
    definitions = Definitions(database, clock, readers)
    for path in sorted((Path(sample[0]) / "sources").glob("*.yaml")):
        await definitions.apply(path.read_text(encoding="utf-8"), path.name, "E9")
    flow = SourcesFlow(database, None, clock, readers, Sources(), "Asia/Shanghai")
    systems = await database.read(lambda store: store.sources.all())
    first = {name: await flow.run(name) for name in systems}
    again = {name: await flow.run(name) for name in systems}
    kinds = {definition_of(version).entity: name for name, version in systems.items()}
    assert set(kinds) == ENTITIES
    assert {(load.state, load.rejected, load.fault) for load in (*first.values(), *again.values())} == {("done", 0, "")}
    assert counts(first[kinds["customer"]]) == (0, 0, files["crm/customers.csv"], 0)
    assert counts(first[kinds["deal"]]) == (0, 0, files["crm/opportunities.csv"], 0)
    assert {load.added + load.changed for load in again.values()} == {0}
    loaded = {kind: first[kinds[kind]].added for kind in ("touch", "lead", "payment", "ticket", "contract", "campaign")}
    names = ("marketing/touches.csv", "marketing/leads.csv", "finance/payments.sql", "service/tickets.json")
    assert list(loaded.values()) == [files[name] for name in (*names, "crm/contracts.xlsx", "marketing/campaigns.json")]
    marks = [note.sentence() for note in first[kinds["lead"]].notes if note.note == "deviation"]
    zone = ZoneInfo("Asia/Shanghai")
    assert marks == await database.read(lambda store: load_marks(store, clock.now(), zone)) != [], "B8: on import"
    payment = (await database.read(lambda store: store.landing.rows_of("payment", "SK000001")))[0]
    assert payment.data["receipt_no"] == "SK000001"
    database.close()

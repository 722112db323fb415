"""The sample company of a day in a database, as its files and systems bring it: what figures are held against."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from config.sample_company.generate import generate
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals
from storage.imports.people import import_people
from storage.imports.quotes import import_quotes
from storage.store import Store
from tests.unit.knowledge.metrics.small_company import ZONE
from tests.unit.skills.funnel.sample import campaigns, contracts, leads, payments, touches


async def sample_rows(migrated: Path, folder: Path, today: date) -> Database:
    """People, customers, deals, quotes, and the loop's rows."""
    generate(folder, today=today)
    (folder / "xiaoce.db").write_bytes(migrated.read_bytes())
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    await import_people(database, folder / "hr/people.csv")
    await import_customers(database, folder / "crm/customers.csv")
    await import_deals(database, folder / "crm/opportunities.csv")
    await import_quotes(database, folder / "crm/quotes.csv", zone=ZONE)

    def write(store: Store) -> None:
        parts = {"campaign": campaigns, "lead": leads, "touch": touches, "contract": contracts, "payment": payments}
        for entity, read in parts.items():
            assert not store.loop.write(entity, list(read(folder))).refused

    await database.write(write)
    return database

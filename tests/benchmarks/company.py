"""A company for the load: the sample playbook, and as many people as the platform's limit for each asks for."""

from __future__ import annotations

import random
from itertools import islice

from bot.contracts import Role
from config.sample_company.companies import companies
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.benchmarks.bot_process import Bot
from tests.benchmarks.questions import PLAYBOOK, SEED

PEOPLE = 1000
CUSTOMERS = 800
ACCOUNTS = tuple(f"bench{number:04}" for number in range(PEOPLE))  # in WeCom


async def found(bot: Bot) -> None:
    """Fill the bot's empty database, and let it build its index once, as every start after the first finds it."""
    database = Database(bot.database_url)
    try:
        bot.data.mkdir(parents=True, exist_ok=True)
        database.migrate()
        await database.write(_people_and_customers)
    finally:
        database.close()
    bot.command("playbook", "import", str(PLAYBOOK))
    with bot.running():
        bot.until_ready()


def _people_and_customers(store: Store) -> None:
    store.people.upsert_all([_person(number) for number in range(PEOPLE)])
    names = islice(companies(random.Random(SEED)), CUSTOMERS)
    store.customers.upsert_all(
        [
            Customer(
                id=f"C{number:04}",
                name=company.name,
                short_name=company.brand,
                industry=company.industry.label,
                province=company.city.province,
                region=company.city.region,
                owner_id=_id(number % PEOPLE),
                tier="B",
            )
            for number, company in enumerate(names)
        ]
    )


def _person(number: int) -> PersonRecord:
    return PersonRecord(
        id=_id(number),
        name=f"销售{number:04}",
        role=Role.REP,
        team="华东组",
        regions=("华东",),
        accounts={"wecom": ACCOUNTS[number]},
    )


def _id(number: int) -> str:
    return f"B{number:04}"

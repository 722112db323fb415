"""Loading the sample company, through the same doors as a customer's own data, when there is something new to load."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cli.common import console, progress
from bot.cli.sample_links import sample_tokens
from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from bot.cli.imports import Load
    from bot.process import App
    from storage.store import Store

LOADER = "5"  # another number loads everything again: change it with what is loaded, and how
SOURCE = Path(__file__).parent.parent.parent / "config" / "sample_company"
PLAYBOOK = SOURCE / "playbook"
LOADED = "loaded"  # in the sample's folder: the fingerprint of what was loaded last
PEOPLE, CUSTOMERS = "hr/people.csv", "crm/customers.csv"
DEALS, STAGES, QUOTES = "crm/opportunities.csv", "crm/stage_history.csv", "crm/quotes.csv"
CONTACTS = "crm/contacts.csv"
CHATS = "chat"
DEFINITIONS = SOURCE / "sources"  # of the four departments' systems
GUESTS = ("E1001", "E2001", "E9001")  # a rep, a manager, an administrator


async def load_sample(app: App, systems: Mapping[str, str] | None = None) -> dict[str, str]:
    """Generate and load what is new; returns who can sign in with which link.

    `systems`: the entries of the sample's systems, by name; None: as they are written in config/. Raises
    ConfigurationError when the database holds another company.
    """
    from bot.cli.sample_events import apply_systems, entries

    texts = entries() if systems is None else systems
    folder = app.settings.data / "sample_company"
    current = await asyncio.to_thread(fingerprint)
    if _loaded(folder) != current:
        await _generate(app, folder)
    if not await app.database.read(lambda store: _is_there(store, folder)) or _loaded(folder) != current:
        await _load(app, folder, texts)
        (folder / LOADED).write_text(current, encoding="ascii")
    await apply_systems(app, texts)
    tokens = await sample_tokens(app.database, app.settings.data, GUESTS)
    return {await _invitation(app, person_id): f"{app.public_url}/?token={tokens[person_id]}" for person_id in GUESTS}


def fingerprint() -> str:
    """Of everything that the sample is made from."""
    digest = sha256(LOADER.encode())
    for path in sorted(path for kind in ("*.py", "*.md", "*.yaml") for path in SOURCE.rglob(kind)):
        digest.update(f"\n{path.relative_to(SOURCE)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _loaded(folder: Path) -> str:
    path = folder / LOADED
    return path.read_text(encoding="ascii") if path.exists() else ""


def _is_there(store: Store, folder: Path) -> bool:
    """Whether the database holds the sample company; False when it is empty. Raises ConfigurationError."""
    known = {person.id: person.name for person in store.people.visible_to(OPERATOR)}
    if not known:
        return False
    with (folder / PEOPLE).open(encoding="utf-8-sig", newline="") as file:
        names = {row["工号"]: row["姓名"] for row in csv.DictReader(file)}
    if any(known.get(person_id) != names[person_id] for person_id in GUESTS):
        raise ConfigurationError(t("cli.sample.other_company", operator_language()))
    return True


async def _generate(app: App, folder: Path) -> None:
    from config.sample_company.finance_database import make_finance_database
    from config.sample_company.generate import generate

    console.print(t("cli.sample.generating", operator_language()), highlight=False)
    today = datetime.now(UTC).astimezone(ZoneInfo(app.settings.time_zone)).date()
    await asyncio.to_thread(generate, folder, today=today)
    await asyncio.to_thread(make_finance_database, folder)


async def _load(app: App, folder: Path, systems: Mapping[str, str]) -> None:
    from bot.cli.sample_events import load_events
    from storage.imports.chats import import_chats
    from storage.imports.contacts import import_contacts
    from storage.imports.customers import import_customers
    from storage.imports.deals import import_deals, import_stages
    from storage.imports.people import import_people
    from storage.imports.quotes import import_quotes

    lang = operator_language()
    zone = ZoneInfo(app.settings.time_zone)
    loads: tuple[tuple[Load, str], ...] = (
        (import_people, PEOPLE),
        (import_customers, CUSTOMERS),
        (import_deals, DEALS),
        (import_stages, STAGES),
        (import_contacts, CONTACTS),
        (partial(import_quotes, zone=zone), QUOTES),
        (partial(import_chats, zone=zone), CHATS),
    )
    for load, file in loads:
        report = await load(app.database, folder / file)
        console.print(f"  {report.sentence(lang)}", highlight=False)
    await apply_sources(app)
    console.print(f"  {await load_events(app, systems, folder)}", highlight=False)
    with progress(t("cli.sample.playbook", lang)) as tell:
        imported = await app.playbook.import_folder(PLAYBOOK, "operator", tell)
    console.print(f"  {imported.sentence(lang)}", highlight=False)


async def apply_sources(app: App) -> list[str]:
    """Let the definitions of the sample's systems hold; their names. Loading them is a job of the running server."""
    from bot.flows.sources_definitions import Definitions
    from bot.loop_sources import make_readers

    definitions = Definitions(app.database, app.clock, make_readers(app.settings))
    texts = await asyncio.to_thread(
        lambda: {path.name: path.read_text(encoding="utf-8") for path in sorted(DEFINITIONS.glob("*.yaml"))}
    )
    return [(await definitions.apply(text, name, OPERATOR.id)).source for name, text in texts.items()]


async def load_sources(app: App) -> None:
    """Begin to load every source that was never loaded: at a first start nobody waits for the minute."""
    from bot.flows.sources import SourcesFlow
    from bot.loop_sources import make_readers

    own = app.settings
    flow = SourcesFlow(app.database, app.engine, app.clock, make_readers(own), own.sources, own.time_zone)
    loaded = await app.database.read(lambda store: store.loads.latest_of_all())
    for source in await app.database.read(lambda store: list(store.sources.all())):
        if source not in loaded:
            await flow.begin(source)


async def _invitation(app: App, person_id: str) -> str:
    """Who somebody is, before their link."""
    person = await app.database.read(lambda store: store.people.get(person_id))
    lang = operator_language()
    role, name = (t(f"console.role.{person.role.value}", lang), person.name) if person else ("", person_id)
    return t("cli.sample.sign_in", lang, role=role, name=name)

"""Loading the sample company, through the same doors as a customer's own data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cli.common import console, progress
from bot.cli.signing_in import issue_token
from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from bot.app import App

PLAYBOOK = Path(__file__).parent.parent.parent / "config" / "sample_company" / "playbook"
GUESTS = ("E1001", "E2001", "E9001")  # a rep, a manager, an administrator


async def load_sample(app: App) -> dict[str, str]:
    """Generate and load what is not there yet; returns who can sign in with which link."""
    folder = app.settings.data / "sample_company"
    if not (folder / "manifest.json").exists():
        await _generate(app, folder)
    if not await app.database.read(lambda store: store.people.visible_to(OPERATOR)):
        await _load(app, folder)
    return {
        await _invitation(app, person_id): f"{app.public_url}/?token={await issue_token(app.database, person_id)}"
        for person_id in GUESTS
    }


async def _generate(app: App, folder: Path) -> None:
    from config.sample_company.generate import generate

    console.print(t("cli.sample.generating", operator_language()), highlight=False)
    generate(folder, today=datetime.now(UTC).astimezone(ZoneInfo(app.settings.time_zone)).date())


async def _load(app: App, folder: Path) -> None:
    from storage.imports.customers import import_customers
    from storage.imports.people import import_people

    lang = operator_language()
    for load, file in ((import_people, "hr/people.csv"), (import_customers, "crm/customers.csv")):
        report = await load(app.database, folder / file)
        console.print(f"  {report.sentence(lang)}", highlight=False)
    with progress(t("cli.sample.playbook", lang)) as tell:
        imported = await app.playbook.import_folder(PLAYBOOK, "operator", tell)
    console.print(f"  {imported.sentence(lang)}", highlight=False)


async def _invitation(app: App, person_id: str) -> str:
    person = await app.database.read(lambda store: store.people.get(person_id))
    if person is None:
        raise ConfigurationError(
            "The database holds another company already: start without --sample, or set `data` to an empty folder."
        )
    lang = operator_language()
    return t("cli.sample.sign_in", lang, role=t(f"console.role.{person.role.value}", lang), name=person.name)

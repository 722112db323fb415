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

if TYPE_CHECKING:
    from bot.app import App

PLAYBOOK = Path(__file__).parent.parent.parent / "config" / "sample_company" / "playbook"
GUESTS = {"E1001": "销售", "E2001": "主管", "E9001": "管理员"}


async def load_sample(app: App) -> dict[str, str]:
    """Generate and load what is not there yet; returns who can sign in with which link."""
    folder = app.settings.data / "sample_company"
    if not (folder / "manifest.json").exists():
        await _generate(app, folder)
    if not await app.database.read(lambda store: store.people.visible_to(OPERATOR)):
        await _load(app, folder)
    return {
        f"以{title} {await _name(app, person_id)} 登录：": f"{app.public_url}/?token={token}"
        for person_id, title in GUESTS.items()
        if (token := await issue_token(app.database, person_id))
    }


async def _generate(app: App, folder: Path) -> None:
    from config.sample_company.generate import generate

    console.print("正在生成示例公司的数据…", highlight=False)
    generate(folder, today=datetime.now(UTC).astimezone(ZoneInfo(app.settings.time_zone)).date())


async def _load(app: App, folder: Path) -> None:
    from storage.imports.customers import import_customers
    from storage.imports.people import import_people

    for load, file in ((import_people, "hr/people.csv"), (import_customers, "crm/customers.csv")):
        report = await load(app.database, folder / file)
        console.print(f"  {report.sentence('zh')}", highlight=False)
    with progress("话术库") as tell:
        imported = await app.playbook.import_folder(PLAYBOOK, "operator", tell)
    console.print(f"  {imported.sentence('zh')}", highlight=False)


async def _name(app: App, person_id: str) -> str:
    person = await app.database.read(lambda store: store.people.get(person_id))
    if person is None:
        raise ConfigurationError(
            "The database holds another company already: start without --sample, or set `data` to an empty folder."
        )
    return person.name

"""`xiaoce people`: who may talk with the bot."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import console, existing, heads, open_database, run_async, say, settings_and_logs
from bot.contracts.person import OPERATOR, Role

group = typer.Typer(help="People, their roles and sign-in tokens.", no_args_is_help=True)


@group.command("import")
def import_(file: Path) -> None:
    """Load people from a CSV or Excel file; every row that can't be taken is named."""
    from bot.cli.imports import load_file
    from storage.imports.people import import_people

    load_file(existing(file), import_people)


@group.command("list")
def list_(role: Role | None = typer.Option(None, help="Only this role.")) -> None:
    """Show everybody with role, team and region."""
    from rich.box import SIMPLE
    from rich.table import Column, Table

    with open_database(settings_and_logs()) as database:
        people = run_async(database.read(lambda store: store.people.visible_to(OPERATOR)))
    id_, *others = heads("people", "id", "name", "role", "team", "regions", "language")
    table = Table(Column(id_, no_wrap=True), *others, box=SIMPLE, padding=(0, 1, 0, 0))
    for person in people:
        if role in {None, person.role}:
            known = say(f"console.role.{person.role.value}")
            regions = "、".join(person.regions)
            table.add_row(person.id, person.name, known, person.team, regions, say(f"preferences.{person.language}"))
    console.print(table)


@group.command("token")
def token(person_id: str) -> None:
    """Make a sign-in token for the web console. It is shown once; former tokens of this person end."""
    from bot.cli.signing_in import issue_token

    settings = settings_and_logs()
    with open_database(settings) as database:
        secret = run_async(issue_token(database, person_id))
    console.print(f"{settings.public_url}/?token={secret}", soft_wrap=True, highlight=False)

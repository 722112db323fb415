"""The `xiaoce` command. Each group of commands is a file beside this one; heavy imports happen inside commands."""

from __future__ import annotations

import sys

import typer

from bot.cli import (
    ask,
    attribution,
    audit,
    backup,
    brief,
    chat,
    chats,
    coaching,
    consents,
    contacts,
    customers,
    deals,
    deliveries,
    dev,
    doctor,
    duplicates,
    evals,
    event_deliveries,
    events,
    funnel,
    lineage,
    patterns,
    people,
    playbook,
    quotes,
    recordings,
    retention,
    risk,
    run,
    sample,
    settings,
    sla,
    sources,
    systems,
    visits,
)

cli = typer.Typer(
    name="xiaoce",
    help="小策 Xiaoce: the sales team's chat bot. Start with `xiaoce run --sample`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
cli.command("run")(run.run)
cli.command("web")(run.web)
cli.command("worker")(run.worker)
cli.command("chat")(chat.chat)
cli.command("doctor")(doctor.doctor)
cli.command("settings")(settings.settings)
cli.command("audit")(audit.audit)
cli.command("ask")(ask.ask)
cli.command("brief")(brief.brief)
cli.command("funnel")(funnel.funnel)
cli.command("lineage")(lineage.lineage)
cli.command("backup")(backup.backup)
cli.command("restore")(backup.restore)
cli.command("retention")(retention.retention)
cli.add_typer(people.group, name="people")
cli.add_typer(customers.group, name="customers")
cli.add_typer(duplicates.group, name="duplicates")
cli.add_typer(contacts.group, name="contacts")
cli.add_typer(deals.group, name="deals")
cli.add_typer(quotes.group, name="quotes")
cli.add_typer(chats.group, name="chats")
cli.add_typer(coaching.group, name="coaching")
cli.add_typer(consents.group, name="consents")
cli.add_typer(recordings.group, name="recordings")
cli.add_typer(visits.group, name="visits")
cli.add_typer(playbook.group, name="playbook")
cli.add_typer(patterns.group, name="patterns")
cli.add_typer(deliveries.group, name="deliveries")
cli.add_typer(evals.group, name="eval")
cli.add_typer(risk.group, name="risk")
cli.add_typer(attribution.group, name="attribution")
cli.add_typer(sources.group, name="sources")
cli.add_typer(systems.group, name="systems")
event_deliveries.add_to(events.group)
cli.add_typer(events.group, name="events")
cli.add_typer(sla.group, name="sla")
cli.add_typer(sample.group, name="sample")
cli.add_typer(dev.group, name="dev")


def main() -> None:
    """Run the command; our own errors become one sentence that says what to do, not a traceback."""
    from bot.contracts.errors import XiaoceError

    try:
        cli()
    except XiaoceError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(1)

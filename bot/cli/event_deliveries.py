"""`xiaoce events dead | replay | rehearse | unlock`: what didn't arrive, and trying a subscriber first (C3, C8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, open_database, progress, run_async, say, settings_and_logs
from bot.contracts.errors import BadInput
from config.languages import operator_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flows.rehearsal import RehearsalFlow
    from bot.flows.rehearsal_run import Plan
    from bot.flows.system_desk import SubscriptionDesk
    from config.settings import Settings
    from storage.database import Database
    from storage.repositories.event_deliveries import EventDelivery
    from storage.repositories.events import EventRecord
    from storage.repositories.rehearsals import Rehearsal
    from storage.store import Store


def add_to(group: typer.Typer) -> None:
    """Hang the commands into `xiaoce events`."""
    for command in (dead, replay, rehearse, unlock):
        group.command(command.__name__)(command)


def dead(
    system: str = typer.Option("", help="Only those for this system."),
    limit: int = typer.Option(50, min=1, max=10_000, help="How many to show."),
) -> None:
    """Show dead letters: events that could not be delivered, the newest first, and why."""
    from rich.box import SIMPLE
    from rich.table import Table

    from skills.systems.pages import sentence

    settings = settings_and_logs()
    with open_database(settings) as database:
        rows, events = run_async(database.read(lambda store: _dead(store, system, limit)))
    if not rows:
        console.print(say("systems.cli.none_dead"))
        return
    names = ("id", "system", "subscription", "event", "subject", "attempts", "when", "reason")
    table = Table(*(say(f"systems.cli.column.{name}") for name in names), box=SIMPLE, padding=(0, 1, 0, 0))
    zone = ZoneInfo(settings.time_zone)
    for row in rows:
        event = events.get(row.event_seq)
        what = (event.type, event.subject) if event else (str(row.event_seq), "")
        when = f"{(row.tried_at or row.created_at).astimezone(zone):%m-%d %H:%M:%S}"
        why = sentence(row.reason, operator_language())
        table.add_row(str(row.id), row.system, row.subscription, *what, str(row.attempts), when, why)
    console.print(table)


def replay(
    system: str = typer.Option("", help="Those for this system."),
    from_: str = typer.Option("", "--from", help="Those of events that came from then on: 2026-07-31T09:30."),
    to: str = typer.Option("", help="And before this time."),
    id_: int = typer.Option(0, "--id", help="One of them, by its number."),
    everything: bool = typer.Option(False, "--all", help="Every dead letter."),
    delivered: bool = typer.Option(False, help="Also what had arrived; a subscriber knows it by its webhook-id."),
) -> None:
    """Send dead letters again, under the ids that they had; by the running server, or at its next start."""
    from bot.contracts.person import OPERATOR
    from skills.systems.ports import Chosen

    if not (system or id_ or everything):
        raise BadInput(say("systems.cli.which"))
    settings = settings_and_logs()
    zone = ZoneInfo(settings.time_zone)
    chosen = Chosen(system, "", _moment(from_, zone), _moment(to, zone), delivered)
    with open_database(settings) as database:
        desk = _desk(settings, database)
        by = OPERATOR
        count = run_async(desk.replay([id_], by) if id_ else desk.replay_all(chosen, by))
    console.print(say("systems.cli.replayed", count=count), highlight=False)


def rehearse(
    system: str = typer.Argument(..., help="The system, by its name."),
    subscription: str = typer.Option("", help="Which of its subscriptions; may be left out where there is one."),
    events: int = typer.Option(1000, help="How many events."),
    faults: str = typer.Option("all", help="timeouts,5xx,duplicates,reorder; or all or none."),
    seed: int = typer.Option(1, help="The same seed makes the same events and draws the same faults."),
) -> None:
    """Try a subscriber with generated events and faults before anything real goes to it. Exit 1 unless it passed."""
    from bot.flows.rehearsal import faults_in
    from bot.flows.rehearsal_run import Plan

    plan = Plan(events, faults_in(faults), seed)
    settings = settings_and_logs()
    with open_database(settings) as database:
        ended = run_async(_rehearsed(settings, database, system, subscription, plan))
    for line in _told(ended):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(0 if ended.state == "passed" else 1)


def unlock(
    system: str = typer.Argument(..., help="The system, by its name."),
    subscription: str = typer.Argument("", help="Which of its subscriptions; may be left out where there is one."),
    reason: str = typer.Option(..., help="Why it isn't rehearsed; audited, and shown on its page."),
) -> None:
    """Let events out to a subscription without a rehearsal."""
    from bot.contracts.person import OPERATOR

    settings = settings_and_logs()
    with open_database(settings) as database:
        flow = _rehearsals(settings, database)
        name = run_async(flow.open_lock(system, subscription, OPERATOR, reason))
    console.print(say("systems.cli.unlocked", system=system, name=name), highlight=False)


def _dead(store: Store, system: str, limit: int) -> tuple[Sequence[EventDelivery], dict[int, EventRecord]]:
    rows = store.event_deliveries.listing(system=system, state="dead", limit=limit)
    return rows, store.events.these({row.event_seq for row in rows})


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(say("systems.cli.moment", value=text)) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _desk(settings: Settings, database: Database) -> SubscriptionDesk:
    from bot.contracts.clock import SystemClock
    from bot.flows.system_desk import SubscriptionDesk
    from bot.nerve_in import make_registry
    from bot.nerve_out import entries_of

    clock = SystemClock()
    registry = make_registry(settings, clock, database)
    return SubscriptionDesk(database, clock, entries_of(registry), registry)


def _rehearsals(settings: Settings, database: Database) -> RehearsalFlow:
    from bot.contracts.clock import SystemClock
    from bot.nerve_in import make_registry
    from bot.nerve_out import make_client, make_rehearsals

    clock = SystemClock()
    registry = make_registry(settings, clock, database)
    return make_rehearsals(settings, clock, database, registry, make_client(settings))


async def _rehearsed(settings: Settings, database: Database, system: str, subscription: str, plan: Plan) -> Rehearsal:
    from bot.contracts.person import OPERATOR

    flow = _rehearsals(settings, database)
    id_ = await flow.begin(system, subscription, OPERATOR.id, plan, {})
    with progress(say("sandbox.cli.title", system=system, name=subscription or "–")) as tell:
        ended = await flow.perform(id_, tell)
    await flow.close()
    if ended is None:
        raise BadInput(say("sandbox.broken.entry"))
    return ended


def _told(ended: Rehearsal) -> list[str]:
    """The same as the page says."""
    from skills.sandbox.telling import headline, lines, why

    lang, report = operator_language(), ended.report
    told = [headline(f"{ended.system}/{ended.subscription}", ended.state, report, lang)]
    if reason := why(ended.state, report, lang):
        told.append(reason)
    if "requests" in report:
        told.append(say("sandbox.cli.figures", **{k: "–" if v is None else v for k, v in report.items()}))
    return told + [
        say("sandbox.cli.line", mark=one.mark, title=one.title, text=one.text) for one in lines(report, lang)
    ]

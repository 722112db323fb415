"""`xiaoce duplicates`: customers that may be one, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, open_database, run_async, say, settings_and_logs

if TYPE_CHECKING:
    from bot.flows.identity import IdentityFlow
    from config.settings import Settings
    from storage.database import Database
    from storage.store import Store

group = typer.Typer(help="Customers that may be one: find, look, merge, take back.", no_args_is_help=True)


@group.command("find")
def find() -> None:
    """Say of every lead, contract, payment and ticket whose it is, and look for customers that may be one."""
    from rich.progress import Progress

    settings = settings_and_logs()
    with open_database(settings) as database, Progress(console=console, transient=True) as bar:
        bar.add_task(say("data_quality.cli.progress"), total=None)
        run_async(_find(_flow(settings, database)))


@group.command("list")
def list_(limit: int = typer.Option(50, min=1, help="How many pairs, the surest first.")) -> None:
    """Pairs that nobody has decided about yet, and why they may be one."""
    from bot.contracts.person import OPERATOR
    from knowledge.identity.review import doubts

    with open_database(settings_and_logs()) as database:
        found = database.read_here(lambda store: doubts(store, OPERATOR, limit))
    if not found:
        console.print(say("data_quality.cli.none"))
        return
    from rich.markup import escape
    from rich.table import Column, Table

    from config.languages import operator_language
    from skills.data_quality.words import Words, sureness

    words = Words(operator_language())
    heads = (say(f"data_quality.cli.column.{name}") for name in ("probability", "left", "right", "evidence"))
    table = Table(*(Column(head, overflow="fold") for head in heads), show_lines=True)  # a name cut off decides nothing
    for one in found:
        left, right = (escape(f"{customer.id} {customer.name}") for customer in (one.left, one.right))
        table.add_row(f"{sureness(one.match.probability)} %", left, right, words.joined(words.evidence(one)))
    console.print(table)


@group.command("merge")
def merge(kept: str, gone: str) -> None:
    """GONE is the customer KEPT from now on; nothing of either is rewritten, and it can be undone."""
    with open_database(settings_and_logs()) as database:
        number = run_async(database.write(lambda store: _merge(store, kept, gone)))
    _say_or_fail("merged", "not_merged", number is not None, kept=kept, gone=gone, id=number)


@group.command("undo")
def undo(number: int) -> None:
    """Take a merge back, by its number."""
    with open_database(settings_and_logs()) as database:
        done = run_async(database.write(lambda store: _undo(store, number)))
    _say_or_fail("undone", "not_undone", done)


async def _find(flow: IdentityFlow) -> None:
    from config.languages import operator_language
    from skills.data_quality.words import Words

    words = Words(operator_language())
    for one in await flow.link():
        values = {"records": one.records, "by_key": one.by_key, "by_name": one.by_name}
        console.print(say("data_quality.cli.linked", entity=words.entity(one.entity), **values))
    found = await flow.search()
    console.print(say("data_quality.cli.found", customers=found.customers, pairs=found.pairs, new=found.new))


def _flow(settings: Settings, database: Database) -> IdentityFlow:
    from bot.contracts import SystemClock
    from bot.flows.identity import IdentityFlow

    return IdentityFlow(database, None, SystemClock(), settings.identity)


def _merge(store: Store, kept: str, gone: str) -> int | None:
    from bot.contracts.person import OPERATOR
    from knowledge.identity.review import merge_unasked

    return merge_unasked(store, OPERATOR, kept, gone, datetime.now(UTC))


def _undo(store: Store, number: int) -> bool:
    from bot.contracts.person import OPERATOR
    from knowledge.identity.review import undo as undo_merge

    return undo_merge(store, OPERATOR, number, datetime.now(UTC)) == "undone"


def _say_or_fail(done: str, failed: str, good: bool, **values: object) -> None:
    from bot.contracts.errors import BadInput

    if not good:
        raise BadInput(say(f"data_quality.cli.{failed}"))
    console.print(say(f"data_quality.cli.{done}", **values), markup=False)

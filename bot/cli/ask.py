"""`xiaoce ask`: one question, answered in the terminal; of the company's own figures or of any database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.common import open_database, run_async, settings_and_logs
from bot.cli.viewer import AS_HELP, viewer

if TYPE_CHECKING:
    from bot.cli.ask_said import Said
    from config.settings import Settings
    from skills.questions.answering import Answering, Asker
    from skills.questions.desk import Desk
    from storage.database import Database


def ask(
    question: str = typer.Argument(help="The question, in Chinese or English."),
    as_: str = typer.Option("", "--as", help=AS_HELP),
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON, for other programs."),
    sql: bool = typer.Option(False, "--sql", help="Print the SQL that ran."),
    db: str = typer.Option("", help="Another database: sqlite:///F.db, duckdb:///F.duckdb, postgresql://…"),
    draft: Path | None = typer.Option(None, help="With --db: write what was found out about its tables here."),
    registry: Path | None = typer.Option(None, help="With --db: such a file, edited, is used instead."),
) -> None:
    """Answer a question in figures. Nothing is changed."""
    if db:
        from bot.cli.ask_db import ask_database

        ask_database(db, question, sql=sql, json=as_json, draft=draft, registry=registry)
        return
    settings = settings_and_logs()
    with open_database(settings) as database:
        run_async(_answer(settings, database, question, as_, as_json=as_json, sql=sql))


async def _answer(
    settings: Settings, database: Database, question: str, person: str, *, as_json: bool, sql: bool
) -> None:
    from bot.cli.ask_said import print_answer, print_json
    from bot.contracts.clock import SystemClock
    from bot.loop_questions import make_desk
    from config.languages import operator_language
    from skills.questions.answering import Answering, Asker
    from storage.warehouse import Warehouse

    warehouse = Warehouse(database, settings.data / "warehouse", settings.attribution.memory_mb)
    try:
        who = await database.read(lambda store: viewer(store, person))
        asker = Asker(who, SystemClock().now(), operator_language())
        answering = Answering(make_desk(settings, database, warehouse), settings.data, settings.public_url)
        said = await _read(answering, question, asker)
        if as_json:
            print_json(said)
        else:
            print_answer(said, settings.public_url, sql=sql)
    finally:
        await warehouse.close()


async def _read(answering: Answering, question: str, asker: Asker) -> Said:
    """The answer. Raises BadInput with the sentence why there is none."""
    from bot.cli.ask_said import Said
    from bot.contracts.errors import BadInput
    from knowledge.metrics.refusals import NotAnswerable
    from knowledge.questions.outcome import Understood
    from skills.questions.reasoning import behind_of

    desk = answering.desk
    scope = await desk.scope(question, asker.person, asker.now, asker.language)
    outcome = await desk.read(question, scope)
    if not isinstance(outcome, Understood):
        raise BadInput(_asked_back(desk, outcome, asker))
    asked = outcome.plan, asker.person, asker.now, asker.language, (question,), outcome.pieces
    try:
        answer = await desk.answer(*asked)
        behind = await behind_of(desk, answer)
        return Said(answer, await answering.card(answer, behind), behind)
    except NotAnswerable as error:
        raise BadInput(answering.sorry(error, asker)) from error


def _asked_back(desk: Desk, outcome: Any, asker: Asker) -> str:
    from knowledge.questions.outcome import Ambiguous, Fault
    from skills.questions import cards
    from skills.questions.refusing import fault

    names = desk.names(asker.now, asker.language)
    if isinstance(outcome, Fault):
        return fault(outcome, names)
    if isinstance(outcome, Ambiguous):
        card = cards.choices(outcome, (), names, "")
        return "\n".join((card.headline, *(f"- {one.label}" for one in outcome.choices)))
    card = cards.unknown(outcome, (), names, "")
    return "\n".join(one for one in (card.headline, card.summary) if one)

"""`xiaoce brief`: a morning's brief in the terminal, as JSON, or as picture and slides in a folder."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, open_database, run_async, say, settings_and_logs
from bot.cli.viewer import AS_HELP, viewer
from config.languages import operator_language

if TYPE_CHECKING:
    from knowledge.briefing.types import Brief, Finding
    from skills.briefing.desk import BriefDesk
    from skills.briefing.words import Words
    from storage.database import Database
    from storage.store import Store


def brief(
    team: str = typer.Option("", help="A team or region, such as 华东; empty: the person's own, or the whole company."),
    date: str = typer.Option("", help="A day, 2026-11-20; empty: today."),
    as_: str = typer.Option("", "--as", help=AS_HELP),
    out: Path | None = typer.Option(None, help="Folder for the picture (PNG), and with --pptx the slides."),
    as_json: bool = typer.Option(False, "--json", help="As JSON (docs/briefing.md)."),
    pptx: bool = typer.Option(False, "--pptx", help="Write the slides, too; into --out, or here."),
) -> None:
    """The three things most worth doing, with count, money, evidence, action and arithmetic (晨会)."""
    from contextlib import nullcontext

    from bot.contracts.clock import SystemClock
    from bot.loop_briefing import make_desk

    settings = settings_and_logs()
    folder = existing(out) if out else Path()
    desk, now = make_desk(settings), SystemClock().now()
    with open_database(settings) as database, nullcontext() if as_json else console.status(say("briefing.cli.looking")):
        found = run_async(_found(database, desk, as_, team, date, now))
    words = desk.words(operator_language())
    if as_json:
        from skills.briefing.as_json import as_dict

        typer.echo(json.dumps(as_dict(found, words), ensure_ascii=False, indent=2))
    else:
        _print(found, words)
    if out or pptx:
        asyncio.run(_write(found, desk, folder, pptx, now))


async def _found(database: Database, desk: BriefDesk, as_: str, team: str, said: str, now: datetime) -> Brief:
    from bot.contracts.errors import BadInput
    from skills.briefing.understanding import parse_day

    language, today = operator_language(), desk.today(now)
    day = parse_day(said, today) if said else today
    if day is None:
        raise BadInput(say("briefing.errors.day", said=said[:40]))

    def read(store: Store) -> Brief:
        who = viewer(store, as_)
        scope = desk.scope(store, who, team, language)
        return desk.brief(store, desk.asked(who, scope, day, now, language))

    return await database.read(read)


async def _write(found: Brief, desk: BriefDesk, folder: Path, pptx: bool, now: datetime) -> None:
    """Files of the data folder, copied to where they are wanted."""
    language = operator_language()
    files = list(await desk.pictured(found, language, now))
    if pptx:
        files.append(await desk.deck(found, language, now))
    for file in files:
        shutil.copyfile(desk.data / file.path, folder / file.name)
        typer.echo(say("briefing.cli.wrote", file=folder / file.name), err=True)


def _print(found: Brief, words: Words) -> None:
    """The point first; each finding with its arithmetic; then what to know about the figures."""
    console.print(words.title(found), style="dim", markup=False)
    console.print(words.sentence(found), style="bold", markup=False)
    if not found.working_day:
        console.print(say("briefing.cli.holiday", day=found.day), style="yellow")
    for number, one in enumerate(found.findings, 1):
        _finding(number, one, words)
    for title, lines in _rest(found, words):
        console.print(f"\n{title}", style="bold")
        for line in lines:
            console.print(f"  {line}", markup=False)


def _finding(number: int, one: Finding, words: Words) -> None:
    from rich.markup import escape
    from rich.table import Table

    console.print(f"\n{number}. {words.headline(one)}", style="bold", markup=False)
    for line in (words.detail(one), words.arithmetic(one), *words.factors(one), words.action(one), words.proposal(one)):
        console.print(f"   {line}", markup=False)
    table = Table()
    for title in words.header(one.evidence):
        table.add_column(title, overflow="fold")
    for row in words.rows(one.evidence):
        table.add_row(*(escape(cell) for cell in row))
    if one.evidence.rows:
        console.print(table)


def _rest(found: Brief, words: Words) -> list[tuple[str, list[str]]]:
    parts = [
        ("outcomes", [words.outcome(one) for one in found.outcomes]),
        ("below", [f"{words.brought(one)} · {words.yuan(one.money)}" for one in found.below]),
        ("held", [words.headline(one) for one in found.held]),
        ("notes", [words.text("total", money=words.yuan(found.total)), *words.notes(found)]),
    ]
    return [(words.text(f"parts.{name}"), lines) for name, lines in parts if lines]

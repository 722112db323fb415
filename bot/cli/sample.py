"""`xiaoce sample`: the fictional company that shows what Xiaoce can do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from bot.cli.common import console, progress, say
from bot.contracts.errors import BadInput

group = typer.Typer(help="The sample company.", no_args_is_help=True)


@group.callback()
def _sample() -> None:
    """Keep `sample` a group, whatever the number of its commands."""


@group.command("generate")
def generate(
    folder: Path,
    today: str = typer.Option("", help="Dates are relative to this day, YYYY-MM-DD; empty: today."),
    calls: bool = typer.Option(False, help="Also speak the two recorded calls (needs espeak-ng)."),
) -> None:
    """Write the sample company's exports, as its CRM, HR, finance and service systems would."""
    from config.sample_company.calls import render_calls
    from config.sample_company.finance_database import make_finance_database
    from config.sample_company.generate import generate as write

    day = _day(today) if today else date.today()  # noqa: DTZ011  # the operator's own day is meant
    with progress(say("operator.sample.progress")):
        manifest = write(folder, today=day)
        make_finance_database(folder)
        spoken = render_calls(folder) if calls else None
    console.print(say("operator.sample.written", count=len(manifest.files), folder=folder))
    if spoken is not None:
        console.print(str(spoken))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(say("operator.sample.no_day", text=text)) from error

"""`xiaoce risk`: the model that says which conversations are about to go wrong; learned, compared, reversible."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, existing, say, settings_and_logs
from config.languages import operator_language

if TYPE_CHECKING:
    from bot.contracts.errors import BadInput
    from knowledge.risk.model import Contribution, RiskModel
    from knowledge.risk.shelf import ModelShelf

group = typer.Typer(help="The model of conversations that go wrong.", no_args_is_help=True)


@group.command("train")
def train(
    data: Path = typer.Option(..., help='JSON lines {"features"|"dialogue":{…},"label":0/1}; see docs/risk.md.'),
    by: str = typer.Option("", help="Who trains, for the model's card; default: your user name."),
) -> None:
    """Learn a new version from outcomes. It is used only if it is better on conversations held back from it."""
    from bot.cli.risk_reading import cases_of
    from knowledge.risk.card import card, interval
    from knowledge.risk.learning import Teacher
    from knowledge.risk.learning import train as learn

    shelf, lang = open_shelf(), operator_language()
    current = shelf.current()
    teacher = Teacher(by or getuser(), datetime.now(UTC), data)
    lesson = learn(cases_of(existing(data)), current, shelf.next_version(), teacher, lang)
    shelf.keep(lesson.model, card(lesson.model, lang))
    shares = {"precision": interval(lesson.new.precision), "recall": interval(lesson.new.recall)}
    version = lesson.model.version
    told = say("risk.cli.trained", version=version, n=lesson.new.n, card=shelf.card_path(version), **shares)
    console.print(told, soft_wrap=True)
    if lesson.better:
        shelf.use(version)
        console.print(say("risk.cli.taken", current=current.version))
    else:
        briers = {"new": f"{lesson.new.brier:.3f}", "old": f"{lesson.old.brier:.3f}"}
        console.print(say("risk.cli.not_taken", current=current.version, **briers))


@group.command("models")
def models() -> None:
    """All versions, which one is in use, and how right each was on conversations held back from it."""
    from rich.table import Table

    shelf, zone = open_shelf(), ZoneInfo(settings_and_logs().time_zone)
    names = ("version", "state", "at", "origin", "precision", "recall", "auc", "brier")
    table = Table(*(say(f"risk.cli.column.{name}") for name in names), title=say("risk.cli.versions"))
    used = shelf.used()
    for version, model in shelf:
        table.add_row(*_row(version, model, zone, in_use=version == used))
    console.print(table)


@group.command("use")
def use(version: int = typer.Argument(help="As `xiaoce risk models` lists it; 0 is the prior model.")) -> None:
    """Take another version from now on, an older one as well as a newer one."""
    open_shelf().use(version)
    console.print(say("risk.cli.used", version=version))


@group.command("explain")
def explain(
    data: Path = typer.Option(..., help="JSON lines as for train; labels aren't needed."),
    line: int = typer.Option(1, help="Which line of the file."),
    model: int | None = typer.Option(None, help="Version; default: the one in use."),
) -> None:
    """One conversation: its twelve values or that they are missing, and what each adds to the score."""
    from bot.cli.risk_reading import cases_of
    from bot.contracts.errors import BadInput
    from knowledge.risk.model import assess
    from knowledge.risk.words import verdict

    shelf = open_shelf()
    chosen = shelf.current() if model is None else shelf.load(model)
    cases = cases_of(existing(data), labelled=False, only=line)
    if not cases:
        raise BadInput(say("risk.cli.no_line", line=line))
    found = assess(chosen, cases[0].values)
    console.print(say("risk.cli.line", line=line, id=cases[0].id), verdict(found, operator_language()), sep="\n")
    _print_contributions(found.contributions)
    console.print(say("risk.cli.base", bias=f"{found.bias:+.2f}", score=f"{found.score:+.2f}"))


def open_shelf() -> ModelShelf:
    """The models of this installation."""
    from knowledge.risk.shelf import ModelShelf

    return ModelShelf(settings_and_logs().data / "risk", operator_language())


def _print_contributions(contributions: tuple[Contribution, ...]) -> None:
    from rich.table import Table

    from knowledge.risk.words import sentence

    names = ("feature", "value", "amount", "words")
    table = Table(*(say(f"risk.cli.column.{name}") for name in names))
    lang = operator_language()
    for one in contributions:
        value = "—" if one.value is None else format(one.value, one.feature.shown)
        table.add_row(one.feature.title(lang), value, f"{one.amount:+.2f}", sentence(one, lang))
    console.print(table)


def _row(version: int, model: RiskModel | BadInput, zone: ZoneInfo, *, in_use: bool) -> list[str]:
    from knowledge.risk.card import interval
    from knowledge.risk.model import RiskModel

    state = say("risk.cli.in_use") if in_use else ""
    if not isinstance(model, RiskModel):
        return [str(version), say("risk.cli.broken"), "", str(model), "", "", "", ""]
    origin, found = model.origin, model.origin.held_out
    if found is None:
        return [str(version), state, "", say("risk.cli.prior"), "—", "—", "—", "—"]
    who = say("risk.cli.trained_by", by=origin.by, data=origin.data)
    at = f"{origin.at.astimezone(zone):%Y-%m-%d}" if origin.at else ""
    area = "—" if found.auc is None else f"{found.auc:.3f}"
    return [str(version), state, at, who, interval(found.precision), interval(found.recall), area, f"{found.brier:.3f}"]

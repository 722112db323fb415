"""`xiaoce patterns`: talk-tracks mined from won deals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, open_database, progress, run_async, say, settings_and_logs
from config.languages import operator_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flows.mining import Run
    from config.settings import Settings
    from skills.mining.cards import Maker
    from storage.repositories.patterns import Pattern

group = typer.Typer(help="Talk-tracks mined from won deals.", no_args_is_help=True)


@group.command("mine")
def mine() -> None:
    """Read the dialogues of closed deals and keep the orders of moves that win. Again: renews their figures."""
    settings = settings_and_logs()
    run = run_async(_mine(settings))
    maker = _maker(settings)
    told = maker.told(len(run.patterns), run.won, run.lost, run.dialogues, run.tried, operator_language())
    console.print(told, highlight=False, soft_wrap=True)
    _print(run.patterns, maker)


@group.command("list")
def list_(quotes: bool = typer.Option(False, help="Also one example of each, word for word.")) -> None:
    """All patterns with their effect."""
    from bot.contracts.person import OPERATOR

    settings = settings_and_logs()
    with open_database(settings) as database:
        found = run_async(database.read(lambda store: store.patterns.visible_to(OPERATOR)))
    _print(found, _maker(settings))
    if quotes:
        for one in found:
            _print_example(one, ZoneInfo(settings.time_zone))


async def _mine(settings: Settings) -> Run:
    from bot.app import open_playbook
    from bot.contracts import SystemClock
    from bot.contracts.person import OPERATOR
    from bot.mining import make_mining
    from knowledge.patterns.move import load_moves
    from knowledge.signals.load import load_kinds

    with open_database(settings) as database:
        playbook = open_playbook(settings, database)
        await playbook.load()
        mining = make_mining(settings, SystemClock(), database, playbook, load_kinds(), load_moves())
        with progress(say("mining.cli.reading")) as tell:
            return await mining.run(OPERATOR.id, tell)


def _maker(settings: Settings) -> Maker:
    from knowledge.signals.load import load_kinds
    from skills.mining.cards import Maker

    return Maker(settings.public_url, load_kinds())


def _print(patterns: Sequence[Pattern], maker: Maker) -> None:
    """One below the other: figures of seven columns don't fit a terminal."""
    from skills.mining.cards import stages_of

    lang = operator_language()
    for one in patterns:
        quoted = len({quote["example"] for quote in one.quotes})
        state = say(f"mining.state.{one.state}")
        console.print(f"\n{stages_of(one, lang)}", style="bold", highlight=False, soft_wrap=True)
        for label, value in maker.facts(one, lang):
            console.print(f"  {label}: {value}", highlight=False, soft_wrap=True)
        console.print(f"  {say('mining.cli.quoted', count=quoted)} · {state}", highlight=False)


def _print_example(pattern: Pattern, zone: ZoneInfo) -> None:
    from skills.mining.cards import stages_of

    lang = operator_language()
    console.print(f"\n{stages_of(pattern, lang)}", style="bold", highlight=False, soft_wrap=True)
    for quote in (quote for quote in pattern.quotes if quote["example"] == pattern.quotes[0]["example"]):
        stage = pattern.stages[quote["stage"] - 1]["title"][lang] if quote["stage"] else say("mining.page.theirs")
        at = datetime.fromisoformat(quote["at"]).astimezone(zone).strftime("%Y-%m-%d %H:%M") if quote["at"] else ""
        words = f"  {stage} · {quote['speaker']} {at}: {quote['text']}"
        console.print(words, highlight=False, markup=False, soft_wrap=True)

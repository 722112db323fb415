"""`xiaoce funnel`: how many leads became won deals, by group, from two files alone (B11)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, say

if TYPE_CHECKING:
    from decimal import Decimal

    from knowledge.funnel.result import Count, Flag, Funnel

_LISTED = 3  # rows of a flag that the terminal shows; --json has more


def funnel(
    leads: Path = typer.Option(..., help="File of leads: CSV (any encoding, separator), Excel or Parquet."),
    won: Path = typer.Option(..., help="File of won deals."),
    key: str = typer.Option(..., help="Column that both files share, such as the lead's number."),
    group_by: list[str] = typer.Option(..., help="Column of the leads to group by; several times for combinations."),
    value: str | None = typer.Option(None, help="Column of the won deals with their value."),
    won_key: str = typer.Option("", help="What the key is called in the file of won deals, if otherwise."),
    lead_date: str | None = typer.Option(None, help='Column with the first contact; "": none. Default: found.'),
    won_date: str | None = typer.Option(None, help='Column with the day of winning; "": none. Default: found.'),
    as_json: bool = typer.Option(False, "--json", help="As JSON (docs/funnel.md)."),
) -> None:
    """Leads, won, rate and value per group; what is unknown, doubtful or impossible is named."""
    from contextlib import nullcontext
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from config.settings import load_settings
    from knowledge.funnel.as_json import dumps
    from knowledge.funnel.columns import Question
    from knowledge.funnel.two_files import count_files

    zone = ZoneInfo(load_settings().time_zone)
    question = Question(key, tuple(group_by), value, won_key, lead_date, won_date)
    with nullcontext() if as_json else console.status(say("funnel.cli.counting")):
        found = count_files(leads, won, question, datetime.now(zone).date(), zone)
    if as_json:
        typer.echo(dumps(found))
    else:
        _print(found)


def _print(found: Funnel) -> None:
    """The point first, then the table, then what is doubtful, then how it was counted."""
    console.print(_headline(found), style="bold")
    console.print(_table(found))
    console.print(_unknown(found))
    for flag in found.flags:
        console.print(_flag(flag), style="red" if flag.impossible else None, markup=False)
    console.print(_basis(found), style="dim", markup=False)


def _headline(found: Funnel) -> str:
    total = found.total
    if not total.leads:
        return say("funnel.cli.no_leads")
    worth = "" if total.value is None else say("funnel.cli.worth", value=_money(total.value))
    return say("funnel.cli.headline", leads=f"{total.leads:,}", won=f"{total.won:,}", rate=_rate(total), worth=worth)


def _table(found: Funnel) -> object:
    from rich.markup import escape
    from rich.table import Table

    from knowledge.funnel.as_json import label, names_of

    names = ("leads", "won", "rate", "interval", "share_of_leads")
    table = Table()
    table.add_column(escape(" / ".join(found.question.group_by)), overflow="fold")
    for name in (*names, *(["value"] if found.question.value else [])):
        table.add_column(say(f"funnel.cli.column.{name}"), justify="right", overflow="fold")
    taken = names_of(found)
    for group in found.groups:
        cells = _cells(group.count, found.total)
        table.add_row(escape(label(group, taken)), *cells, style="yellow" if group.is_unknown else "")
    table.add_section()
    table.add_row(say("funnel.cli.total"), *_cells(found.total, found.total), style="bold")
    return table


def _cells(count: Count, total: Count) -> list[str]:
    interval = count.interval
    shown = [
        f"{count.leads:,}",
        f"{count.won:,}",
        _rate(count),
        f"{interval.low:.0%}–{interval.high:.0%}" if interval else "–",
        f"{count.leads / total.leads:.1%}" if total.leads else "–",
    ]
    return shown if count.value is None else [*shown, _money(count.value)]


def _unknown(found: Funnel) -> str:
    unknown, orphans, total = found.unknown, found.orphans, found.total
    share = f"{unknown.leads / total.leads:.1%}" if total.leads else "–"
    parts = [say("funnel.cli.unknown", leads=f"{unknown.leads:,}", share=share, won=f"{unknown.won:,}")]
    if orphans.won:
        worth = "" if orphans.value is None else say("funnel.cli.worth", value=_money(orphans.value))
        share = f"{orphans.won / (orphans.won + total.won):.1%}"
        parts.append(say("funnel.cli.orphans", won=f"{orphans.won:,}", share=share, worth=worth))
    if orphans.won and not total.won:
        parts.append(say("funnel.cli.no_match"))
    return " ".join(parts)


def _flag(flag: Flag) -> str:
    lines = "、".join(str(row["line"]) for row in flag.rows[:_LISTED])
    more = "…" if flag.count > _LISTED else ""
    where = say("funnel.cli.where", file=say(f"funnel.cli.file.{flag.file}"), lines=lines + more)
    return f"{say(f'funnel.flag.{flag.kind}', count=f'{flag.count:,}')} {where}"


def _basis(found: Funnel) -> str:
    """How it was counted, with the columns of days that were taken."""
    days = [
        say(f"funnel.cli.day.{name}", column=dates.column or "–", order=say(f"funnel.cli.order.{dates.order}"))
        for name, dates in (("lead", found.lead_dates), ("won", found.won_dates))
    ]
    loose = [say("funnel.cli.loose")] if found.loose_keys else []
    mixed = [say("funnel.cli.currencies", found="、".join(found.currencies))] if len(found.currencies) > 1 else []
    return " ".join([*mixed, *loose, say("funnel.cli.rules"), *days])


def _rate(count: Count) -> str:
    return "–" if count.rate is None else f"{count.rate:.2%}"


def _money(value: Decimal) -> str:
    return f"{value:,f}"

"""`xiaoce sla`: deadlines between events; `check` tries one on the history of any event log (C9)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, say
from config.languages import operator_language

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from config.settings import Settings
    from knowledge.slas.log.question import Question
    from knowledge.slas.log.report import Report

group = typer.Typer(help="Deadlines between business events (SLA).", no_args_is_help=True)
_LISTED = 10  # late cases that the terminal shows; --json has all


@group.command("check")
def check(
    log: Path = typer.Option(..., help="Event log: CSV (any encoding, separator), Excel, Parquet, XES, .xes.gz."),
    case: str = typer.Option("", help="Column with the case. Default: case:concept:name."),
    time: str = typer.Option("", help="Column with the time. Default: time:timestamp."),
    activity: str = typer.Option("", help="Column with the activity. Default: concept:name."),
    begin: str = typer.Option(..., "--from", help="Activity that begins the span: its first event of a case."),
    end: str = typer.Option(..., "--to", help="Activity that ends it: the first event at or after the beginning."),
    within: str = typer.Option("", help='How long it may take: 15m, 2h, 14d, "8 working hours", "3 working days".'),
    deadline_column: str = typer.Option("", help="Column with the case's own due time; goes before --within."),
    lifecycle: str = typer.Option("", help="Transition that counts (start, complete …, all). XES: complete."),
    zone: str = typer.Option("", help="Zone of times that say none, such as Europe/Amsterdam. Default: time_zone."),
    until: str = typer.Option("", help="When the log ends, if not at its newest time."),
    as_json: bool = typer.Option(False, "--json", help="As JSON, with every case (docs/sla.md)."),
) -> None:
    """Which cases of a log were on time, which late, which are open, and of which it can't be told."""
    from contextlib import nullcontext

    from config.settings import load_settings
    from knowledge.slas.log.report import check as check_log
    from knowledge.slas.log.report import dumps

    settings = load_settings()
    names = {name: value for name, value in (("case", case), ("time", time), ("activity", activity)) if value}
    question = _question(settings, (begin, end), within, deadline_column, lifecycle, zone, until, names)
    with nullcontext() if as_json else console.status(say("slas.log.reading", rows=0)) as line:

        def told(rows: int) -> None:
            if line is not None:
                line.update(say("slas.log.reading", rows=f"{rows:,}"))

        found = check_log(log, question, told)
    if as_json:
        typer.echo(dumps(found, lambda key, **values: say(f"slas.log.{key}", **values)))
    else:
        _print(found)


def _question(
    settings: Settings,
    activities: tuple[str, str],
    within: str,
    deadline: str,
    lifecycle: str,
    zone: str,
    until: str,
    names: dict[str, str],
) -> Question:
    from dataclasses import replace

    from knowledge.slas.log.question import LogRefused, Question
    from knowledge.slas.making import calendar_of
    from knowledge.slas.spans import BadSpan, parse_span

    if not within and not deadline:
        raise LogRefused("no_limit")
    calendar = calendar_of(settings.slas, settings.time_zone)
    calendar = replace(calendar, zone=_zone(zone)) if zone else calendar
    try:
        span = parse_span(within) if within else None
    except BadSpan:
        raise LogRefused("bad_span", value=within) from None
    ends = _moment(until, calendar.zone) if until else None
    return Question(
        begin=activities[0].strip(),
        end=activities[1].strip(),
        calendar=calendar,
        within=span,
        deadline=deadline.strip(),
        lifecycle=lifecycle.strip(),
        until=ends,
        **names,
    )


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    from knowledge.slas.log.question import LogRefused

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise LogRefused("bad_zone", value=name) from None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    from knowledge.slas.log.question import LogRefused
    from knowledge.slas.log.times import at_of, end_of, quick, slow

    found = quick(text, zone) or slow(text, zone, "none")
    if found is None:
        raise LogRefused("bad_until", value=text)
    return at_of(end_of(found, zone))


def _print(found: Report) -> None:
    """The point first, then figures, then what is late, then what is doubtful."""
    from rich.table import Table

    from knowledge.slas.log.judging import OUTCOMES, quantile, reasons
    from skills.sla.words import lasting

    cases, rate = found.judged.cases, found.rate
    shown = "–" if rate is None else f"{rate:.1%}"
    console.print(say("slas.log.headline", rate=shown, late=f"{found.count('late'):,}"), style="bold")
    table = Table(say("slas.log.outcome"), show_edge=False)
    table.add_column(say("slas.log.cases"), justify="right")
    table.add_column(say("slas.log.share"), justify="right")
    for outcome in OUTCOMES:
        count = found.count(outcome)
        table.add_row(say(f"slas.log.{outcome}"), f"{count:,}", f"{count / len(cases):.1%}")
        if outcome == "late" and found.unfinished:
            table.add_row(say("slas.log.unfinished"), f"{found.unfinished:,}", f"{found.unfinished / len(cases):.1%}")
    console.print(table)
    halves = [quantile(found.seconds, share) for share in (0.5, 0.95)]
    took = ["–" if one is None else lasting(one, operator_language()) for one in halves]
    console.print(say("slas.log.took", p50=took[0], p95=took[1], count=f"{len(found.seconds):,}"))
    _print_late(found)
    for reason, count in reasons(cases).items():
        console.print(say(f"slas.log.reason.{reason}", count=f"{count:,}"), style="yellow", markup=False)
    for key, values in found.warnings():
        console.print(say(f"slas.log.warning.{key}", **values), style="yellow", markup=False)
    console.print(say("slas.log.basis", **_basis(found)), style="dim", markup=False)


def _print_late(found: Report) -> None:
    from knowledge.slas.log.judging import of
    from knowledge.slas.log.times import MICROSECOND
    from skills.sla.words import lasting

    until = found.judged.until or 0
    over = {one: (until if one.end is None else one.end) - (one.due or 0) for one in of(found.judged.cases, "late")}
    worst = sorted(over, key=lambda one: -over[one])[:_LISTED]
    if worst:
        spans = {one: lasting(over[one] * MICROSECOND.total_seconds(), operator_language()) for one in worst}
        said = say("slas.log.and").join(
            f"{one.id} (+{spans[one]}{'' if one.end is not None else ' …'})" for one in worst
        )
        console.print(say("slas.log.worst", cases=said), markup=False)


def _basis(found: Report) -> dict[str, object]:
    from knowledge.slas.log.times import at_of

    judged, zone = found.judged, found.question.zone
    first, until = (
        "–" if one is None else f"{at_of(one).astimezone(zone):%Y-%m-%d %H:%M:%S}"
        for one in (judged.first, judged.until)
    )
    return {"rows": f"{found.seen.rows:,}", "first": first, "until": until, "zone": zone.key}

"""What `xiaoce attribution run` prints: tables for people, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.cli.common import console, say

if TYPE_CHECKING:
    from rich.table import Table

    from knowledge.journeys.models import Result
    from knowledge.journeys.reading.found import Found
    from knowledge.journeys.report import Report

NARROWEST_NAME, WIDEST_NAME = 10, 24  # columns of the terminal; longer names go on in the next line
MODEL = 10  # columns: "100.00%", and most models' names


def as_document(report: Report, found: Found, draws: int) -> str:
    """JSON: one model's object, or several under "results"."""
    documents = [_model(report, result) for result in report.results]
    around = {
        "totals": {"conversions": report.counts.conversions, "value": report.counts.value},
        "journeys": report.counts.reach.journeys,
        "draws": draws,
        "notes": _notes(report, found),
        "removals": [
            {
                "channels": list(one.channels),
                "removal_effect": one.effect,
                "removal_effect_value": one.effect_value,
                "conversions": one.conversions_lost,
                "value": one.value_lost,
            }
            for one in report.removals
        ],
    }
    if len(documents) == 1:
        return json.dumps({**documents[0], **around}, ensure_ascii=False)
    disagreements = [
        {"channel": one.channel, "low": one.low, "low_model": one.low_model, "high": one.high}
        | {"high_model": one.high_model, "flagged": one.flagged}
        for one in report.disagreements
    ]
    return json.dumps({"results": documents, "disagreement": disagreements, **around}, ensure_ascii=False)


def _model(report: Report, result: Result) -> dict[str, Any]:
    intervals, thin = report.intervals.get(result.model), report.thin[result.model]

    def effect(values: Any, index: int) -> float | None:
        return None if values is None else float(values[index])

    def interval(index: int, kind: int) -> list[float] | None:
        return None if intervals is None else [float(intervals.low[index, kind]), float(intervals.high[index, kind])]

    channels = [
        {
            "channel": name,
            "conversions": float(result.conversions[index]),
            "value": float(result.value[index]),
            "removal_effect": effect(result.removal_effect, index),
            "removal_effect_value": effect(result.removal_effect_value, index),
            "interval": interval(index, 0),
            "interval_value": interval(index, 1),
            "too_little_data": thin[index],
        }
        for index, name in enumerate(result.channels)
    ]
    return {"model": result.model, "channels": channels}


def _notes(report: Report, found: Found) -> list[str]:
    """Sentences that belong beside the numbers, in the operator's language."""
    keys = dict.fromkeys(note for result in report.results for note in result.notes)
    kept = {note: None for note in report.counts.notes if note == "no_hours"}
    notes = [say(f"attribution_engine.note.{key}") for key in {**keys, **kept}]
    for name in ("empty", "lost_conversions", "unlisted", "unconverted_value", "blank"):
        if amount := getattr(found, name):
            notes.append(
                say(f"attribution_engine.found.{name}", n=f"{amount:,.6g}" if amount % 1 else f"{amount:,.0f}")
            )
    return [*notes, *([say("attribution_engine.found.resorted")] if found.resorted else [])]


def print_report(report: Report, found: Found) -> None:
    """Tables: one model in detail, several side by side; then what is to be said about them."""
    counts = report.counts
    totals = {"journeys": counts.reach.journeys, "conversions": counts.conversions, "value": counts.value}
    console.print(say("attribution_engine.cli.totals", **{name: f"{one:,.12g}" for name, one in totals.items()}))
    if len(report.results) == 1:
        console.print(_one(report, report.results[0]))
    elif report.results:
        console.print(*_several(report), sep="\n\n")
    for removal in report.removals:
        values = {"names": ", ".join(removal.channels), "share": f"{removal.effect:.2%}"}
        lost = {"conversions": f"{removal.conversions_lost:,.2f}", "value": f"{removal.value_lost:,.2f}"}
        console.print(say("attribution_engine.cli.removed", **values, **lost), markup=False)
    for note in (*_legend(report), *_notes(report, found)):
        console.print(f"· {note}", markup=False, highlight=False, soft_wrap=True)


def _heading(name: str) -> str:
    return say(f"attribution_engine.column.{name}")


def _one(report: Report, result: Result) -> Table:
    from rich.cells import cell_len
    from rich.markup import escape

    from knowledge.journeys.rounding import rounded_shares

    shares, value_shares = rounded_shares(result.conversions.tolist()), rounded_shares(result.value.tolist())
    intervals, thin = report.intervals.get(result.model), report.thin[result.model]
    rows = []
    for index in _by_credit(result):
        between = "–" if intervals is None else f"{intervals.low[index, 0]:,.1f}–{intervals.high[index, 0]:,.1f}"
        effect = "–" if result.removal_effect is None else f"{result.removal_effect[index]:.2%}"
        mark = f" {say('attribution_engine.cli.thin')}" if thin[index] else ""
        cells = (f"{result.conversions[index]:,.2f}", between, f"{shares[index]:.2f}%", f"{result.value[index]:,.2f}")
        rows.append((escape(result.channels[index]) + mark, *cells, f"{value_shares[index]:.2f}%", effect))
    table = _table(say(f"attribution_engine.model.{result.model}"))
    names = ("conversions", "interval", "share", "value", "value_share", "removal_effect")
    for place, name in enumerate(names, 1):
        heading = _heading(name)
        width = max(cell_len(part) for part in (*heading.split(), *(row[place] for row in rows)))
        table.add_column(heading, justify="right", overflow="fold", width=width)  # headings may be broken, numbers not
    for row in rows:
        table.add_row(*row)
    return table


def _several(report: Report) -> list[Table]:
    """Models side by side, as many in one table as the terminal is wide; the next ones in a table below."""
    from rich.cells import cell_len

    names = _marked(report)
    width = min(max((cell_len(name) for name in names), default=0), WIDEST_NAME)
    fitting = max(1, (console.width - max(width, NARROWEST_NAME)) // (MODEL + 1))
    tables = math.ceil(len(report.results) / fitting)
    each = math.ceil(len(report.results) / tables)
    parts = [report.results[at : at + each] for at in range(0, len(report.results), each)]
    order = _by_credit(report.results[0])
    return [_beside(part, names, order, is_first=not number) for number, part in enumerate(parts)]


def _beside(results: Sequence[Result], names: Sequence[str], order: Sequence[int], *, is_first: bool) -> Table:
    from rich.markup import escape

    from knowledge.journeys.rounding import rounded_shares

    table = _table(say("attribution_engine.cli.side_by_side") if is_first else None)
    for result in results:
        heading = say(f"attribution_engine.short.{result.model}")
        table.add_column(heading, justify="right", overflow="fold", width=MODEL)
    shares = [rounded_shares(result.conversions.tolist()) for result in results]
    for index in order:
        table.add_row(escape(names[index]), *(f"{share[index]:.2f}%" for share in shares))
    return table


def _marked(report: Report) -> list[str]:
    """Channels with what is to be known about their numbers."""
    flagged = {one.channel for one in report.disagreements if one.flagged}
    names = []
    for index, name in enumerate(report.counts.channels):
        marks = [say("attribution_engine.cli.disagree")] if name in flagged else []
        marks += [say("attribution_engine.cli.thin")] if all(thin[index] for thin in report.thin.values()) else []
        names.append(" ".join((name, *marks)))
    return names


def _table(title: str | None) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    column = _heading("channel")
    table.add_column(column, overflow="fold", min_width=NARROWEST_NAME, max_width=WIDEST_NAME)
    return table


def _legend(report: Report) -> list[str]:
    """What the marks behind names mean, where there are any."""
    thin = any(any(flags) for flags in report.thin.values())
    apart = any(one.flagged for one in report.disagreements)
    names = [name for name, shown in (("thin", thin), ("disagree", apart)) if shown]
    return [f"{say(f'attribution_engine.cli.{name}')} {say(f'attribution_engine.cli.{name}_means')}" for name in names]


def _by_credit(result: Result) -> list[int]:
    return sorted(range(len(result.channels)), key=lambda index: -result.conversions[index])

"""`xiaoce eval clauses`: how well are key clauses found in your own mails and contracts?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, say

if TYPE_CHECKING:
    from knowledge.clauses.evaluate import Report, Score


def clauses(
    data: Path = typer.Option(..., help='JSON lines {"id","text","fields":[…],"values":{…}}, optional "sent"'),
    out: Path | None = typer.Option(None, help="Write what was found here, in the same shape."),
) -> None:
    """Precision, recall and F1 of each field, accuracy of the values, with n."""
    from knowledge.clauses.evaluate import evaluate

    _print(evaluate(existing(data), out))


def _print(report: Report) -> None:
    from rich.table import Table

    headings = ("field", "precision", "recall", "f1", "value", "values", "n")
    table = Table(*(say(f"email.eval.{heading}") for heading in headings))
    for name, score in report.fields.items():
        table.add_row(name, *_cells(score))
    table.add_row(say("email.eval.all"), *_cells(report.overall))
    console.print(table)
    console.print(say("email.eval.texts", count=report.texts))


def _cells(score: Score) -> list[str]:
    shares = (score.precision, score.recall, score.f1, score.value_accuracy)
    shown = ["–" if share is None else f"{share:.3f}" for share in shares]
    return [*shown, str(score.values_asked), str(score.n)]

"""`xiaoce eval questions --db`: how often questions to databases never seen are answered rightly (B9)."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import console, existing, progress, say

if TYPE_CHECKING:
    from knowledge.tables.measuring import Report


def evaluate(db: str, questions: Path, out: Path | None) -> None:
    """Ask every question; print accuracy where gold SQL is given, how many were declined and answered wrong.

    `db`: an address, or a folder with a database for each `db_id`. `out`: lines {"qid","sql"}, "" where declined.
    Raises `TablesRefused` (database or line that can't be read), BadInput (no such file).
    """
    from knowledge.tables.measuring import measure

    with progress(say("tables.evaluation.progress")) as tell:
        report = measure(db, existing(questions), tell)
    if out is not None:
        out.write_text("".join(_lines(report)), encoding="utf-8")
    _print(report, questions.name)
    if out is not None:
        console.print(say("tables.evaluation.written", path=out), markup=False, soft_wrap=True)


def _lines(report: Report) -> Iterator[str]:
    for one in report.asked:
        yield json.dumps({"qid": one.qid, "sql": one.sql}, ensure_ascii=False) + "\n"


def _print(report: Report, name: str) -> None:
    from rich.table import Table

    names = ("set", "questions", "correct", "declined", "wrong", "accuracy", "answered")
    table = Table(*(say(f"tables.evaluation.column.{one}") for one in names))
    judged, correct = report.count("right", "wrong", "declined"), report.count("right")
    answered = report.count("right", "wrong")
    shares = (correct / judged if judged else 0.0, correct / answered if answered else 0.0)
    counts = (judged, correct, report.count("declined"), report.count("wrong"))
    table.add_row(name, *(str(one) for one in counts), *(f"{share:.1%}" for share in shares))
    if judged:
        console.print(table)
    if report.count("open"):
        console.print(say("tables.evaluation.no_gold", count=report.count("open")))
    if bad := [one.qid for one in report.asked if one.outcome == "bad_gold"]:
        console.print(say("tables.evaluation.bad_gold", count=len(bad), qids=", ".join(bad[:10])), markup=False)
    if report.asked:
        times = sorted(one.milliseconds for one in report.asked)
        late = times[min(len(times) - 1, int(len(times) * 0.95))]
        console.print(say("tables.evaluation.time", median=f"{statistics.median(times):.0f}", p95=f"{late:.0f}"))

"""`xiaoce eval`: how good is it, on your own data?"""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import console, existing, progress, run_async, say, settings_and_logs
from bot.cli.eval_asr import asr
from bot.cli.eval_clauses import clauses
from bot.cli.eval_duplicates import duplicates
from bot.cli.eval_questions import questions
from bot.cli.eval_risk import risk
from bot.cli.eval_routing import routing
from bot.cli.eval_signals import signals

group = typer.Typer(help="Measure quality on your own data.", no_args_is_help=True)


@group.callback()
def _eval() -> None:
    """Keep `eval` a group, whatever the number of its commands."""


@group.command("retrieval")
def retrieval(
    passages: Path = typer.Option(..., help='JSON lines {"id","text"}'),
    queries: Path = typer.Option(..., help='JSON lines {"qid","question","gold":[ids]}'),
    out: Path | None = typer.Option(None, help='Write {"qid","ranked":[ids]} of the fused ranking here.'),
) -> None:
    """hit@1/5/10 and MRR@10 of keyword, dense and fused retrieval."""
    from rich.table import Table

    from knowledge.retrieval.embedder import make_embedder
    from knowledge.retrieval.evaluate import evaluate

    settings = settings_and_logs()
    with progress(say("operator.eval.progress")) as tell:
        embedder = make_embedder(settings.retrieval.embedder)
        report = run_async(evaluate(existing(passages), existing(queries), out, embedder=embedder, on_progress=tell))
    table = Table(say("operator.eval.method"), "hit@1", "hit@5", "hit@10", "MRR@10")
    for row in report.rows:
        values = (row.hit_at_1, row.hit_at_5, row.hit_at_10, row.mrr_at_10)
        table.add_row(row.method, *(f"{value:.3f}" for value in values))
    console.print(table)
    counts = {"answerable": report.answerable, "unanswerable": report.unanswerable, "passages": report.passages}
    console.print(say("operator.eval.asked", embedder=settings.retrieval.embedder, **counts))
    for key, share in (("answered", report.answered), ("refused", report.refused)):
        if share is not None:
            console.print(say(f"operator.eval.{key}", share=f"{share:.3f}"))


group.command("asr")(asr)
group.command("clauses")(clauses)
group.command("duplicates")(duplicates)
group.command("questions")(questions)
group.command("risk")(risk)
group.command("routing")(routing)
group.command("signals")(signals)

"""`xiaoce eval signals`: how well are signals recognised in your own sentences?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, progress, run_async, say, settings_and_logs
from bot.cli.competitors import stored_competitors

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.settings import Settings
    from knowledge.playbook.card import PlaybookCard
    from knowledge.playbook.vocabulary import Vocabulary
    from knowledge.signals.evaluate import Report, Row


def signals(
    data: Path = typer.Option(..., help='JSON lines {"text","labels":{kind:0/1}}, optional speaker, source, context'),
    out: Path | None = typer.Option(None, help='Write {"i","scores":{kind:p}} of each line here.'),
    playbook: Path | None = typer.Option(None, help="Folder of competitor cards; default: those in the playbook."),
    competitor: list[str] = typer.Option([], help="One more competitor's name; may be given several times."),
) -> None:
    """Precision, recall, F1 and AUC of each kind of signal, with n."""
    settings = settings_and_logs()
    names = {**_names(settings, playbook), **{name: (name,) for name in competitor}}
    with progress(say("signals.cli.progress")) as tell:
        report = run_async(_evaluate(existing(data), out, names, tell))
    _print(report)


async def _evaluate(
    data: Path, out: Path | None, names: Mapping[str, Sequence[str]], tell: Callable[[int, int], None]
) -> Report:
    from knowledge.retrieval.embedder import make_embedder
    from knowledge.signals.detector import Detector
    from knowledge.signals.evaluate import evaluate
    from knowledge.signals.load import load_kinds

    detector = await Detector.make(load_kinds(), make_embedder("use"), names)
    return await evaluate(detector, data, out, tell)


def _names(settings: Settings, folder: Path | None) -> Mapping[str, Sequence[str]]:
    """Competitors of the folder, or of the stored playbook, or, where that has none, of the sample company's."""
    from knowledge.playbook.vocabulary import Vocabulary
    from knowledge.signals.names import rival_names

    vocabulary = Vocabulary.load()
    cards = _in_folder(existing(folder), vocabulary) if folder else run_async(stored_competitors(settings, vocabulary))
    if not folder and not cards:
        import config.sample_company

        cards = _in_folder(Path(config.sample_company.__file__).parent / "playbook", vocabulary)
        console.print(say("signals.cli.sample_names"))
    return rival_names(cards, vocabulary)


def _in_folder(folder: Path, vocabulary: Vocabulary) -> list[PlaybookCard]:
    from knowledge.playbook.files import read_folder

    return [found.card for found in read_folder(folder, vocabulary)[0]]


def _print(report: Report) -> None:
    from rich.table import Table

    table = Table(say("signals.cli.kind"), "n", "n+", "precision", "recall", "F1", "AUC")
    for row in report.rows:
        table.add_row(row.kind, str(row.n), str(row.positives), *_figures(row))
    console.print(table)
    for name, close in report.unknown.items():
        hint = say("signals.cli.close", close=close) if close else ""
        console.print(say("signals.cli.unknown", name=name, hint=hint), markup=False)


def _figures(row: Row) -> list[str]:
    values = (row.precision, row.recall, row.f1, row.auc)
    return ["–" if value is None else f"{value:.3f}" for value in values]

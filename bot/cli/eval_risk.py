"""`xiaoce eval risk`: how right are warnings of a high risk, on your own conversations?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, say

if TYPE_CHECKING:
    from knowledge.risk.cases import Case
    from knowledge.risk.figures import Figures
    from knowledge.risk.model import RiskModel


def risk(
    data: Path = typer.Option(..., help='JSON lines {"features"|"dialogue":{…},"label":0/1}; 1: went wrong.'),
    out: Path | None = typer.Option(None, help='Write {"i","score","level","contributions"} of each line here.'),
    model: int | None = typer.Option(None, help="Version, as `xiaoce risk models` lists it; default: the one in use."),
) -> None:
    """Precision, recall (with Wilson's 95 % interval) at the high threshold, n, AUC, Brier and calibration."""
    from bot.cli.risk import open_shelf
    from bot.cli.risk_reading import cases_of
    from knowledge.risk.learning import figures_of

    shelf = open_shelf()
    chosen = shelf.current() if model is None else shelf.load(model)
    cases = cases_of(existing(data))
    found = figures_of(chosen, cases)
    console.print(say("risk.cli.figures", version=chosen.version, n=found.n, positives=found.positives))
    _print_measures(found)
    console.print(_verdict(chosen, found))
    _print_curve(found)
    if out:
        out.write_text("".join(_written(chosen, cases)), encoding="utf-8")


def _print_measures(found: Figures) -> None:
    from rich.table import Table

    from knowledge.risk.card import interval

    names = ("n", "precision", "recall", "auc", "brier")
    table = Table(*(say(f"risk.cli.column.{name}") for name in names))
    area = "—" if found.auc is None else f"{found.auc:.3f}"
    table.add_row(str(found.n), interval(found.precision), interval(found.recall), area, f"{found.brier:.3f}")
    console.print(table)


def _print_curve(found: Figures) -> None:
    from rich.table import Table

    table = Table(*(say(f"risk.cli.column.{name}") for name in ("n", "predicted", "happened")))
    for one in found.curve:
        table.add_row(str(one.n), f"{one.predicted:.2f}", f"{one.happened:.2f}")
    console.print(table)


def _verdict(model: RiskModel, found: Figures) -> str:
    from knowledge.risk.figures import TARGET_PRECISION

    target = f"{TARGET_PRECISION:.1%}"
    if model.high is None:
        return say("risk.cli.never", target=target)
    if found.precision is None:
        return say("risk.cli.silent")
    if found.precision.low >= TARGET_PRECISION:
        return say("risk.cli.met", target=target)
    return say("risk.cli.likely" if found.precision.value >= TARGET_PRECISION else "risk.cli.missed", target=target)


def _written(model: RiskModel, cases: Sequence[Case]) -> list[str]:
    from knowledge.risk.model import assess

    lines = []
    for place, case in enumerate(cases):
        found = assess(model, case.values)
        amounts = {one.feature.key: round(one.amount, 6) for one in found.contributions}
        record = {"i": place, "score": found.probability, "level": found.level, "contributions": amounts}
        lines.append(json.dumps({**record, "features": dict(case.values)}, ensure_ascii=False) + "\n")
    return lines

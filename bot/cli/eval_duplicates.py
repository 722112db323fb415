"""`xiaoce eval duplicates`: how well are customers found that are one?"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, say, settings_and_logs

if TYPE_CHECKING:
    from knowledge.identity.evaluate import Report
    from knowledge.identity.match import Candidate

HELD_OUT = 2027  # no seed that anything was tuned or learned on


def duplicates(
    data: Path | None = typer.Option(None, help="CSV with name and cluster; rows of one cluster are one company."),
    companies: int = typer.Option(5000, min=10, max=1_000_000, help="How many names to generate."),
    seed: int = typer.Option(HELD_OUT, help="Of the generated names."),
) -> None:
    """Precision and recall on the sample company's pairs, on generated names, and on a file of yours."""
    from rich.table import Table

    from config.sample_company.generate import SEED
    from knowledge.identity.evaluate import evaluate
    from knowledge.identity.match import Limits
    from knowledge.identity.perturb import invented

    rules = settings_and_logs().identity
    made = invented(companies, seed)
    sets: list[tuple[str, Sequence[Candidate], Collection[frozenset[str]]]] = [
        (say("data_quality.cli.sample", seed=SEED), *_sample()),
        (say("data_quality.cli.generated", seed=seed), made.candidates, made.pairs.keys()),
    ]
    if data is not None:
        sets.append((data.name, *_given(existing(data))))
    names = ("set", "rows", "pairs", "probability", "found", "precision", "recall")
    table = Table(*(say(f"data_quality.cli.column.{name}") for name in names))
    limits = Limits(rules.memory_mb, rules.threads)
    leasts = (rules.review, rules.certain)
    reports = [(title, evaluate(rows, pairs, leasts, limits)) for title, rows, pairs in sets]
    for title, report in reports:
        for one in report.at:
            figures = (f"{one.precision:.3f}", f"{one.recall:.3f}")
            table.add_row(title, str(report.rows), str(report.pairs), f"≥ {one.least}", str(one.found), *figures)
    console.print(table)
    console.print(say("data_quality.cli.threshold", review=rules.review, certain=rules.certain))
    _print_ways(made.pairs, reports[1][1])


def _print_ways(pairs: Mapping[frozenset[str], str], report: Report) -> None:
    """Which ways to write a name again are found, of those generated."""
    all_, found = Counter(pairs.values()), Counter(way for pair, way in pairs.items() if pair in report.hits)
    shares = ", ".join(f"{way} {found[way]}/{count}" for way, count in sorted(all_.items()))
    console.print(f"{say('data_quality.cli.ways')}: {shares}")


def _sample() -> tuple[list[Candidate], set[frozenset[str]]]:
    """The sample company's customers, made for this, and the pairs planted among them."""
    from datetime import UTC, datetime
    from tempfile import TemporaryDirectory

    from config.sample_company.generate import generate
    from knowledge.identity.match import Candidate

    with TemporaryDirectory() as place:
        folder = Path(place)
        facts = generate(folder, today=datetime.now(UTC).date()).facts
        with (folder / "crm" / "customers.csv").open(encoding="gbk", newline="") as file:
            rows = [
                Candidate(row["客户编号"], row["客户名称"], row["行业"], row["省份"], row["大区"])
                for row in csv.DictReader(file)
            ]
    return rows, {frozenset((one.original, one.copy)) for one in facts.duplicates}


def _given(path: Path) -> tuple[list[Candidate], set[frozenset[str]]]:
    """Raises BadInput without the columns that are needed."""
    from bot.contracts.errors import BadInput
    from knowledge.identity.match import Candidate
    from storage.imports.encodings import find_encoding

    with path.open(encoding=find_encoding(path), newline="") as file:
        read = list(csv.DictReader(file))
    if not read or not {"name", "cluster"} <= set(read[0]):
        raise BadInput(say("data_quality.cli.columns", file=path.name))
    rows, clusters = [], defaultdict(list)
    for number, row in enumerate(read):
        id_ = row.get("id") or str(number)
        reach = tuple(filter(None, (row.get("mobile"), (row.get("email") or "").rpartition("@")[2])))
        known = {name: row.get(name) or "" for name in ("industry", "province", "region")}
        rows.append(Candidate(id_, row["name"] or "", reach=reach, **known))
        clusters[row["cluster"]].append(id_)
    pairs = (combinations(ids, 2) for cluster, ids in clusters.items() if cluster)
    return rows, {frozenset(pair) for some in pairs for pair in some}

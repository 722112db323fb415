"""`xiaoce eval questions`: how many questions get the plan that they mean?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.common import console, existing, say
from bot.contracts.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.questions.outcome import Outcome, Scope

SETS = Path("tests/evals/questions")
TODAY = date(2026, 11, 20)  # of the sets; their README says so
RIGHT, ASKED, DECLINED, WRONG = "right", "asked", "declined", "wrong"


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, what came of it, and of which kind it is."""

    question: str
    kind: str
    verdict: str
    outcome: Outcome
    gold: str


def questions(
    questions: Path | None = typer.Option(
        None, help='JSON lines {"qid","asker","question","expect","plan"}, or of a database.'
    ),
    db: str = typer.Option("", help="Address of a database: sqlite:///F.db. Then the questions are about its tables."),
    out: Path | None = typer.Option(None, help='With --db: write {"qid","sql"} of each question here.'),
    wrong: bool = typer.Option(False, "--wrong", help="Show what failed; of the held-out set never."),
) -> None:
    """Right, asked back, declined and wrong, of each set and kind."""
    if db:
        from bot.cli.eval_questions_db import evaluate

        if questions is None:
            raise BadInput(say("understanding.eval.no_questions"))
        evaluate(db, existing(questions), out)
        return
    files = [existing(questions)] if questions else [SETS / "open.jsonl", SETS / "held_out.jsonl"]
    scopes = _scopes()
    for file in files:
        judged = [_judge(line, scopes) for line in _lines(existing(file))]
        _print(file.stem, judged)
        if wrong and file.stem != "held_out":
            _print_wrong(judged)


def _lines(file: Path) -> Iterable[dict[str, Any]]:
    import json

    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _scopes() -> dict[str, Scope]:
    """One for every person of the sample company."""
    from bot.cli.sample_values import sample_company, sample_people, sample_values
    from knowledge.metrics.loading import load_registry
    from knowledge.playbook.vocabulary import Vocabulary
    from knowledge.questions.outcome import Scope

    company = sample_company(TODAY)
    values, registry, vocabulary = sample_values(company), load_registry(), Vocabulary.load()
    return {person.id: Scope(registry, values, vocabulary, TODAY, person) for person in sample_people(company).values()}


def _judge(line: dict[str, Any], scopes: dict[str, Scope]) -> Judged:
    from dataclasses import replace

    from knowledge.metrics.plan import read
    from knowledge.questions.understanding import understand

    scope = scopes[line["asker"]]
    language = "en" if line.get("language") == "en" else "zh"
    last = read(line["after"]) if line.get("after") else None
    outcome = understand(line["question"], replace(scope, language=language, last=last))
    kind = "follow-up" if last else str(line.get("plan", {}).get("kind", "value" if "plan" in line else line["expect"]))
    gold = str(line.get("plan") or line.get("metrics") or line["expect"])
    return Judged(f"{line['qid']} {line['question']}", kind, _verdict(line, outcome), outcome, gold)


def _verdict(line: dict[str, Any], outcome: Outcome) -> str:
    from knowledge.metrics.plan import read
    from knowledge.questions.outcome import Ambiguous, Fault, Understood

    expected = line["expect"]
    if isinstance(outcome, Understood):
        right = expected == "plan" and outcome.plan.normal() == read(line["plan"]).normal()
        return RIGHT if right else WRONG
    if isinstance(outcome, Ambiguous):
        offered = [metric for choice in outcome.choices for metric in choice.plan.metrics]
        fits = len(offered) > 1 and set(offered) <= set(line.get("metrics", ()))
        return RIGHT if expected == "ambiguous" and fits else ASKED
    if isinstance(outcome, Fault):
        return RIGHT if expected == "fault" else DECLINED
    return RIGHT if expected == "unknown" else DECLINED


def _print(name: str, judged: Sequence[Judged]) -> None:
    from collections import Counter

    from rich.table import Table

    verdicts = (RIGHT, ASKED, DECLINED, WRONG)
    table = Table(name, "n", *(say(f"understanding.eval.{one}") for one in verdicts), "%")
    kinds = Counter(one.kind for one in judged)
    for kind in (*sorted(kinds), ""):
        chosen = [one for one in judged if kind in ("", one.kind)]
        counts = Counter(one.verdict for one in chosen)
        share = f"{100 * counts[RIGHT] / max(1, len(chosen)):.1f}"
        table.add_row(
            kind or say("understanding.eval.all"), str(len(chosen)), *(str(counts[one]) for one in verdicts), share
        )
    console.print(table)


def _print_wrong(judged: Sequence[Judged]) -> None:
    from knowledge.metrics.plan import dump
    from knowledge.questions.outcome import Understood

    for one in judged:
        if one.verdict != RIGHT:
            got = dump(one.outcome.plan) if isinstance(one.outcome, Understood) else one.outcome
            console.print(f"{one.verdict}: {one.question}\n  + {one.gold}\n  - {got}", markup=False, highlight=False)

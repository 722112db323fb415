"""What `xiaoce ask` prints of an answer: the card that chats show, unfolded, and the table; or all of it as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.contracts import Card
    from skills.questions.answer import Answer
    from skills.questions.reasoning import Behind
    from skills.questions.table import Table

ROWS = 50  # of the table in the terminal
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*[?]plan=[^)]*\)")  # nobody reads the address of a plan


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, its card, and what was computed besides."""

    answer: Answer
    card: Card
    behind: Behind


def print_answer(said: Said, base: str, *, sql: bool) -> None:
    """The card, then the rows that the card has room for a few of only. `base`: the console's address."""
    from bot.cli.common import console
    from bot.cli.drawing import Drawing
    from skills.questions.table import narrow, table

    names, answer = said.answer.names, said.answer
    other = [one for one in said.card.sections if one.title != names.text("section.rows")]
    sections = tuple(replace(one, body=_LINK.sub(r"\1", one.body)) for one in other)
    drawing = Drawing(base)
    drawing.add({"card": asdict(replace(said.card, sections=sections, actions=(), unfolded=True, url=""))})
    console.print(drawing.parts[0], highlight=False, soft_wrap=False)  # what follows it are buttons, for chats
    found = table(answer)
    if answer.plan.kind == "list":
        found = narrow(found, answer)
    if len(found.lines) > 1:
        _print_table(found)
        if left := len(found.lines) - ROWS + found.more * (not answer.plan.limit):
            console.print(names.text("more_rows", count=left) if left > 0 else "", markup=False)
    for statement in answer.result.statements if sql else ():
        print(statement)


def _print_table(found: Table) -> None:
    from rich.table import Table as Shown

    from bot.cli.common import console

    shown = Shown()
    for head in found.heads:
        shown.add_column(head.text, justify="right" if head.numeric else "left", overflow="fold")
    for line in found.lines[:ROWS]:
        shown.add_row(*(one.text for one in line.cells))
    console.print(shown)


def print_json(said: Said) -> None:
    """Everything, for programs."""
    from knowledge.metrics.plan import dump
    from skills.questions.remarks import remarks
    from skills.questions.table import table

    answer, found = said.answer, table(said.answer)
    heads = _unique([head.text for head in found.heads])
    told = {
        "answer": said.card.headline,
        "remarks": remarks(answer),
        "plan": dump(answer.plan),
        "rows": [dict(zip(heads, (one.value for one in line.cells), strict=True)) for line in found.lines],
        **dict(_behind(said.behind)),
        "sql": list(answer.result.statements),
    }
    print(json.dumps(told, ensure_ascii=False, indent=2, default=str))


def _behind(found: Behind) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The reasons of a why, the numbers of a supposition."""
    from knowledge.metrics.explaining import Explained
    from knowledge.metrics.supposing import Supposed

    if isinstance(found, Supposed):
        yield "supposed", {"actual": found.actual, "supposed": found.supposed, "change": found.change}
    if isinstance(found, Explained):
        yield "why", {"before": found.before, "after": found.after, **_reasons(found)}


def _reasons(found: Any) -> dict[str, Any]:
    reasons = found.rates or found.sums
    return {
        "chance": reasons.chance,
        "before_span": [found.before_span.first, found.before_span.last],
        "reasons": [
            {
                "where": dict(zip(one.dimensions, one.values, strict=True)),
                "kind": one.kind,
                "effect": one.effect,
                "chance": one.chance,
                "cases_before": one.part.before.n,
                "cases_after": one.part.after.n,
            }
            for one in reasons.findings
        ],
    }


def _unique(heads: list[str]) -> list[str]:
    """Two figures beside each other have a column 前一期 each: the second is 前一期 2."""
    return [f"{one} {count}" if (count := heads[: at + 1].count(one)) > 1 else one for at, one in enumerate(heads)]

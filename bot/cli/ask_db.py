"""`xiaoce ask --db`: a question to any database, answered in the terminal (B9)."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, say
from config.languages import operator_language

if TYPE_CHECKING:
    from knowledge.tables.answering import Answer, Asked

_LISTED = 40  # rows that the terminal shows


def ask_database(
    url: str, question: str, *, sql: bool, json: bool, draft: Path | None, registry: Path | None = None
) -> None:
    """Print the answer; `sql` adds the statement, `json` prints rows for programs instead.

    `draft` writes the registry of the database for editing, with or without a question; `registry` is such a file.
    Raises `TablesRefused` with what to do.
    """
    from knowledge.tables.answering import asked
    from knowledge.tables.faults import TablesRefused

    with asked(url, registry) as database:
        if draft is not None:
            _write(database, draft)
        if question.strip():
            answer = database.answer(question, operator_language())
            _print_json(answer) if json else _print(answer, with_sql=sql)
        elif draft is None:
            raise TablesRefused("no_question")


def _write(database: Asked, path: Path) -> None:
    from knowledge.tables.registry import write

    write(database.draft, path)
    columns = sum(len(table.columns) for table in database.draft.tables)
    counts = {"tables": len(database.draft.tables), "columns": columns, "links": len(database.draft.links)}
    console.print(say("tables.draft.written", path=path, **counts), markup=False, soft_wrap=True)


def _print_json(answer: Answer) -> None:
    found = {
        "sql": answer.sql,
        "understood": answer.understood,
        "columns": answer.columns,
        "rows": answer.rows,
        "more": answer.more,
    }
    typer.echo(json_module.dumps(found, ensure_ascii=False, default=str))


def _print(answer: Answer, *, with_sql: bool) -> None:
    """The point first, then the table, then how it was found."""
    lang = operator_language()
    console.print(answer.sentence(lang), style="bold", markup=False)
    if len(answer.rows) > 1 or len(answer.columns) > 1:
        console.print(_table(answer, lang))
    if len(answer.rows) > _LISTED:
        console.print(say("tables.answer.cut", count=_LISTED), style="dim", markup=False)
    console.print(say("tables.taken.line", what=answer.understood), style="dim", markup=False, soft_wrap=True)
    if answer.unknown:
        console.print(say("tables.answer.unknown", words=" ".join(answer.unknown)), style="dim", markup=False)
    if with_sql:
        console.print(say("tables.answer.sql", sql=answer.sql), style="dim", markup=False, soft_wrap=True)


def _table(answer: Answer, lang: str) -> object:
    from rich.markup import escape
    from rich.table import Table

    from knowledge.tables.answering import shown

    table = Table()
    for index, name in enumerate(answer.columns):
        numbers = all(isinstance(row[index], int | float | None) for row in answer.rows)
        table.add_column(escape(name), justify="right" if numbers else "left", overflow="fold")
    for row in answer.rows[:_LISTED]:
        table.add_row(*(escape(shown(cell, lang)) for cell in row))
    return table

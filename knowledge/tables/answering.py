"""A question to a database, from its address to rows: what `xiaoce ask --db` does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.locales import t
from knowledge.tables import registry
from knowledge.tables.connecting import SECONDS, Connection, connect
from knowledge.tables.drafting import draft
from knowledge.tables.faults import TablesRefused
from knowledge.tables.linking import Linker
from knowledge.tables.saying import described, heading
from knowledge.tables.schema import Draft
from knowledge.tables.understanding import Understood, understand

MOST = 1_000  # rows of an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """`columns`: headings in the reader's language. `more`: whether rows were left out beyond `MOST`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    sql: str
    unknown: tuple[str, ...] = ()
    more: bool = False
    understood: str = ""  # what was taken to be asked, in words

    def sentence(self, lang: str = "zh") -> str:
        """The point: the number itself, or how many rows there are. Every figure is of the rows."""
        if not self.rows:
            return t("tables.answer.none", lang)
        if len(self.rows) == 1 and len(self.columns) == 1:
            return t("tables.answer.one", lang, what=self.columns[0], value=shown(self.rows[0][0], lang))
        key = "more" if self.more else "rows"
        return t(f"tables.answer.{key}", lang, count=f"{len(self.rows):,}")


class Asked:
    """A database that is being asked: its connection and what is known of it."""

    def __init__(self, connection: Connection, found: Draft) -> None:
        self.connection, self.draft = connection, found
        self._linker = Linker(found)

    def understand(self, question: str) -> Understood:
        """The question as a query, or why not."""
        return understand(question, self._linker)

    def answer(self, question: str, lang: str = "zh") -> Answer:
        """Raises `TablesRefused` with what wasn't understood, or what the database said."""
        found = self.understand(question)
        if found.query is None:
            raise self._declined(found, lang)
        names, rows = self.connection.rows(found.sql, most=MOST + 1)
        heads = tuple(heading(one, found.draft or self.draft, lang) for one in found.query.select) or tuple(names)
        taken = described(found.query, found.draft or self.draft, lang)
        return Answer(heads, tuple(rows[:MOST]), found.sql, found.unknown, len(rows) > MOST, taken)

    def _declined(self, found: Understood, lang: str) -> TablesRefused:
        tables = [one.title or one.name for one in self.draft.tables if not one.hidden]
        words = t("tables.answer.and", lang).join(f"“{word}”" for word in dict.fromkeys(found.unknown))
        reason = found.reason if words or found.reason in ("nothing", "too_long", "no_path", "two_ways") else "unclear"
        return TablesRefused(
            f"question.{reason}",
            words=words,
            options=t("tables.answer.and", lang).join(found.options),
            tables=", ".join(tables[:12]),
        )


@contextmanager
def asked(url: str, registry_file: Path | None = None, seconds: float = SECONDS) -> Iterator[Asked]:
    """A database by its address, with the edited registry if there is one. Raises `TablesRefused`."""
    with connect(url, seconds) as connection:
        found = draft(connection)
        yield Asked(connection, registry.overlay(found, registry_file) if registry_file else found)


def shown(value: Any, lang: str) -> str:
    """A cell for people: figures with separators and at most four decimals, a dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return t(f"tables.answer.{'yes' if value else 'no'}", lang)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return value
    try:
        return f"{float(value):,.4f}".rstrip("0").rstrip(".")
    except (TypeError, ValueError):
        return str(value)

"""What an import did, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t

LISTED = 10_000  # rejected rows that are named; more only count, so that a broken huge file doesn't fill memory
_SHOWN = 80  # characters of a bad value


class ImportRefused(BadInput):
    """The file can't be imported at all; nothing was changed."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.values = values

    def sentence(self, lang: str = "zh") -> str:
        """What is wrong with the file, and what to do."""
        return t(f"imports.refused.{self.problem}", lang, **self.values)

    def __str__(self) -> str:
        return self.sentence(operator_language())


class Problem(Exception):
    """A value can't be taken. `key` names the sentence in the locales."""

    def __init__(self, key: str, field: str = "", **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing that is wrong in a row."""

    column: str  # the header as it stands in the file; "" when the whole row is wrong
    value: str
    problem: str  # key of the sentence
    details: Mapping[str, object] = field(default_factory=dict)

    def reason(self, lang: str = "zh") -> str:
        """What is wrong and what to do."""
        return t(f"imports.problem.{self.problem}", lang, **self.details)

    def sentence(self, line: int, lang: str = "zh") -> str:
        """Line, column, value and reason."""
        if not self.column:
            return t("imports.whole_row", lang, line=line, reason=self.reason(lang))
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[:_SHOWN]}…"
        return t("imports.row", lang, line=line, column=self.column, value=value, reason=self.reason(lang))


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken, with everything that is wrong with it."""

    line: int  # in the file, 1 is its first
    faults: tuple[CellFault, ...]
    file: str = ""  # its name, where an import reads several

    def sentence(self, lang: str = "zh") -> str:
        """One line of text for each fault."""
        where = f"{self.file} · " if self.file else ""
        return "\n".join(where + fault.sentence(self.line, lang) for fault in self.faults)


@dataclass(slots=True)
class ImportReport:
    """What became of the rows."""

    kind: str  # "people", "customers", "deals" …
    header_line: int = 1  # in the file
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    unlisted: int = 0  # rejected rows beyond the list

    def reject(self, row: RejectedRow) -> None:
        """Name a row, or only count it when the list is full."""
        if len(self.rejected) < LISTED:
            self.rejected.append(row)
        else:
            self.unlisted += 1

    def counts(self) -> dict[str, int]:
        """For the audit log."""
        rejected = len(self.rejected) + self.unlisted
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": rejected,
        }

    def sentence(self, lang: str = "zh") -> str:
        """The counts, where the header was found when it isn't the first row, and how many rows are not listed."""
        parts = [t(f"imports.{self.kind}.done", lang, **self.counts())]
        if self.header_line > 1:
            parts.append(t("imports.header_line", lang, line=self.header_line))
        if self.unlisted:
            parts.append(t("imports.unlisted", lang, count=self.unlisted))
        return " ".join(parts)

"""Why a database or a question can't be answered, in the reader's language."""

from __future__ import annotations

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t


class TablesRefused(BadInput):
    """The database can't be asked; `problem` names the sentence that says what to do."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.values = values

    def sentence(self, lang: str = "zh") -> str:
        """What is wrong, and what to do."""
        return t(f"tables.refused.{self.problem}", lang, **self.values)

    def __str__(self) -> str:
        return self.sentence(operator_language())

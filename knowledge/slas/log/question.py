"""What is asked of an event log, and why it can't be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.slas.calendar import Calendar
from knowledge.slas.spans import Span

CASE, TIME, ACTIVITY, LIFECYCLE = "case:concept:name", "time:timestamp", "concept:name", "lifecycle:transition"
"""The columns' names in XES, and in the files that process-mining tools write."""


class LogRefused(BadInput):
    """The log can't be read as asked; `problem` names the sentence that says what to do."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.values: Mapping[str, object] = values

    def sentence(self, lang: str = "zh") -> str:
        """What is wrong, and what to do."""
        return t(f"slas.log.refused.{self.problem}", lang, **self.values)

    def __str__(self) -> str:
        return self.sentence(operator_language())


@dataclass(frozen=True, slots=True)
class Question:
    """From the first `begin` of a case to the first `end` at or after it."""

    begin: str  # activities
    end: str
    calendar: Calendar  # its zone is that of times without one
    within: Span | None = None
    deadline: str = ""  # column with the case's own due time; goes before `within`
    case: str = CASE
    time: str = TIME
    activity: str = ACTIVITY
    lifecycle: str = ""  # transition that counts; "": complete in XES, all in tables; "all"
    until: datetime | None = None  # the end of the log; None: its newest time

    @property
    def zone(self) -> ZoneInfo:
        """Of times that say none."""
        return self.calendar.zone

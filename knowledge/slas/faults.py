"""What is wrong with a rule: every fault at once, each at its line, with its remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t


@dataclass(frozen=True, slots=True)
class RuleFault:
    """One fault."""

    line: int
    problem: str  # last part of a locale key below slas.fault
    details: Mapping[str, object] = field(default_factory=dict)
    said: str = ""  # the sentence, where another part has it ready

    def sentence(self, lang: str = "zh") -> str:
        """What is wrong and what to do, without the place."""
        return self.said or t(f"slas.fault.{self.problem}", lang, **self.details)


class BadRule(ConfigurationError):
    """A rule of deadlines is wrong; the message names file, line and remedy."""

    def __init__(self, file: str, faults: Sequence[RuleFault]) -> None:
        super().__init__(file)
        self.file = file
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))

    def sentence(self, lang: str = "zh") -> str:
        """One line a fault."""
        return "\n".join(f"{self.file}:{fault.line}: {fault.sentence(lang)}" for fault in self.faults)

    def __str__(self) -> str:
        return self.sentence(operator_language())

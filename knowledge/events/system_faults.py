"""What is wrong with a system's entry: every fault at once, each at its line, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t


@dataclass(frozen=True, slots=True)
class EntryFault:
    """One fault. `problem`: last part of a locale key below events.fault; "": `details` has the sentence itself."""

    line: int
    problem: str
    details: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str = "zh") -> str:
        """What is wrong and what to do, without the place."""
        if told := self.details.get(lang):
            return str(told)
        return t(f"events.fault.{self.problem}", lang, **self.details)


class BadEntry(ConfigurationError):
    """The entry of a system is wrong; the message names file, line and remedy."""

    def __init__(self, file: str, faults: Sequence[EntryFault]) -> None:
        super().__init__(file)
        self.file = file
        self.faults = tuple(faults)

    def sentence(self, lang: str = "zh") -> str:
        """One line a fault."""
        return "\n".join(f"{self.file}:{fault.line}: {fault.sentence(lang)}" for fault in self.faults)

    def __str__(self) -> str:
        return self.sentence(operator_language())

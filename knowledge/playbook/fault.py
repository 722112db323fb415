"""What is wrong with a playbook file, in words that its author can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.contracts.errors import BadInput
from config.locales import t


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: where it is, and the locale key (under `playbook.fault`) of what to do about it."""

    source: str  # file name, or "" for a text from the editor
    line: int  # from 1
    key: str
    about: str = ""  # key of the head, or section
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence("en")

    def sentence(self, language: str = "zh") -> str:
        """Place, field, problem and remedy in one line."""
        what = t(f"playbook.fault.{self.key}", language, field=self.about, **self.values)
        place = f"{self.source}:{self.line}" if self.source else t("playbook.line", language, line=self.line)
        return f"{place}: {what}"


class BadCard(BadInput):
    """A playbook card can't be used; each fault names the line and what to write instead."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(fault.sentence("en") for fault in faults))
        self.faults = tuple(faults)


class EditConflict(BadInput):
    """Somebody else saved this card meanwhile. Open it again and repeat the change on the new text."""

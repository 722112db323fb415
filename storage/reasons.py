"""Why a row of a source was refused, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from config.locales import t

_SHOWN = 80  # characters of a bad value


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is wrong with a row."""

    column: str  # as the source calls it; "" when the whole row is wrong
    value: str
    problem: str  # last part of a locale key below mapping.problem
    details: Mapping[str, object] = field(default_factory=dict)

    def remedy(self, lang: str = "zh") -> str:
        """What is wrong and what to do."""
        return t(f"mapping.problem.{self.problem}", lang, **self.details)

    def sentence(self, lang: str = "zh") -> str:
        """Column, value, and what to do."""
        if not self.column:
            return self.remedy(lang)
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[:_SHOWN]}…"
        return t("mapping.reason", lang, column=self.column, value=value, remedy=self.remedy(lang))

    def as_json(self) -> dict[str, Any]:
        """For the table of refused rows."""
        return {"column": self.column, "value": self.value, "problem": self.problem, "details": dict(self.details)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        """The reason as it was."""
        return cls(data["column"], data["value"], data["problem"], data.get("details") or {})

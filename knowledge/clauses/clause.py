"""What is found: one field, its value in normal form, and the sentence that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Field(StrEnum):
    """The terms that a salesperson is told about."""

    PRICE = "price"
    PAYMENT_TERMS = "payment_terms"
    DELIVERY = "delivery"
    PENALTY = "penalty"
    EXCLUSIVITY = "exclusivity"
    VALIDITY = "validity"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Anchors:
    """Days from which terms are counted, as far as they are known. None: not known, and nothing is counted from it."""

    sent: date | None = None  # when the mail was sent
    signed: date | None = None  # when the contract was signed
    effective: date | None = None  # when it came into force

    @property
    def contract(self) -> date | None:
        """The day from which a contract's own term runs."""
        return self.effective or self.signed


@dataclass(frozen=True, slots=True)
class Clause:
    """One key clause.

    `value` lists its parts, separated by ", ": money "1280000 CNY" (whole units of the currency), shares "30%",
    discounts "3% off", ISO dates, ISO 8601 durations "P30D" (working days: "5 working days"), and the words
    `prepaid`, `on delivery`, `L/C`, `exclusive`, `automatic`, `none`. "" when a clause is there but says no value.
    """

    field: Field
    value: str
    sentence: str  # word for word as it stands in the text
    start: int  # where it stands: text[start:end] == sentence
    end: int
    due: date | None = None  # the last day, where the text gives enough to count it
    parts: tuple[str, ...] = ()

"""What became of an event that a system sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["accepted", "duplicate", "quarantined", "refused"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One event's. `accepted` and `duplicate`: it is here; `quarantined`: it is kept until somebody has decided.

    `refused`: it isn't kept; sending it again as it is would be refused again.
    """

    outcome: Outcome
    id: str = ""
    source: str = ""
    seq: int | None = None  # its number, of accepted ones and of their duplicates
    reason: str = ""  # of refused and quarantined ones: a word for programs
    detail: str = ""  # what is wrong, in English
    remedy: str = ""  # what the sender should do

    @property
    def is_here(self) -> bool:
        """Whether it is stored as an event."""
        return self.outcome in {"accepted", "duplicate"}

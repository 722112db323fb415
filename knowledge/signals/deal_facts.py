"""What is known about one deal, as plain dates and numbers; whoever stores deals fills this in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Contact:
    """One touch between the two sides: a message, a call, a meeting, an e-mail."""

    at: datetime
    by: Literal["ours", "theirs", "both"]  # "both": a conversation, a visit
    person: str = ""  # of the customer: a KnownPerson's name, or how a stranger is shown; "": nobody knows who it was
    wants_answer: bool = True  # "谢谢" or a sticker needs none


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody at the customer's."""

    name: str
    decides: bool = False


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """One quotation. Money in yuan; None where it isn't known."""

    at: date
    amount: float
    rival: str = ""
    rival_amount: float | None = None
    explained: bool = False  # somebody told the customer what the difference buys


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that was sent and whose opening is seen. Don't list one whose opening can't be seen."""

    title: str
    sent_at: datetime
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DealFacts:
    """One open deal. Times carry their zone. Unknown is None or (), never a made-up date."""

    deal_id: str
    stage: str = ""
    created_at: datetime | None = None
    stage_entered_at: datetime | None = None
    expected_close: date | None = None
    contacts: Sequence[Contact] = ()  # in any order
    people: Sequence[KnownPerson] = ()
    quotes: Sequence[QuoteFacts] = ()
    proposals: Sequence[Proposal] = ()
    is_open: bool = True
    next_meeting: datetime | None = None  # in the calendar, in the future

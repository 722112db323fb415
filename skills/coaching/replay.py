"""One day again, under another mute level or response rate: how many prompts would there have been (A10)? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from config.groups.coaching import Coaching
from skills.coaching.policy import Account, Case, Finding, History, State, Wishes, decide


@dataclass(frozen=True, slots=True)
class Item:
    """A finding of that day, for one person."""

    at: datetime  # in the company's time zone
    person_id: str
    account: Account
    event: str
    finding: Finding
    manages: bool = False
    visiting: str | None = None

    @property
    def occasion(self) -> tuple[datetime, str, str, str, bool]:
        """What is decided together."""
        return self.at, self.person_id, self.account.id, self.event, self.manages


@dataclass(frozen=True, slots=True)
class Answered:
    """How a person responded before that day."""

    answered: int
    of: int

    @property
    def halved(self) -> Answered:
        """Half as many responses to as many prompts."""
        return Answered(self.answered // 2, self.of)


def replay(items: Sequence[Item], level: str, rates: Mapping[str, Answered], rules: Coaching) -> Counter[State]:
    """How many prompts were sent, put into the digest and withheld."""
    counts: Counter[State] = Counter()
    today: Counter[str] = Counter()
    told: set[tuple[str, str, str]] = set()
    last: dict[tuple[str, str], dict[str, datetime]] = {}
    ordered = sorted(items, key=lambda item: item.occasion)
    for occasion, some in groupby(ordered, key=lambda item: item.occasion):
        at, person, customer, event, manages = occasion
        group = list(some)
        rate = rates.get(person, Answered(0, 0))
        cooling = last.setdefault((person, customer), {})
        history = History(rate.answered, rate.of, today[person], (person, customer, event) in told, dict(cooling))
        findings = [item.finding for item in group]
        case = Case(at, group[0].account, findings, Wishes(level), history, group[0].visiting, manages)
        for decision in decide(case, rules):
            counts[decision.state] += 1
            if decision.state == "sent":
                today[person] += 1
                told.add((person, customer, event))
                cooling[decision.finding.kind] = at
    return counts

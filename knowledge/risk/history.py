"""What was heard of a deal tells of those who decide, and how many take part, where a line says nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contracts.listening import Side
from knowledge.listening.people import Directory
from knowledge.risk.inputs import TimeFacts

if TYPE_CHECKING:
    from storage.repositories.contacts import Moment
    from storage.repositories.customer_people import CustomerPerson


def with_people(facts: TimeFacts, moments: Sequence[Moment], people: Sequence[CustomerPerson]) -> TimeFacts:
    """`facts` with the last contact with who decides, and the number of people, as known at `as_of`; None stays None.

    What a line says itself isn't changed. Without `as_of` nobody knows what came later, and nothing is added.
    """
    if facts.as_of is None:
        return facts
    directory, deciders = Directory(people), {one.name for one in people if one.decides}
    heard = [
        (one.at, directory.called(one.account, one.speaker))
        for one in moments
        if one.side is Side.THEIRS and one.at <= facts.as_of
    ]
    met = max((at for at, name in heard if name in deciders), default=None)
    known = len({name for _, name in heard if name})
    return replace(
        facts,
        decision_maker_at=facts.decision_maker_at or met,
        contacts=facts.contacts if facts.contacts is not None else known or None,
    )

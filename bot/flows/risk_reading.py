"""What the predictor needs beside a dialogue, out of what is stored: who decides, answers before, voices before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from types import SimpleNamespace
from typing import TYPE_CHECKING

from bot.contracts.listening import Dialogue, Side, Source
from bot.contracts.person import OPERATOR
from knowledge.risk.constants import FEWEST_EARLIER_REPLIES
from knowledge.risk.history import with_people
from knowledge.risk.inputs import TimeFacts, UsualVoice, Voice
from knowledge.risk.voice import usual_voice
from skills.recordings.report import report_of

if TYPE_CHECKING:
    from storage.repositories.contacts import Moment
    from storage.repositories.dialogues import DialogueRecord
    from storage.store import Store

PAST = 50  # recordings of a person, the latest, that tell what is usual


def with_deal(store: Store, dialogue: Dialogue, facts: TimeFacts) -> TimeFacts:
    """`facts` with who decides and who takes part in the dialogue's deal; as they are where it isn't known here."""
    deal = store.deals.get(dialogue.deal_id) if dialogue.deal_id else None
    if deal is None or deal.customer_id != dialogue.customer_id:
        return facts  # another company's numbers
    [state] = store.deal_states.of([deal])
    return with_people(facts, store.contacts.moments(deal_id=deal.id), state.listed)


def facts_of(store: Store, dialogue: Dialogue, as_of: datetime) -> TimeFacts:
    """What all stored dialogues of the deal, or without one those with the customer, tell at a moment."""
    deal_id, customer_id = dialogue.deal_id, dialogue.customer_id
    moments = [one for one in store.contacts.moments(deal_id=deal_id, customer_id=customer_id) if one.at <= as_of]
    facts = TimeFacts(as_of, _two_way(moments), _usual_reply(moments, dialogue))
    if deal_id:
        return with_deal(store, dialogue, facts)
    return with_people(facts, moments, store.customer_people.of_customers([customer_id]).get(customer_id, ()))


def voices_of(store: Store, record: DialogueRecord, as_of: datetime) -> tuple[Voice | None, UsualVoice | None]:
    """How our salesperson sounds in a recording, and sounded in those before it."""
    if record.source is not Source.RECORDING or not record.person_id:
        return _voice(record), None
    before = store.dialogues.visible_to(OPERATOR, person_id=record.person_id, source=Source.RECORDING, limit=PAST)
    past = [one for one in before if one.id != record.id and one.begun_at and one.begun_at < as_of]
    return _voice(record), usual_voice([heard for heard in map(_voice, past) if heard is not None])


def _voice(record: DialogueRecord) -> Voice | None:
    """None where nobody measured it, and where several of us speak: nobody knows which of them it is about."""
    report = report_of(record.summary)
    ours = [values for name, values in report.measures.items() if report.sides.get(name) is Side.OURS]
    return _measured(ours[0], record.seconds or 0.0) if len(ours) == 1 else None


def _measured(values: Mapping[str, object], seconds: float) -> Voice:
    names = ("pitch", "level", "answer_pause", "interruptions")
    return Voice.of(SimpleNamespace(**{name: values.get(name) for name in names}), seconds)


def _two_way(moments: Sequence[Moment]) -> datetime | None:
    """When either side last answered the other."""
    return max((after.at for before, after in pairwise(moments) if before.side is not after.side), default=None)


def _usual_reply(moments: Sequence[Moment], dialogue: Dialogue) -> float | None:
    """Hours, median of the customer's answers before this dialogue. A talk, which has one time for all, tells none."""
    begun = min((one.at for one in dialogue.utterances if one.at), default=dialogue.begun_at)
    hours = [
        (after.at - before.at).total_seconds() / 3600
        for before, after in pairwise(moments)
        if (before.side, after.side) == (Side.OURS, Side.THEIRS) and begun and before.at < after.at < begun
    ]
    return median(hours) if len(hours) >= FEWEST_EARLIER_REPLIES else None

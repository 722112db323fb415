"""What a day's stored dialogues and deals gave: the findings for `skills.coaching.replay`. Stores and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.contracts.listening import Dialogue, Signal
from bot.flows.listening import Ears
from knowledge.signals.deal_rules import deal_signals
from skills.coaching.casework import Affair, Desk
from skills.coaching.pipeline import facts_of, key_of
from skills.coaching.policy import Account
from skills.coaching.replay import Answered, Item
from storage.database import Database
from storage.repositories.signals import StoredSignal, signal_id
from storage.store import Store

SLOT = timedelta(minutes=30)  # how often deals are looked at
ASSUMED = Answered(16, 20)  # of a person who never answered a prompt: there is nothing to halve


@dataclass(frozen=True, slots=True)
class Day:
    """What is replayed."""

    items: Sequence[Item]
    rates: dict[str, Answered]
    signals: int


async def read_day(database: Database, ears: Ears, desk: Desk, day: date) -> Day:
    """Everything that could have become a prompt on a day, by what is stored about it."""
    begin = datetime.combine(day, time(), desk.zone)
    end = begin + timedelta(days=1)
    ids = await database.read(lambda store: store.dialogues.active(begin, end))
    dialogues = await database.read(lambda store: store.dialogues.read_all(ids))
    signals = [one for dialogue in dialogues.values() for one in await _heard(ears, _until(dialogue, end), begin)]
    return await database.read(lambda store: _day(store, desk, [*signals, *_of_deals(store, desk, begin)]))


async def _heard(ears: Ears, dialogue: Dialogue, begin: datetime) -> list[StoredSignal]:
    new = {one.id for one in dialogue.utterances if one.at and one.at >= begin}
    detector = await ears.detector()
    found = await detector.of_utterances(dialogue, new=new)
    return [_stored(signal, _moment(signal, dialogue, begin), dialogue=dialogue) for signal in found]


def _until(dialogue: Dialogue, end: datetime) -> Dialogue:
    """What was said by the end of the day."""
    return replace(dialogue, utterances=tuple(one for one in dialogue.utterances if one.at and one.at < end))


def _of_deals(store: Store, desk: Desk, begin: datetime) -> list[StoredSignal]:
    """What became true of a deal on that day; what was true the evening before was told before."""
    found: list[StoredSignal] = []
    deals = [*store.deals.open(), *store.deals.closed(begin.date(), begin.date() + timedelta(days=3650))]
    for state in store.deal_states.of(list({deal.id: deal for deal in deals}.values())):
        if state.deal.created and state.deal.created > begin.date():
            continue
        moments = store.contacts.moments(deal_id=state.deal.id)
        known: set[tuple[str, str]] = set()
        for number in range(-1, 48):
            now = begin + SLOT * number
            facts = facts_of(state, moments, desk.zone, now)
            for signal in deal_signals(facts, desk.kinds, now):
                key = key_of(signal, facts)
                if (signal.kind, key) not in known and number >= 0:
                    deal = state.deal
                    found.append(_stored(signal, now, about=(deal.customer_id, deal.owner_id, deal.id), key=key))
                known.add((signal.kind, key))
    return found


def _stored(
    signal: Signal,
    at: datetime,
    dialogue: Dialogue | None = None,
    *,
    about: tuple[str, str, str] = ("", "", ""),
    key: str = "",
) -> StoredSignal:
    """As it would have been stored. `about`: customer, person and deal, where there is no dialogue."""
    dialogue_id = dialogue.id if dialogue else ""
    customer_id, person_id, deal_id = (
        (dialogue.customer_id, dialogue.person_id, dialogue.deal_id) if dialogue else about
    )
    id_ = signal_id(signal, dialogue_id=dialogue_id, deal_id=deal_id, key=key)
    told = dict(signal.values)
    return StoredSignal(
        id_, signal.kind, signal.score, at, at, dialogue_id, customer_id, person_id, deal_id, facts=told
    )


def _moment(signal: Signal, dialogue: Dialogue, begin: datetime) -> datetime:
    said = {one.id: one.at for one in dialogue.utterances}
    moments = [at for one in signal.evidence if (at := one.at or said.get(one.utterance_id)) is not None]
    return max(moments, default=begin)


def _day(store: Store, desk: Desk, signals: Sequence[StoredSignal]) -> Day:
    places = {id_: place for place, id_ in enumerate(store.customers.largest(desk.rules.top), 1)}
    affairs = desk.affairs(store, signals)
    customers = store.customers.records({affair.customer_id for affair in affairs})
    items: list[Item] = []
    for affair in affairs:
        customer = customers.get(affair.customer_id)
        amount = customer.annual_amount if customer else None
        account = Account(affair.customer_id, amount, places.get(affair.customer_id))
        items += _items(store, desk, affair, account)
    return Day(items, {id_: _rate(store, desk, id_) for id_ in {item.person_id for item in items}}, len(signals))


def _items(store: Store, desk: Desk, affair: Affair, account: Account) -> Iterable[Item]:
    at = affair.signal.happened_at.astimezone(desk.zone)
    for person_id, manages in desk.told(store, affair):
        visit = store.visits.now(person_id, at)
        visiting = visit.customer_id if visit else None
        yield Item(at, person_id, account, affair.event, desk.finding(affair.signal), manages, visiting)


def _rate(store: Store, desk: Desk, person_id: str) -> Answered:
    answers = store.prompts.answers(person_id, desk.rules.look_back)
    return Answered(answers.answered, answers.sent) if answers.sent else ASSUMED

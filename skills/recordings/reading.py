"""What the skill reads of storage, as the asker may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.contracts import Card, Context, Message, Press
from bot.contracts.listening import Source
from skills.recordings.cards import OFFERED, Maker
from skills.recordings.names import file_asked_about, is_recording
from skills.recordings.report import report_of

if TYPE_CHECKING:
    from storage.repositories.customers import Customer
    from storage.repositories.dialogues import DialogueRecord
    from storage.repositories.files import FileRecord
    from storage.store import Store

LISTED = 10
Draw = Callable[[Maker], Card]


def files_of(store: Store, message: Message) -> list[tuple[int, FileRecord]]:
    """The recordings of a message, with their numbers in it."""
    kept = ((number, store.files.get(f"{message.id}#{number}")) for number in range(len(message.attachments)))
    return [(number, file) for number, file in kept if file is not None and is_recording(file)]


def named(store: Store, context: Context, text: str) -> list[Customer]:
    """Customers whose name stands there; of names inside each other the longest."""
    found = store.customers.mentioned_in(context.person, text)
    longest = max((len(one.short_name or one.name) for one in found), default=0)
    return found if len(found) < 2 else [one for one in found if len(one.short_name or one.name) == longest]


def recent(store: Store, context: Context) -> list[Customer]:
    """Those of the last dialogues, then the largest."""
    who = context.person
    talked = [one.customer_id for one in store.dialogues.visible_to(who, person_id=who.id, limit=20) if one.customer_id]
    seen = {one.id: one for one in store.customers.seen(who, dict.fromkeys(talked))}
    known = [seen[id_] for id_ in dict.fromkeys(talked) if id_ in seen]
    return known + [one for one in store.customers.visible_to(who, limit=OFFERED) if one.id not in seen]


def _recordings(store: Store, context: Context, customer_id: str = "", person_id: str = "") -> list[DialogueRecord]:
    found = store.dialogues.visible_to(
        context.person, source=Source.RECORDING, customer_id=customer_id, person_id=person_id
    )
    return [one for one in found if one.state != "purged"]


def latest(store: Store, context: Context) -> tuple[list[DialogueRecord], dict[str, str]]:
    """The asker's own last recordings, and what their customers are called."""
    records = _recordings(store, context, person_id=context.person.id)[:LISTED]
    customers = store.customers.records({one.customer_id for one in records if one.customer_id})
    return records, {id_: one.short_name or one.name for id_, one in customers.items()}


def last(store: Store, context: Context, customers: Sequence[Customer]) -> Draw | None:
    """The card of the last finished recording: with the first of these customers, or of the asker's own."""
    found = (
        _recordings(store, context, customers[0].id)
        if customers
        else _recordings(store, context, person_id=context.person.id)
    )
    ready = [one for one in found if one.state == "ready"]
    return result(store, context, ready[0].id) if ready else None


def result(store: Store, context: Context, dialogue_id: str) -> Draw | None:
    """Makes the card of a finished recording, given who draws it; None when it isn't there for this viewer."""
    record = store.dialogues.seen(context.person, dialogue_id)
    if record is None or record.state != "ready":
        return None
    customer = store.customers.get(record.customer_id) if record.customer_id else None
    signals = [one.signal for one in store.signals.visible_to(context.person, dialogue_id=dialogue_id)]
    name = (customer.short_name or customer.name) if customer else ""
    report = report_of(record.summary)
    return lambda maker: maker.result(record, name, report, signals)


def asked_about(
    store: Store, press: Press, context: Context, customer_id: str
) -> tuple[FileRecord, Card, Customer | None] | None:
    """The file, card and customer of an answer to "whose recording is it?"; None where that isn't the asker's."""
    stored = store.cards.get(press.card_id)
    file = store.files.get(file_asked_about(press.card_id, stored.message_id)) if stored else None
    if stored is None or file is None or file.person_id != context.person.id:
        return None
    customers = store.customers.seen(context.person, [customer_id]) if customer_id else []
    if customer_id and not customers:
        return None
    return file, stored.card, customers[0] if customers else None

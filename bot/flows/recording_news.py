"""What a person hears about their recording: progress, reasons, and the card at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.contracts import Adapter, Address, Card, CardUpdate, Clock, Reply
from bot.flows.delivery import DeliveryFlow, parcel_id
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from config.locales import t
from skills.recordings.cards import Maker
from skills.recordings.report import Understood
from storage.database import Database
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.files import FileRecord
from storage.store import Store

SKILL = "recordings"
SHOWN_IN_PLACE = frozenset({"console", "slack"})  # a card can be changed there without a press
QUIET = timedelta(minutes=2)  # elsewhere a new message tells of progress, no oftener


class RecordingNews:
    """Posts to where the recording came from, or to the person's first channel."""

    def __init__(
        self, database: Database, delivery: DeliveryFlow, adapters: Mapping[str, Adapter], clock: Clock, public_url: str
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._adapters = adapters
        self._clock = clock
        self._public_url = public_url
        self._told: dict[str, datetime] = {}

    async def progress(self, record: DialogueRecord, file: FileRecord, done: int, total: int, minutes: int) -> None:
        """How far it is: a card that changes, or a message now and then."""
        key = f"recording:{record.id}:progress"

        def tell(store: Store) -> None:
            to, language = self._to(store, record, file), self._language(store, record)
            if to is None:
                return
            card = Maker(language, self._public_url).progress(record.id, file.name, done, total, minutes)
            if store.cards.get(card.id) is None:
                store.cards.add(card, SKILL, to, record.person_id, "", self._clock.now())
                self._post(store, key, Reply(to, card=card))
            elif to.channel in SHOWN_IN_PLACE:
                self._change(store, f"{key}:{done}", to, card, parcel_id(key))
            elif self._may_tell(record.id) and done < total:
                text = t("recordings.progress.text", language, name=file.name, percent=100 * done // total)
                self._post(store, f"{key}:{done}", Reply(to, text=text))

        await persistently(lambda: self._database.write(tell))
        self._told.setdefault(record.id, self._clock.now())

    def result(self, store: Store, dialogue_id: str, file: FileRecord, understood: Understood) -> None:
        """The card, inside the caller's transaction."""
        record = store.dialogues.get(dialogue_id)
        to = self._to(store, record, file) if record else None
        if record is None or to is None:
            return
        customer = store.customers.get(record.customer_id) if record.customer_id else None
        name = (customer.short_name or customer.name) if customer else ""
        maker = Maker(self._language(store, record), self._public_url)
        card = maker.result(record, name, understood.report, understood.signals)
        store.cards.add(card, SKILL, to, record.person_id, "", self._clock.now())
        self._post(store, f"recording:{record.id}:result", Reply(to, card=card))
        self._told.pop(record.id, None)

    def refused(self, store: Store, record: DialogueRecord, file: FileRecord, reason: str, why: str) -> None:
        """Why it can't be used, inside the caller's transaction."""
        to, language = self._to(store, record, file), self._language(store, record)
        if to is not None:
            why = t("recordings.internal", language) if reason == "internal" else why
            text = t("recordings.unusable", language, name=file.name, reason=why)
            self._post(store, f"recording:{record.id}:refused", Reply(to, text=text))

    async def unavailable(self, record: DialogueRecord, file: FileRecord, why: str) -> None:
        """Once, that listening doesn't work here yet."""

        def tell(store: Store) -> None:
            to, language = self._to(store, record, file), self._language(store, record)
            if to is not None:
                text = t("recordings.unavailable", language, name=file.name, reason=why)
                self._post(store, f"recording:{record.id}:unavailable", Reply(to, text=text))

        await persistently(lambda: self._database.write(tell))

    def _may_tell(self, dialogue_id: str) -> bool:
        now = self._clock.now()
        if now - self._told.get(dialogue_id, now) < QUIET:
            return False
        self._told[dialogue_id] = now
        return True

    def _change(self, store: Store, key: str, to: Address, card: Card, first: str) -> None:
        sent = store.deliveries.get(first)
        if to.channel == "slack" and not (sent and sent.reference):
            return  # not shown yet, so there is nothing to change
        store.cards.replace(card, self._clock.now())
        update = CardUpdate(card.id, sent.reference if sent and to.channel == "slack" else "")
        self._post(store, key, Reply(to, card=card, update=update))

    def _post(self, store: Store, key: str, reply: Reply) -> None:
        self._delivery.post(store, key, "", reply.to, self._adapters[reply.to.channel].render(reply))

    def _to(self, store: Store, record: DialogueRecord, file: FileRecord) -> Address | None:
        """Where the recording came from. From a group, which reads nothing of it, and from where nothing can be sent
        later: where the person reads alone.
        """
        stored = store.messages.get(file.message_id) if file.message_id else None
        adapter = self._adapters.get(stored.message.channel) if stored else None
        if stored and adapter and adapter.unasked and not stored.message.in_group:
            return Address(stored.message.channel, stored.message.conversation)
        person = store.people.get(record.person_id)
        return address_of(store, person, self._adapters) if person else None

    def _language(self, store: Store, record: DialogueRecord) -> str:
        person = store.people.get(record.person_id)
        return language_of(store, person) if person else "zh"

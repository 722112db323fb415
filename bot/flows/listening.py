"""What people and customers write to each other becomes dialogues, signals and prompts: consent first (A18)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Message
from bot.contracts.listening import Dialogue, Side, Signal, Source, Utterance
from bot.contracts.person import OPERATOR
from bot.flows.engine import Engine, Job
from bot.flows.persist import persistently
from knowledge.signals.deal_rules import deal_signals
from skills.coaching.casework import Desk, soon
from skills.coaching.pipeline import facts_of, key_of
from storage.database import Database
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.signals import signal_id
from storage.store import Store

if TYPE_CHECKING:
    from knowledge.signals.detector import Detector

WINDOW = timedelta(hours=72)  # A2: a risk is told within it, or is no risk of the moment any more
EMAIL = "email"  # the mailbox's channel
_EXTERNAL = re.compile(r"w[mo][A-Za-z0-9_-]{10,}")  # how WeCom names people outside the company
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")

Consider = Callable[[Sequence[str]], Awaitable[object]]
Names = Mapping[str, Sequence[str]]  # competitors: as shown → everything they are called
Labels = Sequence[tuple[str, str]]  # (kind, text) of false positives
MakeDetector = Callable[[Names, Labels], "Awaitable[Detector]"]


class Ears:
    """The detector, made when it is first needed, and again when competitors change or somebody labelled a false
    positive (A12)."""

    def __init__(self, make: MakeDetector, names: Callable[[], Names], database: Database) -> None:
        self._make, self._names, self._database = make, names, database
        self._detector: Detector | None = None
        self._knows: tuple[Names, Labels] | None = None
        self._lock = asyncio.Lock()

    async def detector(self) -> Detector:
        """The detector that knows every competitor and label."""
        found = await self._database.read(lambda store: store.labels.all("wrong"))
        labels = [(label.kind, label.text) for label in found]
        knows = self._names(), labels
        async with self._lock:
            if self._detector is None or knows != self._knows:
                self._detector, self._knows = await self._make(*knows), knows
            return self._detector


class ListeningFlow:
    """The doors: messages of groups, mails, the archive; and the look at deals every half hour."""

    def __init__(
        self, database: Database, engine: Engine, clock: Clock, desk: Desk, ears: Ears, consider: Consider
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._desk = desk
        self._ears = ears
        self._consider = consider

    async def hear(self, message: Message) -> None:
        """Keep what was written, if that was agreed to, together with the job that reads it."""
        if message.text.strip():
            await persistently(lambda: self._database.write(lambda store: self._keep(store, message)))

    async def examine(self, subject: str) -> None:
        """The job: find signals in what is new in a dialogue, and decide about them."""
        dialogue_id, _, first = subject.partition("\n")
        dialogue = await self._dialogue(dialogue_id)
        if dialogue is not None:
            new = [one.id for one in dialogue.utterances if one.id == first or one.id.startswith(f"{first}#")]
            await self._consider(await self._signals(dialogue, new))

    async def watch(self, slot: datetime) -> None:
        """Every half hour: chats that came by the archive, deals (A3), and whatever wasn't decided on yet (A2)."""
        now = self._clock.now()
        await self._read_archive(now)
        await persistently(lambda: self._database.write(lambda store: self._look_at_deals(store, now)))
        found = await persistently(lambda: self._database.read(lambda s: s.signals.between(now - WINDOW, soon(now))))
        if found:
            await self._consider([signal.id for signal in found])

    async def _dialogue(self, dialogue_id: str) -> Dialogue | None:
        return await persistently(lambda: self._database.read(lambda store: store.dialogues.read(dialogue_id)))

    async def _read_archive(self, now: datetime) -> None:
        since = now - WINDOW
        ids = await persistently(lambda: self._database.read(lambda store: store.dialogues.active(since, soon(now))))
        for dialogue_id in ids:
            dialogue = await self._dialogue(dialogue_id)
            if dialogue is not None and dialogue.source is not Source.RECORDING:
                await self._signals(dialogue, [one.id for one in dialogue.utterances if one.at and one.at >= since])

    async def _signals(self, dialogue: Dialogue, new: Sequence[str]) -> list[str]:
        """Find and keep; the ids of the signals, also of those that were known."""
        if not new:
            return []
        detector = await self._ears.detector()
        signals = await detector.of_utterances(dialogue, new=set(new))
        await persistently(lambda: self._database.write(lambda store: self._store(store, dialogue, signals)))
        return [signal_id(signal, dialogue_id=dialogue.id) for signal in signals]

    def _store(self, store: Store, dialogue: Dialogue, signals: Sequence[Signal]) -> None:
        now = self._clock.now()
        for signal in signals:
            happened = next((one.at for one in signal.evidence if one.at), None)
            store.signals.add(
                signal,
                happened_at=happened or dialogue.begun_at or now,
                found_at=now,
                dialogue_id=dialogue.id,
                customer_id=dialogue.customer_id,
                person_id=dialogue.person_id,
                deal_id=dialogue.deal_id,
            )

    def _look_at_deals(self, store: Store, now: datetime) -> None:
        """A signal of a deal is kept once for each "since when", so that it is told once."""
        for state in store.deal_states.open():
            deal = state.deal
            facts = facts_of(state, store.contacts.moments(deal_id=deal.id), self._desk.zone, now)
            for signal in deal_signals(facts, self._desk.kinds, now):
                store.signals.add(
                    signal,
                    happened_at=now,
                    found_at=now,
                    customer_id=deal.customer_id,
                    person_id=deal.owner_id,
                    deal_id=deal.id,
                    key=key_of(signal, facts),
                )

    def _keep(self, store: Store, message: Message) -> None:
        """In one transaction with the consent: nobody can take it back between the two."""
        record = _mail(store, message) if message.channel == EMAIL else _chat(store, message, self._desk.zone)
        if record is None or not store.consents.permits({"room": record.room, "customer": record.customer_id}):
            return
        store.dialogues.open(record)
        if store.dialogues.add(record.id, _utterances(store, message)):
            job = Job("listening", f"listening:{message.id}", f"{record.id}\n{message.id}", partition=record.id)
            self._engine.enqueue(store, job)


def room_of(message: Message) -> str:
    """The id of a group as its platform's administrators see it: without thread and prefix."""
    return message.conversation.removeprefix("group:").partition(":")[0]


def _chat(store: Store, message: Message, zone: ZoneInfo) -> DialogueRecord | None:
    """The dialogue of a room's week. Whose room it is was said by `xiaoce chats import`; else nothing is kept."""
    room = room_of(message)
    known = store.dialogues.of_room(room)
    if known is None or not known.customer_id:
        return None
    year, week, _ = message.at.astimezone(zone).isocalendar()
    return DialogueRecord(
        f"{room}:{year}-W{week:02}",
        Source.CHAT,
        message.at,
        known.customer_id,
        known.person_id,
        known.deal_id,
        known.title,
        message.at,
        known.language,
        "ready",
        room=room,
        contacts=known.contacts,
    )


def _mail(store: Store, message: Message) -> DialogueRecord | None:
    """The dialogue of one mail, if it names exactly one customer."""
    found = store.customers.mentioned_in(OPERATOR, message.text)
    if len(found) != 1:
        return None
    [customer] = found
    owner, subject = customer.owner_id, message.text.strip().splitlines()[0][:80]
    return DialogueRecord(
        f"email:{message.id}", Source.EMAIL, message.at, customer.id, owner, "", subject, message.at, state="ready"
    )


def _utterances(store: Store, message: Message) -> list[Utterance]:
    """A chat message as it is; a mail in its sentences."""
    person = store.people.by_account(message.channel, message.sender)
    side, name = (Side.OURS, person.name) if person else (_side_of_stranger(message), "")
    if message.channel != EMAIL:
        return [Utterance(message.id, message.text, side, name, message.at)]
    parts = [part.group().strip() for part in _SENTENCE.finditer(message.text)]
    sentences = [part for part in parts if part]
    return [Utterance(f"{message.id}#{n}", text, side, name, message.at) for n, text in enumerate(sentences, 1)]


def _side_of_stranger(message: Message) -> Side:
    """WeCom's names tell who is from outside; elsewhere it is not known, and not guessed."""
    return Side.THEIRS if _EXTERNAL.fullmatch(message.sender) or message.channel == EMAIL else Side.UNKNOWN

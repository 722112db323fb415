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
from bot.flows.engine import Engine, Job
from bot.flows.mail import MailFlow
from bot.flows.persist import persistently
from bot.flows.reach import language_of
from knowledge.clauses.notice import terms_of, with_notice
from knowledge.listening.people import Directory
from knowledge.signals.calibration import Calibration, in_force
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

Consider = Callable[[Sequence[str]], Awaitable[object]]
ByRules = Callable[[Dialogue, Sequence[str]], Awaitable[Sequence[str]]]  # signals of own rules, at new utterances
ByRisk = Callable[[Dialogue], Awaitable[Sequence[str]]]  # the predictor's signal of a dialogue as a whole
Names = Mapping[str, Sequence[str]]  # competitors: as shown → everything they are called
MakeDetector = Callable[[Names, Calibration], "Awaitable[Detector]"]


class Ears:
    """The detector, made when it is first needed, and again when competitors change or three parties agreed on a
    change or took it back (A12): every process looks before it listens."""

    def __init__(self, make: MakeDetector, names: Callable[[], Names], database: Database) -> None:
        self._make, self._names, self._database = make, names, database
        self._detector: Detector | None = None
        self._knows: tuple[Names, Calibration] | None = None
        self._lock = asyncio.Lock()

    async def detector(self) -> Detector:
        """The detector that knows every competitor and what was agreed on."""
        knows = self._names(), await self._database.read(in_force)
        async with self._lock:
            if self._detector is None or knows != self._knows:
                self._detector, self._knows = await self._make(*knows), knows
            return self._detector

    async def would_be(self, calibration: Calibration) -> Detector:
        """A detector that differs: to see what a change would do. The one in use stays as it is."""
        return await self._make(self._names(), calibration)


class ListeningFlow:
    """The doors: messages of groups, mails, the archive; and the look at deals every half hour."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        desk: Desk,
        ears: Ears,
        consider: Consider,
        mails: MailFlow,
        by_rules: ByRules,
        by_risk: ByRisk,
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._desk = desk
        self._ears = ears
        self._consider = consider
        self._mails = mails
        self._by_rules = by_rules
        self._by_risk = by_risk

    async def hear(self, message: Message) -> None:
        """Keep what was written, if that was agreed to, together with the job that reads it."""
        if message.channel == EMAIL:
            await self._mails.came(message)
        elif message.text.strip():
            await persistently(lambda: self._database.write(lambda store: self._keep(store, message)))

    async def examine(self, subject: str) -> None:
        """The job: find signals in what is new in a dialogue, and decide about them."""
        dialogue_id, *first = subject.split("\n")
        dialogue = await self._dialogue(dialogue_id)
        if dialogue is not None:
            new = [one.id for one in dialogue.utterances if not {one.id, one.id.rpartition("#")[0]}.isdisjoint(first)]
            await self._consider(await self._signals(dialogue, new))

    async def recorded(self, dialogue_id: str, signal_ids: Sequence[str]) -> None:
        """Decide about a recording that was understood just now, about what people's own rules hear in it, and about
        its risk (A5)."""
        dialogue = await self._dialogue(dialogue_id)
        own = await self._by_rules(dialogue, [one.id for one in dialogue.utterances]) if dialogue else []
        risk = await self._by_risk(dialogue) if dialogue else []
        await self._consider([*signal_ids, *own, *risk])

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
                await self._by_risk(dialogue)

    async def _signals(self, dialogue: Dialogue, new: Sequence[str]) -> list[str]:
        """Find and keep; the ids of the signals, also of those that were known."""
        if not new:
            return []
        detector = await self._ears.detector()
        signals = await detector.of_utterances(dialogue, new=set(new))
        if dialogue.source is Source.EMAIL:
            terms = terms_of(dialogue, self._desk.zone)
            signals = with_notice(signals, dialogue, terms, await self._language(dialogue.person_id))
        await persistently(lambda: self._database.write(lambda store: self._store(store, dialogue, signals)))
        found = [signal_id(signal, dialogue_id=dialogue.id) for signal in signals]
        return [*found, *await self._by_rules(dialogue, new)]

    async def _language(self, person_id: str) -> str:
        """What whoever is told reads."""

        def look(store: Store) -> str:
            person = store.people.get(person_id)
            return language_of(store, person) if person else "zh"

        return await persistently(lambda: self._database.read(look))

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
        record = _chat(store, message, self._desk.zone)
        if record is None or not store.consents.permits({"room": record.room, "customer": record.customer_id}):
            return
        store.dialogues.open(record)
        if store.dialogues.add(record.id, [_utterance(store, message, record.customer_id)]):
            subject = subject_of(record.id, [message.id])
            job = Job("listening", f"listening:{message.id}", subject, partition=record.id)
            self._engine.enqueue(store, job)


def subject_of(dialogue_id: str, new: Sequence[str]) -> str:
    """What the job is about: these utterances (or the mail that they are numbered by) are new in this dialogue."""
    return "\n".join((dialogue_id, *new))


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


def _utterance(store: Store, message: Message, customer_id: str) -> Utterance:
    person = store.people.by_account(message.channel, message.sender)
    if person:
        return Utterance(message.id, message.text, Side.OURS, person.name, message.at)
    theirs = Directory(store.customer_people.of_customers([customer_id]).get(customer_id, ())).who(message.sender)
    side, name = (Side.THEIRS, theirs.name) if theirs else (_side_of_stranger(message), "")
    return Utterance(message.id, message.text, side, name, message.at, account=message.sender)


def _side_of_stranger(message: Message) -> Side:
    """WeCom's names tell who is from outside; elsewhere it is not known, and not guessed."""
    return Side.THEIRS if _EXTERNAL.fullmatch(message.sender) else Side.UNKNOWN

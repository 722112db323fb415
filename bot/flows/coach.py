"""From signals to prompts: decided, recorded, and put on the delivery list in one transaction (A8–A11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.contracts import Adapter, Address, Card, Clock, Person, Reply
from bot.contracts.listening import Source
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.playbook import Playbook
from knowledge.working_days import is_working_day
from skills.coaching.cards import Maker, Shown
from skills.coaching.casework import Desk, soon
from skills.coaching.times import is_drill, is_quiet
from storage.database import Database
from storage.repositories.prompts import Prompt, State
from storage.store import Store

SKILL = "coaching"
DIGEST_DAYS = timedelta(days=7)  # what waited longer for a digest is no news any more

Wanted = Callable[[Prompt], bool]
SENT: tuple[State, ...] = ("sent",)
WAITING: tuple[State, ...] = ("digest",)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A prompt with what its card is made of."""

    prompt: Prompt
    person: Person
    language: str
    to: Address
    shown: Shown


class CoachFlow:
    """Decides about signals and tells people. The bot never writes to a customer (D2): only to our own people."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        playbook: Playbook,
        clock: Clock,
        desk: Desk,
        public_url: str,
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._adapters = adapters
        self._playbook = playbook
        self._clock = clock
        self._desk = desk
        self._public_url = public_url

    async def consider(self, signal_ids: Sequence[str]) -> list[Prompt]:
        """Decide about stored signals, record it and send. Done twice, the second time does nothing."""
        now = self._clock.now()
        prompts = await persistently(lambda: self._database.read(lambda store: self._decided(store, signal_ids, now)))
        ready = await persistently(lambda: self._database.read(lambda store: self._ready(store, prompts)))
        cards = {one.prompt.id: await self._card(one, now) for one in ready}
        return await persistently(lambda: self._database.write(lambda store: self._keep(store, prompts, ready, cards)))

    async def put_off(self) -> None:
        """Prompts that were put off come again, once, when they may; those that nobody answered count as ignored."""
        now, rules = self._clock.now(), self._desk.rules

        def look(store: Store) -> list[Prompt]:
            sent = store.prompts.visible_to(OPERATOR, now - DIGEST_DAYS, soon(now), states=SENT, limit=10_000)
            due = now - timedelta(hours=rules.later_hours)
            late = [one for one in sent if one.response == "later" and one.responded_at and one.responded_at <= due]
            again = [_again(one, now) for one in late if not self._waits(store, one, now)]
            return [one for one in again if store.prompts.get(one.id) is None]

        prompts = await persistently(lambda: self._database.read(look))
        ready = await persistently(lambda: self._database.read(lambda store: self._ready(store, prompts)))
        cards = {one.prompt.id: await self._card(one, now) for one in ready}
        silent = now - timedelta(hours=rules.ignored_hours)

        def keep(store: Store) -> None:
            self._keep(store, prompts, ready, cards)
            store.prompts.ignore_older(silent, now)

        await persistently(lambda: self._database.write(keep))

    async def morning(self, slot: datetime) -> None:
        """What came in quiet hours and couldn't be told at once."""
        await self._digest(slot, lambda prompt: prompt.priority != "low")

    async def evening(self, slot: datetime) -> None:
        """Everything that could wait, in one card (A11)."""
        await self._digest(slot, lambda prompt: True)

    def _decided(self, store: Store, signal_ids: Sequence[str], now: datetime) -> list[Prompt]:
        return self._desk.prompts(store, self._desk.affairs(store, store.signals.these(signal_ids)), now)

    def _ready(self, store: Store, prompts: Sequence[Prompt]) -> list[_Ready]:
        found = (self._prepared(store, prompt) for prompt in prompts if prompt.state == "sent")
        return [one for one in found if one is not None]

    def _prepared(self, store: Store, prompt: Prompt) -> _Ready | None:
        person = store.people.get(prompt.person_id)
        to = address_of(store, person, self._adapters) if person else None
        shown = self._shown(store, prompt)
        if person is None or to is None or shown is None:
            return None
        return _Ready(prompt, person, language_of(store, person), to, shown)

    def _shown(self, store: Store, prompt: Prompt) -> Shown | None:
        signal = next(iter(store.signals.these(prompt.signal_ids[:1])), None)
        customer = store.customers.get(prompt.customer_id) if prompt.customer_id else None
        record = store.dialogues.get(prompt.dialogue_id) if prompt.dialogue_id else None
        if signal is None:  # purged meanwhile
            return None
        name = (customer.short_name or customer.name) if customer else ""
        recording = record is not None and record.source is Source.RECORDING
        return Shown(self._desk.kinds[prompt.kind], signal.signal, name, recording=recording)

    async def _card(self, ready: _Ready, now: datetime) -> Card:
        shown = replace(ready.shown, talktrack=await self._talktrack(ready, now))
        return self._maker(ready.language, now).prompt(shown)

    async def _talktrack(self, ready: _Ready, now: datetime) -> PlaybookCard | None:
        """What to say, from the playbook by the kind's question, for this customer and stage; None: it has none."""
        ask, signal = ready.shown.kind.policy.ask, ready.shown.signal
        if ask is None:
            return None
        stage, product = await self._database.read(lambda store: _occasion(store, ready.prompt))
        question = ask[ready.language].replace("{name}", signal.values.get("name", ""))
        today = now.astimezone(self._desk.zone).date()
        try:
            found = await self._playbook.find(
                question, language=ready.language, today=today, stage=stage, product=product
            )
        except Exception:  # a prompt without a talk-track is better than none
            log.exception("no talk-track for a prompt", kind=ready.prompt.kind)
            return None
        return found.best

    def _keep(
        self, store: Store, prompts: Sequence[Prompt], ready: Sequence[_Ready], cards: Mapping[str, Card]
    ) -> list[Prompt]:
        """Record every decision; send what may be sent. What has no address is withheld."""
        by_id = {one.prompt.id: one for one in ready}
        kept: list[Prompt] = []
        for decided in prompts:
            able = by_id.get(decided.id)
            lost = decided.state == "sent" and able is None
            prompt = replace(decided, state="withheld", reason="no_address", event="") if lost else decided
            if not store.prompts.add(prompt):  # another process was quicker, or told of this event meanwhile
                store.prompts.add(replace(prompt, state="withheld", reason="event"))
                continue
            kept.append(prompt)
            if prompt.state == "sent" and able is not None:
                self._send(store, able, cards[prompt.id])
        return kept

    def _send(self, store: Store, ready: _Ready, card: Card) -> None:
        store.prompts.shown_as(ready.prompt.id, card.id)
        self._post(store, f"prompt:{ready.prompt.id}", card, ready.to, ready.person, [ready.prompt.id])

    def _post(self, store: Store, key: str, card: Card, to: Address, person: Person, ids: Sequence[str]) -> None:
        context = {"prompts": list(ids)}
        store.cards.add(card, SKILL, to, person.id, "", self._clock.now(), context=context)
        self._delivery.post(store, key, "", to, self._adapters[to.channel].render(Reply(to, card=card)))

    async def _digest(self, slot: datetime, wanted: Wanted) -> None:
        now = self._clock.now()
        if self._desk.rules.working_days and not is_working_day(slot.astimezone(self._desk.zone).date()):
            return
        await persistently(lambda: self._database.write(lambda store: self._digests(store, slot, now, wanted)))

    def _digests(self, store: Store, slot: datetime, now: datetime, wanted: Wanted) -> None:
        since = now - DIGEST_DAYS
        waiting = store.prompts.visible_to(OPERATOR, since, soon(now), states=WAITING, limit=10_000)
        people: dict[str, list[Prompt]] = {}
        for prompt in reversed(waiting):
            if not prompt.card_id and wanted(prompt):
                people.setdefault(prompt.person_id, []).append(prompt)
        for person_id, prompts in sorted(people.items()):
            person = store.people.get(person_id)
            to = address_of(store, person, self._adapters) if person else None
            sla = [one for one in prompts if one.kind in self._desk.rules.sla_kinds]
            some = sla if self._is_muted(store, person_id, now) else prompts
            if some and person is not None and to is not None:
                self._post_digest(store, slot, now, person, to, some)

    def _post_digest(
        self, store: Store, slot: datetime, now: datetime, person: Person, to: Address, prompts: Sequence[Prompt]
    ) -> None:
        maker = self._maker(language_of(store, person), now)
        shown = [(prompt, self._shown(store, prompt)) for prompt in prompts]
        items = [(one.customer, maker.headline(one)) for _, one in shown if one is not None]
        if not items:
            return
        card = maker.digest(items)
        for prompt, _ in shown:
            store.prompts.shown_as(prompt.id, card.id)
        self._post(store, f"digest:{person.id}:{slot.isoformat()}", card, to, person, [one.id for one in prompts])

    def _waits(self, store: Store, prompt: Prompt, now: datetime) -> bool:
        """Whether what is due may not be told now: quiet hours and practice pass, and whoever is mute may end that."""
        local, rules = now.astimezone(self._desk.zone), self._desk.rules
        if is_quiet(local, rules) or is_drill(local, rules):
            return True
        return prompt.kind not in rules.sla_kinds and self._is_muted(store, prompt.person_id, now)

    def _is_muted(self, store: Store, person_id: str, now: datetime) -> bool:
        wishes = self._desk.wishes(store, person_id)
        return wishes.level == "basic" or (wishes.muted_until is not None and now < wishes.muted_until)

    def _maker(self, language: str, now: datetime) -> Maker:
        return Maker(language, self._public_url, now.astimezone(self._desk.zone))


def _again(prompt: Prompt, now: datetime) -> Prompt:
    """The same prompt once more; it counts for no event, so that nothing keeps it back."""
    return replace(
        prompt, id=f"{prompt.id}:later", decided_at=now, event="", card_id="", response="", responded_at=None
    )


def _occasion(store: Store, prompt: Prompt) -> tuple[str | None, str | None]:
    """Stage and product of the deal, where they are known."""
    deal = store.deals.get(prompt.deal_id) if prompt.deal_id else None
    return (deal.stage or None, deal.product or None) if deal else (None, None)

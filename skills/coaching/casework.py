"""From stored signals to cases for the policy, and from its decisions to prompts. Reads, and sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts.listening import Source
from bot.contracts.person import OPERATOR, Role
from config.groups.coaching import Coaching
from knowledge.signals.kind import Kind
from skills.coaching.policy import LEVELS, LOW, Account, Case, Decision, Finding, History, Wishes, decide
from storage.repositories.prompts import Prompt

if TYPE_CHECKING:
    from storage.repositories.signals import StoredSignal
    from storage.store import Store

LEVEL, MUTED = "coaching_level", "coaching_muted_until"  # names of preferences


@dataclass(frozen=True, slots=True)
class Affair:
    """One signal with what it is about, whoever noted that."""

    signal: StoredSignal
    customer_id: str
    person_id: str  # our salesperson
    event: str  # at most one card for each customer and event


@dataclass(frozen=True, slots=True)
class Desk:
    """The policy at work on stored facts."""

    kinds: Mapping[str, Kind]
    rules: Coaching
    zone: ZoneInfo

    def affairs(self, store: Store, signals: Sequence[StoredSignal]) -> list[Affair]:
        """What the signals are about. Those whose customer nobody knows yet wait until somebody does."""
        records = store.dialogues.records({signal.dialogue_id for signal in signals if signal.dialogue_id})
        customers = store.customers.records({signal.customer_id for signal in signals if signal.customer_id})
        found = []
        for signal in signals:
            record = records.get(signal.dialogue_id)
            customer_id = signal.customer_id or (record.customer_id if record else "")
            owner = customers[customer_id].owner_id if customer_id in customers else ""
            person_id = signal.person_id or (record.person_id if record else "") or owner
            if customer_id and signal.kind in self.kinds:
                recording = record is not None and record.source is Source.RECORDING
                found.append(Affair(signal, customer_id, person_id, self._event(signal, recording=recording)))
        return found

    def prompts(self, store: Store, affairs: Sequence[Affair], now: datetime) -> list[Prompt]:
        """Decisions about affairs that were not decided on before, grouped by person, customer and event."""
        groups: dict[tuple[str, bool, str, str], list[Affair]] = {}
        for affair in affairs:
            for person_id, manages in self.told(store, affair):
                if store.prompts.get(prompt_id(affair.signal, person_id)) is None:
                    groups.setdefault((person_id, manages, affair.customer_id, affair.event), []).append(affair)
        places = {id_: place for place, id_ in enumerate(store.customers.largest(self.rules.top), 1)}
        found: list[Prompt] = []
        for (person_id, manages, customer_id, event), some in sorted(groups.items(), key=_urgency(self.kinds)):
            case = self._case(store, person_id, customer_id, event, some, places, found, now, manages=manages)
            found += [_prompt(one, some, person_id, event, now) for one in decide(case, self.rules)]
        return found

    def wishes(self, store: Store, person_id: str) -> Wishes:
        """What a person chose."""
        chosen = store.preferences.get(person_id)
        level, until = str(chosen.get(LEVEL) or ""), str(chosen.get(MUTED) or "")
        return Wishes(level if level in LEVELS else self.rules.level, datetime.fromisoformat(until) if until else None)

    def day(self, now: datetime) -> datetime:
        """When the day began."""
        return datetime.combine(now.astimezone(self.zone).date(), time(), self.zone)

    def history(self, store: Store, person_id: str, now: datetime) -> History:
        """What a person got, and did with it, whatever the customer."""
        answers = store.prompts.answers(person_id, self.rules.look_back)
        today = store.prompts.of_person(person_id, self.day(now), soon(now))
        return History(answers.answered, answers.sent, len(today))

    def _event(self, signal: StoredSignal, *, recording: bool) -> str:
        """A recording is one event; of a chat, a mail and of deals every day is one."""
        if recording:
            return signal.dialogue_id
        return f"{signal.dialogue_id or 'deals'}@{signal.happened_at.astimezone(self.zone):%Y-%m-%d}"

    def told(self, store: Store, affair: Affair) -> list[tuple[str, bool]]:
        """Whom to tell, and whether as a manager. A broken promise always reaches the manager."""
        tell = set(self.kinds[affair.signal.kind].policy.tell)
        if affair.signal.kind in self.rules.sla_kinds:
            tell.add("manager")
        person = store.people.get(affair.person_id) if affair.person_id else None
        told = [(person.id, False)] if person and "rep" in tell else []
        if person and "manager" in tell and person.manager_id:
            told.append((person.manager_id, True))
        if "channel_owner" in tell:
            everybody = store.people.visible_to(OPERATOR)
            told += [(one.id, False) for one in everybody if one.role is Role.CHANNEL_OWNER]
        return list(dict.fromkeys(told))

    def _case(
        self,
        store: Store,
        person_id: str,
        customer_id: str,
        event: str,
        affairs: Sequence[Affair],
        places: Mapping[str, int],
        decided: Sequence[Prompt],
        now: datetime,
        *,
        manages: bool,
    ) -> Case:
        customer = store.customers.get(customer_id)
        visit = store.visits.now(person_id, now)
        return Case(
            now.astimezone(self.zone),
            Account(customer_id, customer.annual_amount if customer else None, places.get(customer_id)),
            [self.finding(affair.signal) for affair in affairs],
            self.wishes(store, person_id),
            self._history(store, person_id, customer_id, event, affairs, decided, now),
            visit.customer_id if visit else None,
            manages,
        )

    def _history(
        self,
        store: Store,
        person_id: str,
        customer_id: str,
        event: str,
        affairs: Sequence[Affair],
        decided: Sequence[Prompt],
        now: datetime,
    ) -> History:
        """With what was decided a moment ago and isn't stored yet."""
        history = self.history(store, person_id, now)
        just = [one for one in decided if one.person_id == person_id and one.state == "sent"]
        told = any(
            one.person_id == person_id and one.state == "sent"
            for one in (*store.prompts.of_event(customer_id, event), *just)
            if one.customer_id == customer_id and one.event == event
        )
        last: dict[str, datetime] = {}
        for kind in {affair.signal.kind for affair in affairs}:
            sent = store.prompts.last_sent(person_id, kind=kind, customer_id=customer_id)
            if sent is not None:
                last[kind] = sent
        return History(history.answered, history.of, history.today + len(just), told, last)

    def finding(self, signal: StoredSignal) -> Finding:
        """The signal as the policy sees it."""
        kind = self.kinds[signal.kind]
        own = kind.method == "rule"
        waits = own and signal.facts.get("when") == "digest"
        importance = min(kind.priority, LOW - 1) if waits else kind.priority
        return Finding(signal.id, kind.key, importance, signal.sureness, kind.policy.cool_down_hours, wanted=own)


def soon(now: datetime) -> datetime:
    """A moment that is not over yet: ranges end before their end."""
    return now + timedelta(seconds=1)


def prompt_id(signal: StoredSignal, person_id: str) -> str:
    """The same for the same signal and person, so that it is decided once."""
    return f"{signal.id}:{person_id}"


def _prompt(decision: Decision, affairs: Sequence[Affair], person_id: str, event: str, now: datetime) -> Prompt:
    affair = next(one for one in affairs if one.signal.id == decision.finding.signal_id)
    return Prompt(
        prompt_id(affair.signal, person_id),
        decision.finding.kind,
        person_id,
        decision.state,
        now,
        (affair.signal.id,),
        affair.customer_id,
        affair.signal.deal_id,
        affair.signal.dialogue_id,
        event,
        decision.finding.priority,
        decision.reason,
        dict(decision.arithmetic),
    )


def _urgency(kinds: Mapping[str, Kind]) -> Any:
    """The most important first, so that a day's limit is used up by what matters."""

    def key(item: tuple[tuple[str, bool, str, str], list[Affair]]) -> tuple[Any, ...]:
        return (-max(kinds[affair.signal.kind].priority for affair in item[1]), item[0])

    return key

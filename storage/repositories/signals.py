"""What was noticed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from bot.contracts.listening import Evidence, Signal
from bot.contracts.person import Person
from storage.listening_codec import evidence_json, evidence_of, name_of
from storage.permissions import visible
from storage.records import Records
from storage.repositories.dialogues import Dialogues
from storage.tables import SignalRow
from storage.tables.listening import OWN_RULE
from storage.upsert import table_of


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A signal, and what it is about."""

    id: str
    kind: str
    sureness: float  # the signal's score, 0..1
    happened_at: datetime
    found_at: datetime
    dialogue_id: str = ""
    customer_id: str = ""
    person_id: str = ""
    deal_id: str = ""
    evidence: tuple[Any, ...] = ()  # as it is kept: `Evidence` in `signal`
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def signal(self) -> Signal:
        """As it was found."""
        return Signal(self.kind, self.sureness, self.quotes, dict(self.facts))

    @property
    def quotes(self) -> tuple[Evidence, ...]:
        """What it rests on."""
        return evidence_of(self.evidence)


_signals = table_of(SignalRow)


def signal_id(signal: Signal, *, dialogue_id: str = "", deal_id: str = "", customer_id: str = "", key: str = "") -> str:
    """The same for the same finding: kind, what it is about, and the utterances it rests on, or a `key` of its own.

    Without evidence it is one of its kind per dialogue, deal or customer; pass a `key` (a day, a stage) where it may
    come again.
    """
    rests_on = key or " ".join(sorted({f"{one.dialogue_id}/{one.utterance_id}" for one in signal.evidence}))
    return name_of(signal.kind, dialogue_id or deal_id or customer_id, rests_on)


class Signals:
    """The signals. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, SignalRow, StoredSignal)

    def add(
        self,
        signal: Signal,
        *,
        happened_at: datetime,
        found_at: datetime,
        dialogue_id: str = "",
        customer_id: str = "",
        person_id: str = "",
        deal_id: str = "",
        key: str = "",
    ) -> StoredSignal | None:
        """Keep it. None when it was found before, or when its dialogue was purged meanwhile."""
        if dialogue_id and not Dialogues(self._session).holds(dialogue_id):
            return None
        stored = StoredSignal(
            signal_id(signal, dialogue_id=dialogue_id, deal_id=deal_id, customer_id=customer_id, key=key),
            signal.kind,
            signal.score,
            happened_at,
            found_at,
            dialogue_id,
            customer_id,
            person_id,
            deal_id,
            evidence_json(signal.evidence),
            dict(signal.values),
        )
        return stored if self._records.add(stored) else None

    def visible_to(
        self,
        viewer: Person,
        *,
        customer_id: str = "",
        dialogue_id: str = "",
        kinds: Collection[str] = (),
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[StoredSignal]:
        """Signals the viewer may see, the latest first."""
        query = self._records.select().where(visible(viewer, SignalRow))
        query = query.where(_signals.c.customer_id == customer_id) if customer_id else query
        query = query.where(_signals.c.dialogue_id == dialogue_id) if dialogue_id else query
        query = query.where(_signals.c.kind.in_(kinds)) if kinds else query
        query = query.where(_signals.c.happened_at >= since) if since else query
        return self._records.found(query.order_by(_signals.c.happened_at.desc(), _signals.c.id).limit(limit))

    def between(self, since: datetime, until: datetime, kinds: Collection[str] = ()) -> list[StoredSignal]:
        """All that happened in a time, the oldest first, for replays."""
        query = self._records.select().where(_signals.c.happened_at >= since, _signals.c.happened_at < until)
        query = query.where(_signals.c.kind.in_(kinds)) if kinds else query
        return self._records.found(query.order_by(_signals.c.happened_at, _signals.c.id))

    def of_rule(self, owner_id: str, customer_id: str, rule_id: str) -> list[StoredSignal]:
        """What somebody's own rule found about a customer, the latest first, for the flows."""
        about = _signals.c.kind == OWN_RULE, _signals.c.person_id == owner_id, _signals.c.customer_id == customer_id
        query = self._records.select().where(*about).order_by(_signals.c.happened_at.desc(), _signals.c.id).limit(100)
        return [one for one in self._records.found(query) if one.facts.get("rule_id") == rule_id]

    def get(self, id_: str) -> StoredSignal | None:
        """One signal, for the flows."""
        return self._records.get(id_)

    def these(self, ids: Iterable[str]) -> list[StoredSignal]:
        """Several, for the flows, in the order of the ids; unknown ones are left out."""
        wanted = list(ids)
        found = self._records.these(wanted)
        return [found[id_] for id_ in wanted if id_ in found]

    def forget(self, dialogue_id: str, utterance_ids: Sequence[str]) -> int:
        """Delete what rests on utterances that were taken back; how many signals."""
        query = select(_signals.c.id, _signals.c.evidence).where(_signals.c.dialogue_id == dialogue_id)
        gone = set(utterance_ids)
        rows = self._session.connection().execute(query)
        ids = [id_ for id_, found in rows if any(one["utterance_id"] in gone for one in found)]
        self._session.connection().execute(delete(_signals).where(_signals.c.id.in_(ids)))
        return len(ids)

    def forget_all(self, dialogue_id: str) -> None:
        """Delete everything that was found in a dialogue, which is read anew."""
        self._session.connection().execute(delete(_signals).where(_signals.c.dialogue_id == dialogue_id))

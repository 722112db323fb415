"""Questions in figures: subscriptions to their answers, and what was asked (B9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, true, update
from sqlmodel import Session

from bot.contracts.person import Person, Role
from storage.tables import AskedRow, SubscriptionRow
from storage.upsert import add_new, table_of

MOST = 20
"""Subscriptions that a person may have at a time."""
_SEE_ALL = frozenset({Role.SALES_OPS, Role.ADMIN})

_subscriptions, _asked = table_of(SubscriptionRow), table_of(AskedRow)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One, as it is now. `slot`: the last time that was dealt with, sent or not."""

    id: str
    person_id: str
    words: tuple[str, ...]
    plan: Mapping[str, Any]
    rhythm: str
    minute: int
    created_at: datetime
    language: str = "zh"
    number: int = 0
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and its outcome: answered, asked_back, unknown, refused."""

    at: datetime
    person_id: str
    text: str
    outcome: str
    plan: Mapping[str, Any] = field(default_factory=dict)


class Questions:
    """Everybody sees and ends their own subscriptions only; the flow that sends sees all."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def subscribe(self, one: Subscription) -> Subscription | None:
        """Keep a new one under the lowest free number; None when its owner has all numbers in use."""
        used = {known.number for known in self.subscriptions_of(one.person_id)}
        for number in (free for free in range(1, MOST + 1) if free not in used):
            values = {
                "id": one.id,
                "person_id": one.person_id,
                "number": number,
                "words": list(one.words),
                "plan": dict(one.plan),
                "language": one.language,
                "rhythm": one.rhythm,
                "minute": one.minute,
                "created_at": one.created_at,
                "slot": None,
                "ended_at": None,
                "ended_why": "",
            }
            if add_new(self._session, SubscriptionRow, values):  # else somebody else's press took the number just now
                return replace(one, number=number)
        return None

    def subscriptions_of(self, person_id: str) -> list[Subscription]:
        """A person's, by number."""
        here = _subscriptions.c.ended_at.is_(None), _subscriptions.c.person_id == person_id
        return self._found(*here)

    def running(self) -> list[Subscription]:
        """Everybody's, for the flow that sends."""
        return self._found(_subscriptions.c.ended_at.is_(None))

    def claim(self, id_: str, slot: datetime, before: datetime | None) -> bool:
        """Deal with this time: once, whoever asks first. False when another process has it, or it has ended."""
        here = _subscriptions.c.id == id_, _subscriptions.c.ended_at.is_(None)
        seen = _subscriptions.c.slot.is_(None) if before is None else _subscriptions.c.slot == before
        change = update(_subscriptions).where(*here, seen).values(slot=slot).returning(_subscriptions.c.id)
        return self._session.connection().execute(change).first() is not None

    def end(self, id_: str, person_id: str, why: str, at: datetime) -> bool:
        """Send it no more. False when it isn't theirs, or has ended."""
        here = _subscriptions.c.id == id_, _subscriptions.c.person_id == person_id, _subscriptions.c.ended_at.is_(None)
        change = update(_subscriptions).where(*here).values(ended_at=at, ended_why=why).returning(_subscriptions.c.id)
        return self._session.connection().execute(change).first() is not None

    def note(self, asked: Asked) -> None:
        """Keep what was asked."""
        row = AskedRow(
            at=asked.at, person_id=asked.person_id, text=asked.text, outcome=asked.outcome, plan=dict(asked.plan)
        )
        self._session.add(row)

    def not_understood(self, viewer: Person, since: datetime, limit: int) -> list[Asked]:
        """The latest questions that got no answer: everybody's for sales ops and admins, else one's own."""
        mine: ColumnElement[bool] = true() if viewer.role in _SEE_ALL else _asked.c.person_id == viewer.id
        open_ = or_(_asked.c.outcome == "unknown", _asked.c.outcome == "asked_back")
        query = select(_asked).where(_asked.c.at >= since, open_, mine)
        rows = self._session.connection().execute(query.order_by(_asked.c.at.desc(), _asked.c.id.desc()).limit(limit))
        return [Asked(row.at, row.person_id, row.text, row.outcome, row.plan) for row in rows]

    def forget(self, before: datetime) -> None:
        """Questions of before then, and subscriptions that ended before then."""
        connection = self._session.connection()
        connection.execute(delete(_asked).where(_asked.c.at < before))
        connection.execute(delete(_subscriptions).where(_subscriptions.c.ended_at < before))

    def _found(self, *where: ColumnElement[bool]) -> list[Subscription]:
        query = select(_subscriptions).where(*where).order_by(_subscriptions.c.person_id, _subscriptions.c.number)
        return [_subscription(row) for row in self._session.connection().execute(query)]


def _subscription(row: Any) -> Subscription:
    return Subscription(
        id=row.id,
        person_id=row.person_id,
        words=tuple(row.words),
        plan=row.plan,
        rhythm=row.rhythm,
        minute=row.minute,
        created_at=row.created_at,
        language=row.language,
        number=row.number,
        slot=row.slot,
    )

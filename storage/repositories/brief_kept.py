"""What mornings told, what was decided about it, who got it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import select
from sqlmodel import Session

from storage.listening_codec import name_of
from storage.records import Records
from storage.tables import BriefDecisionRow, BriefFindingRow, BriefSendingRow
from storage.upsert import add_all_new, add_new, table_of

Decided = Literal["planned", "dismissed"]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as it was told on a day. Money in yuan."""

    day: date
    scope: str
    key: str
    finder: str
    count: int
    money: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said to a finding."""

    id: str
    scope: str
    key: str
    finder: str
    decision: Decided
    by: str
    at: datetime
    ids: tuple[str, ...] = ()
    reason: str = ""
    task_id: str = ""


_told, _decisions, _sendings = table_of(BriefFindingRow), table_of(BriefDecisionRow), table_of(BriefSendingRow)


def decision_id(scope: str, key: str, decision: Decided, day: date) -> str:
    """The same for the same press, so that pressing twice decides once."""
    return name_of("brief", scope, key, decision, day.isoformat())


class BriefKept:
    """For the flows and the skill; whose scope it is, is asked before (knowledge/briefing/scopes.py)."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._decided = Records(session, BriefDecisionRow, Decision)

    def tell(self, found: Iterable[Told]) -> None:
        """Note what was told; what was noted for the day stays."""
        rows = [
            {"day": o.day, "scope": o.scope, "key": o.key, "finder": o.finder, "count": o.count, "money_fen": o.money}
            for o in found
        ]
        if rows:
            add_all_new(self._session, BriefFindingRow, rows)

    def told(self, scope: str, since: date, until: date) -> list[Told]:
        """From a day to the day before another, the latest first."""
        columns = (_told.c[name] for name in ("day", "scope", "key", "finder", "count", "money_fen"))
        here = _told.c.scope == scope, _told.c.day >= since, _told.c.day < until
        query = select(*columns).where(*here).order_by(_told.c.day.desc(), _told.c.key)
        return [Told(*row) for row in self._session.connection().execute(query)]

    def decide(self, decision: Decision) -> bool:
        """Keep it; False when it was decided before."""
        return self._decided.add(decision)

    def decisions(self, scope: str) -> list[Decision]:
        """All of a scope, the oldest first."""
        query = self._decided.select().where(_decisions.c.scope == scope)
        return self._decided.found(query.order_by(_decisions.c.at, _decisions.c.id))

    def claim(self, day: date, person_id: str, scope: str, card_id: str, at: datetime) -> bool:
        """Whether this process sends it: False when the person got the day's brief already."""
        row = {"day": day, "person_id": person_id, "scope": scope, "card_id": card_id, "at": at}
        return add_new(self._session, BriefSendingRow, row)

    def sent(self, day: date) -> set[str]:
        """Who got the day's brief."""
        query = select(_sendings.c.person_id).where(_sendings.c.day == day)
        return {person for (person,) in self._session.connection().execute(query)}

"""Deals of the CRM and the stages they went through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.tables import DealRow, StageRow
from storage.upsert import table_of, upsert_all

Result = Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class Deal:
    """One opportunity (商机) with one customer."""

    id: str
    customer_id: str
    name: str = ""
    owner_id: str = ""  # "": nobody
    product: str = ""
    stage: str = ""  # a key of the vocabulary: lead, discovery, demo, quote, negotiation, contract …
    stage_entered: date | None = None
    amount: Decimal | None = None  # CNY yuan
    competitor: str = ""
    created: date | None = None
    expected_close: date | None = None
    closed: date | None = None
    result: Result = "open"
    lost_reason: str = ""
    lead_id: str = ""
    last_followed: date | None = None


@dataclass(frozen=True, slots=True)
class StageEntry:
    """A deal came to a stage on a day."""

    deal_id: str
    stage: str
    entered: date


_deals, _stages = table_of(DealRow), table_of(StageRow)


class Deals:
    """The deals. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, DealRow, Deal)

    def visible_to(
        self,
        viewer: Person,
        *,
        customer_id: str = "",
        result: Result | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Deal]:
        """Deals the viewer may see, the largest first."""
        query = self._records.select().where(visible(viewer, DealRow))
        query = query.where(_deals.c.customer_id == customer_id) if customer_id else query
        query = query.where(_deals.c.result == result) if result else query
        order = _deals.c.amount_fen.desc().nulls_last(), _deals.c.id
        return self._records.found(query.order_by(*order).limit(limit).offset(offset))

    def seen(self, viewer: Person, deal_id: str) -> Deal | None:
        """One deal; None also when the viewer may not see it."""
        found = self._records.found(self._records.select().where(_deals.c.id == deal_id, visible(viewer, DealRow)))
        return found[0] if found else None

    def get(self, deal_id: str) -> Deal | None:
        """One deal, for the flows."""
        return self._records.get(deal_id)

    def records(self, ids: Iterable[str]) -> dict[str, Deal]:
        """What is kept under these ids, for imports and flows; unknown ids are left out."""
        return self._records.these(ids)

    def open(self, customer_ids: Collection[str] | None = None) -> list[Deal]:
        """All deals that are neither won nor lost, for the flows; of these customers only."""
        query = self._records.select().where(_deals.c.result == "open").order_by(_deals.c.id)
        if customer_ids is None:
            return self._records.found(query)
        some = chunks(sorted(customer_ids))
        return [one for ids in some for one in self._records.found(query.where(_deals.c.customer_id.in_(ids)))]

    def closed(self, since: date, until: date) -> list[Deal]:
        """Deals won or lost from a day to the day before another, for mining and ramps."""
        day = _deals.c.closed
        query = self._records.select().where(_deals.c.result != "open", day >= since, day < until)
        return self._records.found(query.order_by(day, _deals.c.id))

    def won_on(self, owner_ids: Iterable[str]) -> dict[str, list[date]]:
        """The days on which these people won deals, the oldest first, for ramps."""
        found: dict[str, list[date]] = {}
        query = select(_deals.c.owner_id, _deals.c.closed).where(_deals.c.result == "won", _deals.c.closed.is_not(None))
        for some in chunks(owner_ids):
            mine = query.where(_deals.c.owner_id.in_(some)).order_by(_deals.c.closed)
            for owner, day in self._session.connection().execute(mine):
                found.setdefault(owner, []).append(day)
        return found

    def first_day(self) -> date | None:
        """The day of the oldest deal: what was before it, nobody knows here."""
        found: date | None = self._session.connection().execute(select(func.min(_deals.c.created))).scalar()
        return found

    def upsert_all(self, deals: Sequence[Deal]) -> None:
        """Add or change; customers must be known."""
        self._records.put_all(deals)

    def add_stages(self, entries: Collection[StageEntry]) -> int:
        """Note how deals moved; how many entries are new. `stage_entered` of these deals follows."""
        ids = {entry.deal_id for entry in entries}
        new = set(entries) - {entry for known in self.stages(ids).values() for entry in known}
        rows = [{"deal_id": one.deal_id, "stage": one.stage, "entered": one.entered} for one in new]
        upsert_all(self._session, StageRow, rows, _unchanged)
        self.follow(ids)
        return len(new)

    def stages(self, ids: Iterable[str]) -> dict[str, list[StageEntry]]:
        """How these deals moved, the oldest first; deals without history are left out."""
        found: dict[str, list[StageEntry]] = {}
        query = select(_stages).order_by(_stages.c.deal_id, _stages.c.entered)
        for some in chunks(ids):
            for row in self._session.connection().execute(query.where(_stages.c.deal_id.in_(some))):
                found.setdefault(row.deal_id, []).append(StageEntry(row.deal_id, row.stage, row.entered))
        return found

    def follow(self, ids: Iterable[str]) -> None:
        """`stage_entered` is when the history says that the deal came to the stage it is in; else it stays."""
        here = _stages.c.deal_id == _deals.c.id, _stages.c.stage == _deals.c.stage
        last = select(func.max(_stages.c.entered)).where(*here).scalar_subquery()
        known = select(_stages.c.deal_id).where(*here).exists()
        for some in chunks(ids):
            change = update(_deals).where(_deals.c.id.in_(some), known).values(stage_entered=last)
            self._session.connection().execute(change)


def _unchanged(excluded: Any) -> Mapping[str, Any]:
    """Another process was faster: the entry is there."""
    return {"entered": excluded.entered}

"""What attribution needs of the truth: whose rows somebody may see, confidence of channels, earlier estimates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.tables import (
    AttributionRunRow,
    CampaignRow,
    ConfidenceRow,
    ContractRow,
    DealRow,
    LeadRow,
    PaymentRow,
    Row,
    TouchRow,
)
from storage.upsert import put, table_of

_runs, _confidences, _campaigns = table_of(AttributionRunRow), table_of(ConfidenceRow), table_of(CampaignRow)
_deals = table_of(DealRow)


@dataclass(frozen=True, slots=True)
class Confidence:
    """How far a channel's data is trusted, as somebody set it."""

    channel: str
    percent: int
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One estimate. `figures`: {"journeys", "conversions", "value", "shares": {model: {channel: share}}, …}."""

    id: int
    at: datetime
    settings: Mapping[str, Any]
    figures: Mapping[str, Any]


class Attribution:
    """Rows are shown to whoever may see them; figures of channels hold nobody's name."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def seen(self, viewer: Person) -> tuple[frozenset[str], frozenset[str]]:
        """(leads, deals) that the viewer may see, for joining in the warehouse."""
        return self._ids(LeadRow, viewer), self._ids(DealRow, viewer)

    def own_channels(self, person_id: str) -> frozenset[str]:
        """Channels of campaigns for which somebody answers."""
        query = select(_campaigns.c.channel).where(_campaigns.c.owner_id == person_id, _campaigns.c.channel != "")
        return frozenset(self._session.connection().execute(query.distinct()).scalars())

    def own_campaigns(self, person_id: str) -> frozenset[str]:
        """Campaigns for which somebody answers."""
        query = select(_campaigns.c.id).where(_campaigns.c.owner_id == person_id)
        return frozenset(self._session.connection().execute(query).scalars())

    def confidences(self) -> dict[str, Confidence]:
        """What people set, by channel."""
        found = self._session.connection().execute(select(_confidences))
        return {row.channel: Confidence(row.channel, row.percent, row.note, row.by, row.at) for row in found}

    def set_confidence(self, one: Confidence) -> None:
        """Add or replace. Raises ValueError outside 0–100: what people enter is checked before."""
        if not 0 <= one.percent <= 100:
            raise ValueError(f"{one.percent} is no percentage.")
        values = {"channel": one.channel, "percent": one.percent, "note": one.note, "by": one.by, "at": one.at}
        put(self._session, ConfidenceRow, values)

    def add_run(self, at: datetime, settings: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
        """Keep the estimate of a moment; made again, it takes the place of the one before."""
        self._session.connection().execute(delete(_runs).where(_runs.c.at == at))
        self._session.add(AttributionRunRow(at=at, settings=dict(settings), figures=dict(figures)))
        self._session.flush()

    def runs(self, limit: int = 2) -> list[Run]:
        """The newest first."""
        query = select(_runs).order_by(_runs.c.at.desc(), _runs.c.id.desc()).limit(limit)
        return [Run(row.id, row.at, row.settings, row.figures) for row in self._session.connection().execute(query)]

    def rows(self, entity: str, ids: Collection[str], viewer: Person) -> list[dict[str, Any]]:
        """Rows of touches, leads, deals, contracts or payments by id, those that the viewer may see."""
        return self._rows(_KINDS[entity], "id", ids, viewer)

    def contracts_of(self, deal_ids: Collection[str], viewer: Person) -> list[dict[str, Any]]:
        """Contracts of deals."""
        return self._rows(ContractRow, "deal_id", deal_ids, viewer)

    def payments_of(self, contract_ids: Collection[str], viewer: Person) -> list[dict[str, Any]]:
        """Payments of contracts, refunds too."""
        return self._rows(PaymentRow, "contract_id", contract_ids, viewer)

    def deals_of(self, lead_ids: Collection[str], viewer: Person) -> list[dict[str, Any]]:
        """Deals that came of leads."""
        return self._rows(DealRow, "lead_id", lead_ids, viewer)

    def leads_with_hidden_deals(self, lead_ids: Collection[str], viewer: Person) -> frozenset[str]:
        """Of these leads, those from which a deal came that the viewer may not see."""
        seen = select(_deals.c.id).where(visible(viewer, DealRow))
        query = select(_deals.c.lead_id).where(_deals.c.id.not_in(seen))
        some = (query.where(_deals.c.lead_id.in_(chunk)) for chunk in chunks(sorted(lead_ids)))
        return frozenset(lead for one in some for lead in self._session.connection().execute(one).scalars())

    def _ids(self, kind: type[Row], viewer: Person) -> frozenset[str]:
        query = select(table_of(kind).c.id).where(visible(viewer, kind))
        return frozenset(self._session.connection().execute(query).scalars())

    def _rows(self, kind: type[Row], column: str, ids: Collection[str], viewer: Person) -> list[dict[str, Any]]:
        table = table_of(kind)
        query = select(table).where(visible(viewer, kind)).order_by(table.c.id)
        some = (query.where(table.c[column].in_(chunk)) for chunk in chunks(sorted(ids)))
        return [dict(row._mapping) for one in some for row in self._session.connection().execute(one)]


_KINDS: Mapping[str, type[Row]] = {
    "touch": TouchRow,
    "lead": LeadRow,
    "deal": DealRow,
    "contract": ContractRow,
    "payment": PaymentRow,
}
ENTITIES: Sequence[str] = tuple(_KINDS)

"""Prices that customers were told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.tables import QuoteRow
from storage.upsert import table_of


@dataclass(frozen=True, slots=True)
class Quote:
    """One version of an offer. Money in CNY yuan."""

    id: str
    customer_id: str
    deal_id: str = ""  # "": outside any deal
    owner_id: str = ""
    product: str = ""
    amount: Decimal | None = None
    competitor: str = ""
    competitor_amount: Decimal | None = None  # None: not known
    explained: bool | None = None  # whether the difference in value was explained; None: not noted
    version: int | None = None
    quoted_on: date | None = None
    note: str = ""
    sent_at: datetime | None = None
    opened_at: datetime | None = None  # by the customer
    opening_seen: bool = False  # whether it would be known if the customer had opened it


_quotes = table_of(QuoteRow)


class Quotes:
    """The quotes. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._records = Records(session, QuoteRow, Quote)

    def visible_to(self, viewer: Person, since: date, until: date, *, limit: int = 1000) -> list[Quote]:
        """Quotes the viewer may see, made from a day to the day before another, the latest first."""
        day = _quotes.c.quoted_on
        query = self._records.select().where(visible(viewer, QuoteRow), day >= since, day < until)
        return self._records.found(query.order_by(day.desc(), _quotes.c.id).limit(limit))

    def of_deals(self, ids: Iterable[str]) -> dict[str, list[Quote]]:
        """The quotes of these deals, the oldest first, for the flows; deals without any are left out."""
        found: dict[str, list[Quote]] = {}
        query = self._records.select().order_by(_quotes.c.quoted_on, _quotes.c.version, _quotes.c.id)
        for some in chunks(ids):
            for quote in self._records.found(query.where(_quotes.c.deal_id.in_(some))):
                found.setdefault(quote.deal_id, []).append(quote)
        return found

    def records(self, ids: Iterable[str]) -> dict[str, Quote]:
        """What is kept under these ids, for imports; unknown ids are left out."""
        return self._records.these(ids)

    def upsert_all(self, quotes: Sequence[Quote]) -> None:
        """Add or change; customers must be known."""
        self._records.put_all(quotes)

"""When we and a customer spoke with each other last: from what was said, not from what a form claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlmodel import Session

from bot.contracts.listening import Side
from storage.chunks import chunks
from storage.tables import DialogueRow, UtteranceRow
from storage.upsert import table_of


@dataclass(frozen=True, slots=True)
class Contact:
    """First and last contact of each side; None: never, as far as was heard."""

    first_ours: datetime | None = None
    last_ours: datetime | None = None
    first_theirs: datetime | None = None
    last_theirs: datetime | None = None

    @property
    def first(self) -> datetime | None:
        """Whoever spoke first."""
        return min(filter(None, (self.first_ours, self.first_theirs)), default=None)

    @property
    def both_ways(self) -> datetime | None:
        """Until when both sides were heard: the older of the two last moments."""
        both = self.last_ours, self.last_theirs
        return None if None in both else min(filter(None, both))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a side was heard, and who it was, as far as the dialogue tells."""

    at: datetime
    side: Side
    account: str = ""  # of the other side's; "" for us, and where nobody wrote
    speaker: str = ""  # as shown


_dialogues, _utterances = table_of(DialogueRow), table_of(UtteranceRow)
_AT = func.coalesce(_utterances.c.at, _dialogues.c.begun_at)
_JOINED = _utterances.join(_dialogues, _utterances.c.dialogue_id == _dialogues.c.id)
_KNOWN = _utterances.c.side.in_((Side.OURS.value, Side.THEIRS.value)), _AT.is_not(None)


class Contacts:
    """Moments at which somebody was heard. For the flows: check who may see a customer before showing them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_customers(self, ids: Iterable[str]) -> dict[str, Contact]:
        """By customer; those who were never heard are left out."""
        return self._of("customer_id", ids)

    def of_deals(self, ids: Iterable[str]) -> dict[str, Contact]:
        """By deal; those of which nobody was heard are left out."""
        return self._of("deal_id", ids)

    def moments(self, *, customer_id: str = "", deal_id: str = "", since: datetime | None = None) -> list[Moment]:
        """When which side was heard, in order, and who. One of the two ids is needed."""
        column, value = (_dialogues.c.deal_id, deal_id) if deal_id else (_dialogues.c.customer_id, customer_id)
        if not value:
            raise TypeError("whose moments? Pass customer_id or deal_id.")
        query = select(_AT, _utterances.c.side, _utterances.c.account, _utterances.c.speaker, _dialogues.c.contacts)
        query = query.select_from(_JOINED).where(column == value, *_KNOWN)
        query = query.where(since <= _AT) if since else query
        return [_moment(*row) for row in self._session.connection().execute(query.order_by(_AT))]

    def people(self, deal_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """The ids of the customer's people who take part in each deal's dialogues."""
        found: dict[str, frozenset[str]] = {}
        query = select(_dialogues.c.deal_id, _dialogues.c.contacts).where(_dialogues.c.state == "ready")
        for some in chunks(sorted(deal_ids)):
            for deal_id, contacts in self._session.connection().execute(query.where(_dialogues.c.deal_id.in_(some))):
                found[deal_id] = found.get(deal_id, frozenset()) | frozenset(contacts)
        return found

    def _of(self, column: str, ids: Iterable[str]) -> dict[str, Contact]:
        found: dict[str, dict[str, datetime]] = {}
        for some in chunks(filter(None, ids)):
            for key, side, first, last in self._session.connection().execute(_extremes(column, some)):
                found.setdefault(key, {}).update({f"first_{side}": first, f"last_{side}": last})
        return {key: Contact(**values) for key, values in found.items()}


def _moment(at: datetime, side: str, account: str, speaker: str, contacts: tuple[str, ...]) -> Moment:
    """What was stored before accounts were: where one person alone wrote for the customer, it was that person."""
    alone = contacts[0] if side == Side.THEIRS.value and len(contacts) == 1 else ""
    return Moment(at, Side(side), account or alone, speaker)


def _extremes(column: str, ids: Sequence[str]) -> Select[str, str, datetime, datetime]:
    key = _dialogues.c[column]
    query = select(key, _utterances.c.side, func.min(_AT), func.max(_AT)).select_from(_JOINED)
    return query.where(key.in_(ids), *_KNOWN).group_by(key, _utterances.c.side)

"""Both directions of one person's conversations, as the console shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlmodel import Session, col, select

from bot.contracts.card import Card
from bot.contracts.message import Attachment
from bot.contracts.person import Person
from storage.codec import card_from_json, message_from_json
from storage.tables import CardRow, DeliveryRow, MessageRow, TimelineRow

R = TypeVar("R", MessageRow, DeliveryRow, CardRow)


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """Something that was said. Incoming: text and attachments; outgoing: payload, and the card it shows."""

    seq: int
    direction: Literal["in", "out"]
    id: str  # of the message or delivery
    at: datetime
    text: str = ""
    payload: Mapping[str, Any] | None = None
    card: Card | None = None  # as it looks now, when the payload names one (`card_id`, or `card` with an `id`)
    attachments: tuple[Attachment, ...] = ()
    state: str = ""  # outgoing: waiting | sending | sent | dead


def history(
    session: Session, viewer: Person, channel: str, conversation: str, limit: int, before_seq: int | None
) -> list[HistoryItem]:
    """See `Messages.history`."""
    query = select(TimelineRow).where(TimelineRow.person_id == viewer.id)
    if channel:
        query = query.where(TimelineRow.channel == channel)
    if conversation:
        query = query.where(TimelineRow.conversation == conversation)
    if before_seq is not None:
        query = query.where(col(TimelineRow.seq) < before_seq)
    line = session.exec(query.order_by(col(TimelineRow.seq).desc()).limit(limit)).all()
    return _items(session, line[::-1])


def _items(session: Session, line: Sequence[TimelineRow]) -> list[HistoryItem]:
    said = _by_id(session, MessageRow, (row.item for row in line if row.direction == "in"))
    told = _by_id(session, DeliveryRow, (row.item for row in line if row.direction == "out"))
    cards = _by_id(session, CardRow, (_card_id(row.payload) for row in told.values()))
    return [
        _incoming(row, said[row.item]) if row.direction == "in" else _outgoing(row, told[row.item], cards)
        for row in line
    ]


def _incoming(row: TimelineRow, message: MessageRow) -> HistoryItem:
    content = message_from_json(message.body)
    return HistoryItem(row.seq or 0, "in", row.item, row.at, text=content.text, attachments=content.attachments)


def _outgoing(row: TimelineRow, delivery: DeliveryRow, cards: Mapping[str, CardRow]) -> HistoryItem:
    text = delivery.payload.get("text")
    card = cards.get(_card_id(delivery.payload))
    return HistoryItem(
        row.seq or 0,
        "out",
        row.item,
        row.at,
        text=text if isinstance(text, str) else "",
        payload=delivery.payload,
        card=card_from_json(card.body) if card else None,
        state=delivery.state,
    )


def _card_id(payload: Mapping[str, Any]) -> str:
    card = payload.get("card")
    named = payload.get("card_id") or (card.get("id") if isinstance(card, Mapping) else "")
    return named if isinstance(named, str) else ""


def _by_id(session: Session, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
    wanted = [id_ for id_ in ids if id_]
    if not wanted:
        return {}
    return {row.id: row for row in session.exec(select(kind).where(col(kind.id).in_(wanted)))}

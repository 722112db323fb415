"""What was shown of words that go: cards, their presses, and what was sent of them (A18). Used by `Purging` only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, delete, or_, select

from storage.chunks import chunks
from storage.fold import contains
from storage.tables import CardRow, DeliveryRow, PressRow, TimelineRow
from storage.upsert import table_of

_cards, _presses, _deliveries, _line = (table_of(row) for row in (CardRow, PressRow, DeliveryRow, TimelineRow))
_CARD = select(_cards.c.id, _cards.c.channel, _cards.c.conversation, _cards.c.created_at)


def forget_cards(connection: Connection, ids: Iterable[str]) -> None:
    """Cards, and everything that was sent of them: as they came, as they changed, and what answered a press."""
    for some in chunks(ids):
        for card in connection.execute(_CARD.where(_cards.c.id.in_(some))).all():
            _forget_sent(connection, _sent_of(connection, card))
        connection.execute(delete(_presses).where(_presses.c.card_id.in_(some)))
        connection.execute(delete(_cards).where(_cards.c.id.in_(some)))


def forget_recordings(connection: Connection, dialogue_ids: Iterable[str]) -> None:
    """Cards of recordings: their ids begin with the dialogue's, also in what was sent of cards that are gone."""
    for id_ in dialogue_ids:
        named = f"{id_}_"
        mine = select(_cards.c.id).where(_cards.c.id.startswith(named, autoescape=True))
        forget_cards(connection, list(connection.execute(mine).scalars()))
        holding = select(_deliveries.c.id).where(contains(cast(_deliveries.c.payload, Text), named))
        _forget_sent(connection, list(connection.execute(holding).scalars()))


def _sent_of(connection: Connection, card: Row[Any, *tuple[Any, ...]]) -> set[str]:
    """The ids of deliveries. A card may be said in several parts, of which one names it."""
    here = (
        _deliveries.c.channel == card.channel,
        _deliveries.c.conversation == card.conversation,
        _deliveries.c.updated_at >= card.created_at,
    )
    naming = select(_deliveries.c.id).where(*here, contains(cast(_deliveries.c.payload, Text), card.id))
    pressed = select(_presses.c.message_id).where(_presses.c.card_id == card.id)
    answering = select(_deliveries.c.id).where(_deliveries.c.message_id.in_(pressed))
    found = {*connection.execute(naming).scalars(), *connection.execute(answering).scalars()}
    posts = [_deliveries.c.id.startswith(f"{id_.rpartition('-')[0]}-", autoescape=True) for id_ in found if "-" in id_]
    parts = select(_deliveries.c.id).where(*here, or_(*posts)) if posts else None
    return found if parts is None else found | set(connection.execute(parts).scalars())


def _forget_sent(connection: Connection, ids: Sequence[str] | set[str]) -> None:
    for some in chunks(ids):
        connection.execute(delete(_deliveries).where(_deliveries.c.id.in_(some)))
        connection.execute(delete(_line).where(_line.c.direction == "out", _line.c.item.in_(some)))

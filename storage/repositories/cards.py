"""Cards that were shown, and presses of their buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.contracts.card import Card
from bot.contracts.reply import Address
from storage.codec import card_from_json, card_to_json
from storage.tables import CardRow, PressRow
from storage.upsert import add_new, insert_new


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card as it looks now, and where it came from."""

    card: Card
    skill: str  # who made it and gets its presses
    address: Address
    person_id: str
    message_id: str  # what it answered; "" when nobody asked
    context: Mapping[str, Any]  # what the skill noted when it made the card


@dataclass(frozen=True, slots=True)
class CardPress:
    """A button was pressed."""

    action: str
    person_id: str
    message_id: str
    at: datetime


class Cards:
    """Cards by their id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        card: Card,
        skill: str,
        address: Address,
        person_id: str,
        message_id: str,
        at: datetime,
        *,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a card that is about to be shown; the same id again changes nothing."""
        row = {
            "id": card.id,
            "skill": skill,
            "channel": address.channel,
            "conversation": address.conversation,
            "person_id": person_id,
            "message_id": message_id,
            "body": card_to_json(card),
            "context": dict(context or {}),
            "created_at": at,
            "updated_at": at,
        }
        add_new(self._session, CardRow, row)

    def get(self, card_id: str) -> StoredCard | None:
        """One card, for the flows."""
        row = self._session.get(CardRow, card_id)
        if row is None:
            return None
        address = Address(row.channel, row.conversation)
        card = card_from_json(row.body)
        return StoredCard(card, row.skill, address, row.person_id, row.message_id, row.context)

    def replace(self, card: Card, at: datetime) -> None:
        """The card with this id looks different now."""
        change = update(CardRow).where(col(CardRow.id) == card.id)
        self._session.execute(change.values(body=card_to_json(card), updated_at=at))

    def press(self, card_id: str, person_id: str, action: str, at: datetime, message_id: str) -> bool:
        """Note a press once per message. False: this message was counted before."""
        row = PressRow(message_id=message_id, card_id=card_id, person_id=person_id, action=action, at=at)
        return insert_new(self._session, row)

    def presses(self, card_id: str) -> list[CardPress]:
        """All presses of a card, oldest first."""
        query = select(PressRow).where(PressRow.card_id == card_id)
        rows = self._session.exec(query.order_by(col(PressRow.at), col(PressRow.message_id)))
        return [CardPress(row.action, row.person_id, row.message_id, row.at) for row in rows]

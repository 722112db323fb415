"""Messages as they came, and the history that a person sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from bot.contracts.message import Message
from bot.contracts.person import Person
from bot.contracts.reply import Address
from storage.codec import message_from_json, message_to_json
from storage.repositories import timeline
from storage.repositories.history import HistoryItem, history
from storage.tables import MessageRow
from storage.upsert import insert_new, table_of


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message and what became of it."""

    seq: int
    message: Message
    received_at: datetime
    answered_at: datetime | None
    skill: str  # who answered; "" until then


_table = table_of(MessageRow)
_GET = select(_table).where(_table.c.id == bindparam("id"))


class Messages:
    """What came in."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: Message, received_at: datetime) -> int | None:
        """Store a message once. Its number, rising within a conversation; None when the id is known already."""
        address = Address(message.channel, message.conversation)
        person_id = timeline.person_behind(self._session, message.channel, message.sender)
        timeline.enter(self._session, address, person_id, received_at, group=message.in_group)
        row = MessageRow(id=message.id, body=message_to_json(message), received_at=received_at)
        if not insert_new(self._session, row):
            return None
        return timeline.append(self._session, "in", message.id, address, person_id, received_at)

    def get(self, message_id: str) -> StoredMessage | None:
        """One message, for the flows."""
        row = self._session.connection().execute(_GET, {"id": message_id}).first()
        if row is None:
            return None
        seq = timeline.number_of(self._session, "in", message_id)
        return StoredMessage(seq, message_from_json(row.body), row.received_at, row.answered_at, row.skill)

    def answered(self, message_id: str, skill: str, at: datetime) -> bool:
        """Note who answers, and when. False when it is answered already: then say nothing."""
        change = update(MessageRow).where(col(MessageRow.id) == message_id, col(MessageRow.answered_at).is_(None))
        changed = self._session.execute(change.values(answered_at=at, skill=skill).returning(col(MessageRow.id)))
        return changed.first() is not None

    def history(
        self,
        viewer: Person,
        *,
        channel: str = "",
        conversation: str = "",
        limit: int = 50,
        before_seq: int | None = None,
    ) -> list[HistoryItem]:
        """What the viewer said and was told, oldest first: the last `limit` items before `before_seq`.

        Nobody else's, whatever the viewer's role and even in a group; "" means every channel, every conversation.
        """
        return history(self._session, viewer, channel, conversation, limit, before_seq)

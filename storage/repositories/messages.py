"""Messages as they came, and the history that a person sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update
from sqlmodel import Session, col

from bot.contracts.message import Message
from bot.contracts.person import Person
from bot.contracts.reply import Address
from storage.codec import message_from_json, message_to_json
from storage.repositories import timeline
from storage.repositories.history import HistoryItem, history
from storage.tables import MessageRow, TimelineRow
from storage.upsert import add_new, table_of


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message and what became of it."""

    seq: int
    message: Message
    received_at: datetime
    answered_at: datetime | None
    skill: str  # who answered; "" until then


_table = table_of(MessageRow)
_line = table_of(TimelineRow)
_GET = (
    select(_table, _line.c.seq)
    .join(_line, and_(_line.c.direction == "in", _line.c.item == _table.c.id))
    .where(_table.c.id == bindparam("id"))
)
_ANSWERED = (
    update(_table)
    .where(_table.c.id == bindparam("key"), _table.c.answered_at.is_(None))
    .values(answered_at=bindparam("answered_at"), skill=bindparam("skill"))
    .returning(_table.c.id)
)


class Messages:
    """What came in."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: Message, received_at: datetime) -> int | None:
        """Store a message once. Its number, rising within a conversation; None when the id is known already."""
        address = Address(message.channel, message.conversation)
        person_id = timeline.person_behind(self._session, message.channel, message.sender)
        timeline.enter(self._session, address, person_id, received_at, group=message.in_group)
        row = {
            "id": message.id,
            "body": message_to_json(message),
            "received_at": received_at,
            "answered_at": None,
            "skill": "",
        }
        if not add_new(self._session, MessageRow, row):
            return None
        return timeline.append(self._session, "in", message.id, address, person_id, received_at)

    def get(self, message_id: str) -> StoredMessage | None:
        """One message, for the flows."""
        row = self._session.connection().execute(_GET, {"id": message_id}).first()
        if row is None:
            return None
        return StoredMessage(row.seq, message_from_json(row.body), row.received_at, row.answered_at, row.skill)

    def answered(self, message_id: str, skill: str, at: datetime) -> bool:
        """Note who answers, and when. False when it is answered already: then say nothing."""
        values = {"key": message_id, "answered_at": at, "skill": skill}
        return self._session.connection().execute(_ANSWERED, values).first() is not None

    def empty(self, message_id: str, note: str) -> None:
        """Take its words away: they are kept elsewhere, or mustn't be kept. `note` is the name that stands instead."""
        stored = self.get(message_id)
        if stored is not None:
            bare = replace(stored.message, text="", attachments=(), location=None, link="", raw={note: True})
            change = update(_table).where(_table.c.id == message_id).values(body=message_to_json(bare))
            self._session.connection().execute(change)

    def has_spoken(self, address: Address) -> bool:
        """Whether somebody wrote or pressed something there; opening a chat is not enough."""
        spoken = (
            select(col(MessageRow.id))
            .join(TimelineRow, and_(col(TimelineRow.item) == col(MessageRow.id), col(TimelineRow.direction) == "in"))
            .where(
                col(TimelineRow.channel) == address.channel,
                col(TimelineRow.conversation) == address.conversation,
                col(MessageRow.body)["kind"].as_string() != "event",
            )
        )
        return self._session.execute(spoken.limit(1)).first() is not None

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

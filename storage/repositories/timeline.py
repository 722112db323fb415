"""The line of time that messages and deliveries share; used by their repositories only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, bindparam, case, func, insert, or_
from sqlalchemy import select as core
from sqlmodel import Session, col

from bot.contracts.reply import Address
from storage.accounts import directory
from storage.tables import AccountRow, ConversationRow, TimelineRow
from storage.upsert import put, table_of

Direction = Literal["in", "out"]

_line = table_of(TimelineRow)
_accounts = table_of(AccountRow)
_places = table_of(ConversationRow)
_APPEND = insert(_line).returning(_line.c.seq)
_NUMBER = core(_line.c.seq).where(_line.c.direction == bindparam("direction"), _line.c.item == bindparam("item"))
_READER = core(_line.c.person_id).where(_line.c.direction == "in", _line.c.item == bindparam("item"))
_OWNER = core(_places.c.person_id, _places.c.shared).where(
    _places.c.channel == bindparam("channel"), _places.c.conversation == bindparam("conversation")
)
_BEHIND = core(_accounts.c.person_id).where(
    _accounts.c.channel == bindparam("channel"), _accounts.c.account == bindparam("account")
)


def enter(session: Session, address: Address, person_id: str | None, at: datetime, *, group: bool) -> None:
    """Note that the conversation moved, and hold its row until the commit.

    PostgreSQL hands out numbers before commits: whoever holds the row is alone in this conversation, so the
    numbers of `append` rise in the order of commits. (SQLite has one writer anyway.)
    """
    values = {
        "channel": address.channel,
        "conversation": address.conversation,
        "person_id": person_id,
        "shared": group,
        "created_at": at,
        "last_at": at,
    }
    put(session, ConversationRow, values, _moved)


def append(
    session: Session, direction: Direction, item: str, address: Address, person_id: str | None, at: datetime
) -> int:
    """Put something at the end of the line and return its number. Call `enter` before."""
    row = {
        "direction": direction,
        "item": item,
        "channel": address.channel,
        "conversation": address.conversation,
        "person_id": person_id,
        "at": at,
    }
    return _number(session.connection().execute(_APPEND, row).scalar())


def number_of(session: Session, direction: Direction, item: str) -> int:
    """The number of something that is on the line already."""
    return _number(session.connection().execute(_NUMBER, {"direction": direction, "item": item}).scalar_one())


def person_behind(session: Session, channel: str, account: str) -> str | None:
    """Whose account it is now."""
    person_id: str | None = (
        session.connection().execute(_BEHIND, {"channel": directory(channel), "account": account}).scalar()
    )
    return person_id


def reader_of(session: Session, message_id: str, address: Address) -> str | None:
    """Whose history something to this address belongs to: who asked; unasked, whose conversation it is, or will be once
    they say something there."""
    asked = session.connection().execute(_READER, {"item": message_id}).first() if message_id else None
    if asked:
        person_id: str | None = asked[0]
        return person_id
    place = {"channel": address.channel, "conversation": address.conversation}
    owner, shared = session.connection().execute(_OWNER, place).first() or (None, False)
    if owner or shared:
        return None if shared else str(owner)
    return person_behind(session, address.channel, address.conversation.removeprefix("user:"))


def _moved(new: Any) -> Mapping[str, Any]:
    old = ConversationRow
    other = func.coalesce(col(old.person_id) != new.person_id, False)
    return {
        "last_at": case((old.last_at > new.last_at, old.last_at), else_=new.last_at),
        "person_id": func.coalesce(old.person_id, new.person_id),
        "shared": or_(col(old.shared), new.shared, and_(new.person_id.is_not(None), other)),
    }


def _number(seq: int | None) -> int:
    if seq is None:
        raise LookupError("a row of the timeline has no number: it was never stored.")
    return seq

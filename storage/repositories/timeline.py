"""The line of time that messages and deliveries share; used by their repositories only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, case, func, or_
from sqlmodel import Session, col, select

from bot.contracts.reply import Address
from storage.tables import AccountRow, ConversationRow, TimelineRow
from storage.upsert import upsert

Direction = Literal["in", "out"]


def enter(session: Session, address: Address, person_id: str | None, at: datetime, *, group: bool) -> None:
    """Note that the conversation moved, and hold its row until the commit.

    PostgreSQL hands out numbers before commits: whoever holds the row is alone in this conversation, so the
    numbers of `append` rise in the order of commits. (SQLite has one writer anyway.)
    """
    row = ConversationRow(
        channel=address.channel,
        conversation=address.conversation,
        person_id=person_id,
        shared=group,
        created_at=at,
        last_at=at,
    )
    upsert(session, row, _moved)


def append(
    session: Session, direction: Direction, item: str, address: Address, person_id: str | None, at: datetime
) -> int:
    """Put something at the end of the line and return its number. Call `enter` before."""
    row = TimelineRow(
        direction=direction,
        item=item,
        channel=address.channel,
        conversation=address.conversation,
        person_id=person_id,
        at=at,
    )
    session.add(row)
    session.flush()
    return _number(row.seq)


def number_of(session: Session, direction: Direction, item: str) -> int:
    """The number of something that is on the line already."""
    query = select(TimelineRow.seq).where(TimelineRow.direction == direction, TimelineRow.item == item)
    return _number(session.exec(query).one())


def person_behind(session: Session, channel: str, account: str) -> str | None:
    """Whose account it is now."""
    query = select(AccountRow.person_id).where(AccountRow.channel == channel, AccountRow.account == account)
    return session.exec(query).first()


def reader_of(session: Session, message_id: str, address: Address) -> str | None:
    """Whose history something to this address belongs to: who asked; unasked, whose conversation it is."""
    query = select(TimelineRow).where(TimelineRow.direction == "in", TimelineRow.item == message_id)
    if message_id and (asked := session.exec(query).first()):
        return asked.person_id
    place = session.get(ConversationRow, (address.channel, address.conversation))
    return place.person_id if place and not place.shared else None


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

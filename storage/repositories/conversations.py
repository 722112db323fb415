"""Conversations and what skills keep in mind during them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.contracts.reply import Address
from storage.repositories.timeline import enter
from storage.tables import ConversationRow, MemoryRow
from storage.upsert import upsert


class Conversations:
    """Places where people talk with the bot."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def touch(self, address: Address, person_id: str, at: datetime) -> None:
        """Somebody was active here."""
        enter(self._session, address, person_id or None, at, group=False)

    def last_active(self, address: Address) -> datetime | None:
        """When something was last said here, by either side."""
        row = self._session.get(ConversationRow, (address.channel, address.conversation))
        return row.last_at if row else None

    def memory(self, address: Address, skill: str) -> dict[str, Any]:
        """What this skill asked to keep; empty when nothing."""
        row = self._session.get(MemoryRow, (address.channel, address.conversation, skill))
        return dict(row.facts) if row else {}

    def remember(self, address: Address, skill: str, values: Mapping[str, Any], at: datetime) -> None:
        """Replace what this skill keeps; values are JSON."""
        row = MemoryRow(
            channel=address.channel,
            conversation=address.conversation,
            skill=skill,
            facts=dict(values),
            at=at,
        )
        upsert(self._session, row)

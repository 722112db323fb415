"""Conversations and what skills keep in mind during them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.contracts.reply import Address
from storage.tables import MemoryRow
from storage.upsert import put, table_of

_memory = table_of(MemoryRow)
_MEMORIES = select(_memory.c.skill, _memory.c.facts).where(
    _memory.c.channel == bindparam("channel"), _memory.c.conversation == bindparam("conversation")
)


class Conversations:
    """Places where people talk with the bot."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def memory(self, address: Address, skill: str) -> dict[str, Any]:
        """What this skill asked to keep; empty when nothing."""
        row = self._session.get(MemoryRow, (address.channel, address.conversation, skill))
        return dict(row.facts) if row else {}

    def memories(self, address: Address) -> dict[str, dict[str, Any]]:
        """Everything that is kept here, by skill."""
        values = {"channel": address.channel, "conversation": address.conversation}
        return {skill: dict(facts) for skill, facts in self._session.connection().execute(_MEMORIES, values)}

    def remember(self, address: Address, skill: str, values: Mapping[str, Any], at: datetime) -> None:
        """Replace what this skill keeps; values are JSON."""
        row = {
            "channel": address.channel,
            "conversation": address.conversation,
            "skill": skill,
            "facts": dict(values),
            "at": at,
        }
        put(self._session, MemoryRow, row)

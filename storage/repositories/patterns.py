"""The behaviour pattern library (行为模式库): ways of talking that won deals (A14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.tables import DialogueRow, PatternRow
from storage.upsert import table_of

State = Literal["found", "published", "off"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A staged way of talking, with quotes and its measured effect. Each quote names its "dialogue_id"."""

    id: str
    name: str
    at: datetime
    stages: tuple[Any, ...] = ()
    quotes: tuple[Mapping[str, Any], ...] = ()
    effect: Mapping[str, Any] = field(default_factory=dict)
    trigger: str = ""
    owner_id: str = ""
    version: int = 1
    state: State = "found"


_patterns, _dialogues = table_of(PatternRow), table_of(DialogueRow)


class Patterns:
    """The patterns. Quotes are shown to whoever may see the dialogue that they come from."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, PatternRow, Pattern)

    def put(self, pattern: Pattern) -> None:
        """Add a pattern, or replace the one with its id. Quotes from dialogues that aren't there are left out."""
        left = _dialogues.c.state != "purged"
        self._records.put_all([replace(pattern, quotes=self._kept(pattern.quotes, left, until_the_end=True))])

    def get(self, id_: str) -> Pattern | None:
        """One pattern with all quotes, for the flows."""
        return self._records.get(id_)

    def visible_to(self, viewer: Person, state: State | None = None) -> list[Pattern]:
        """All patterns, by name, with the quotes that the viewer may see."""
        query = self._records.select().order_by(_patterns.c.name, _patterns.c.id)
        found = self._records.found(query.where(_patterns.c.state == state) if state else query)
        seen = visible(viewer, DialogueRow)
        return [replace(one, quotes=self._kept(one.quotes, seen)) for one in found]

    def switch(self, id_: str, state: State, at: datetime) -> bool:
        """Publish it or take it back. False when there is no such pattern."""
        change = update(_patterns).where(_patterns.c.id == id_).values(state=state, at=at).returning(_patterns.c.id)
        return self._session.connection().execute(change).first() is not None

    def _kept(
        self, quotes: Sequence[Mapping[str, Any]], which: Any, *, until_the_end: bool = False
    ) -> tuple[Mapping[str, Any], ...]:
        """The quotes from dialogues of a condition. `until_the_end`: of this transaction they stay as they are; a purge
        waits, and then finds what was kept."""
        ids = {quote["dialogue_id"] for quote in quotes}
        query = select(_dialogues.c.id).where(_dialogues.c.id.in_(ids), which)
        query = query.with_for_update(read=True) if until_the_end else query
        known = set(self._session.connection().execute(query).scalars()) if ids else set()
        return tuple(quote for quote in quotes if quote["dialogue_id"] in known)

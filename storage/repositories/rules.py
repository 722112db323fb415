"""Rules that people made by a sentence (A7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.tables import RuleRow
from storage.upsert import table_of

State = Literal["draft", "live", "off"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it is now."""

    id: str
    sentence: str
    owner_id: str
    created_at: datetime
    changed_at: datetime
    definition: Mapping[str, Any] = field(default_factory=dict)
    state: State = "draft"
    version: int = 1


_rules = table_of(RuleRow)


class Rules:
    """The rules. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, RuleRow, Rule)

    def add(self, rule: Rule) -> bool:
        """Keep a new rule; the same id again changes nothing."""
        return self._records.add(rule)

    def get(self, id_: str) -> Rule | None:
        """One rule, for the flows."""
        return self._records.get(id_)

    def live(self) -> list[Rule]:
        """Everybody's rules that are on, for the flows."""
        return self._records.found(self._records.select().where(_rules.c.state == "live").order_by(_rules.c.id))

    def visible_to(self, viewer: Person) -> list[Rule]:
        """Rules of the viewer and the people under them, the latest first."""
        query = self._records.select().where(visible(viewer, RuleRow))
        return self._records.found(query.order_by(_rules.c.changed_at.desc(), _rules.c.id))

    def switch(self, id_: str, state: State, at: datetime) -> bool:
        """Turn it on or off. False when there is no such rule."""
        return self._change(_rules.c.id == id_, state=state, changed_at=at)

    def rewrite(self, id_: str, version: int, sentence: str, definition: Mapping[str, Any], at: datetime) -> bool:
        """Say it differently. False when it isn't at this version any more: somebody else changed it."""
        here = (_rules.c.id == id_) & (_rules.c.version == version)
        return self._change(
            here, sentence=sentence, definition=dict(definition), changed_at=at, version=_rules.c.version + 1
        )

    def _change(self, which: Any, **values: Any) -> bool:
        changed = update(_rules).where(which).values(**values).returning(_rules.c.id)
        return self._session.connection().execute(changed).first() is not None

"""Rules that people made by a sentence (A7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from bot.contracts.person import Person, Role
from storage.permissions import visible
from storage.records import Records
from storage.tables import PersonRow, RuleRow
from storage.upsert import table_of

State = Literal["draft", "live", "off"]
DRAFTS = 10  # of one person: older ones make room


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


_rules, _people = table_of(RuleRow), table_of(PersonRow)


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

    def live_about(self, person_ids: Collection[str]) -> list[Rule]:
        """Rules that are on and may concern a dialogue of these people: their own, and those of whoever is no rep.
        Who may see the dialogue is still to be asked."""
        leads = _people.c.role != Role.REP.value
        owned = _rules.c.owner_id.in_(list(person_ids))
        joined = self._records.select().join(_people, _people.c.id == _rules.c.owner_id)
        here = _rules.c.state == "live", ~_people.c.gone, owned | leads
        return self._records.found(joined.where(*here).order_by(_rules.c.id))

    def count_live(self, owner_id: str) -> int:
        """How many of a person's rules are on."""
        query = select(func.count()).where(_rules.c.owner_id == owner_id, _rules.c.state == "live")
        return int(self._session.connection().execute(query).scalar() or 0)

    def visible_to(self, viewer: Person) -> list[Rule]:
        """Rules of the viewer and the people under them, the newest first, drafts among them."""
        query = self._records.select().where(visible(viewer, RuleRow))
        return self._records.found(query.order_by(_rules.c.created_at.desc(), _rules.c.id))

    def draft(self, rule: Rule) -> bool:
        """Keep a draft; the oldest drafts of its owner go."""
        added = self.add(rule)
        own = _rules.c.owner_id == rule.owner_id, _rules.c.state == "draft"
        newest = select(_rules.c.id).where(*own).order_by(_rules.c.created_at.desc(), _rules.c.id).limit(DRAFTS)
        kept = list(self._session.connection().execute(newest).scalars())
        self._session.connection().execute(delete(_rules).where(*own, _rules.c.id.not_in(kept)))
        return added

    def drop(self, id_: str, owner_id: str) -> bool:
        """Delete it. False when it isn't theirs."""
        gone = delete(_rules).where(_rules.c.id == id_, _rules.c.owner_id == owner_id).returning(_rules.c.id)
        return self._session.connection().execute(gone).first() is not None

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

"""Who is told of a deadline: owner, manager, the region's director; where there is nobody, the next one up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contracts import Adapter, Address, Person, Role
from bot.contracts.person import OPERATOR
from bot.flows.reach import address_of, language_of
from config.locales import t
from knowledge.slas.rule import WHOM, Whom
from skills.coaching.casework import LEVEL, MUTED
from storage.repositories.deadlines import Deadline
from storage.repositories.people import PersonRecord
from storage.store import Store

LAST = (Role.SALES_OPS, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told."""

    person: Person
    language: str
    to: Address
    trouble: str = ""  # why it is they: whoever should be told isn't there or can't be reached


class Finding:
    """People as they are in one transaction; each is looked up once."""

    def __init__(self, store: Store, adapters: Mapping[str, Adapter]) -> None:
        self._store, self._adapters = store, adapters
        self._people = store.people.visible_to(OPERATOR)
        self._by_id = {one.id: one for one in self._people}
        self._records: dict[str, PersonRecord | None] = {}
        self._reached: dict[str, tuple[Address | None, str]] = {}

    def readers(self, deadline: Deadline, whom: Whom) -> list[Reader]:
        """Those who stand on a rung, else on the next one above; [] where nobody can be reached at all."""
        trouble = ""
        for step in WHOM[WHOM.index(whom) :]:
            named = self._named(deadline, step)
            for people in named:
                reached = [reader for one in people if (reader := self._reader(one, trouble))]
                if reached:
                    return reached
            trouble = trouble or self._trouble(deadline, step, named[0])
        return []

    def reader(self, person_id: str) -> Reader | None:
        """One person; None when they have left or can't be reached."""
        person = self._by_id.get(person_id)
        return self._reader(person, "") if person else None

    def is_mute(self, person_id: str, now: datetime) -> bool:
        """Whether a person wants no reminders, for good or until a moment (A10)."""
        chosen = self._store.preferences.get(person_id)
        until = str(chosen.get(MUTED) or "")
        return chosen.get(LEVEL) == "basic" or bool(until and now < datetime.fromisoformat(until))

    def _named(self, deadline: Deadline, whom: Whom) -> Sequence[Sequence[Person]]:
        if whom == "owner":
            owner = self._by_id.get(deadline.person_id)
            return [[owner] if owner else []]
        if whom == "manager":
            manager = self._manager(self._record(deadline.person_id))
            return [[manager] if manager else []]
        if whom == "director":
            director = self._director(deadline)
            return [[director] if director else []]
        return [[one for one in self._people if one.role is role] for role in LAST]

    def _manager(self, record: PersonRecord | None) -> Person | None:
        """Whom they report to, also of somebody who has left; else whoever manages their team."""
        if record is None:
            return None
        if record.role in (Role.MANAGER, Role.DIRECTOR):
            return self._by_id.get(record.id)
        known = self._by_id.get(record.manager_id)
        of_team = (one for one in self._people if one.role is Role.MANAGER and record.team and one.team == record.team)
        return known or next(of_team, None)

    def _director(self, deadline: Deadline) -> Person | None:
        """Of the deadline's region, else of the owner's; else whoever the manager reports to."""
        record = self._record(deadline.person_id)
        for region in filter(None, (deadline.region, *(record.regions if record else ()))):
            for one in self._people:
                if one.role is Role.DIRECTOR and region in one.regions:
                    return one
        manager = self._manager(record)
        above = self._by_id.get(manager.manager_id) if manager else None
        return above if above and above.role is Role.DIRECTOR else None

    def _record(self, id_: str) -> PersonRecord | None:
        if id_ and id_ not in self._records:
            self._records[id_] = self._store.people.records([id_]).get(id_)
        return self._records.get(id_)

    def _reader(self, person: Person, trouble: str) -> Reader | None:
        if person.id not in self._reached:
            to = address_of(self._store, person, self._adapters)
            self._reached[person.id] = to, language_of(self._store, person)
        to, language = self._reached[person.id]
        key, _, name = trouble.partition("|")
        said = t(f"slas.trouble.{key}", language, name=name) if key else ""
        return Reader(person, language, to, said) if to else None

    def _trouble(self, deadline: Deadline, whom: Whom, found: Sequence[Person]) -> str:
        """`no_owner`, `gone|张敏`, `unreachable|张敏`, `no_manager`: the first thing that went wrong."""
        if found:
            return f"unreachable|{found[0].name}"
        record = self._record(deadline.person_id) if whom == "owner" else None
        return f"gone|{record.name}" if record else f"no_{whom}|"

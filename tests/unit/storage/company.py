"""A small company and what its people say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.contracts import Address, Message, Person, Role
from storage.repositories.people import PersonRecord

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
REP = Person("E1001", "张敏", Role.REP, "华东组", ("华东",), "E2001")
OTHER = Person("E1002", "王磊", Role.REP, "华东组", ("华东",), "E2001")
PLACE = Address("console", "E1001")


def record(person: Person, **accounts: str) -> PersonRecord:
    """The person as the repository takes it."""
    return PersonRecord(
        person.id,
        person.name,
        person.role,
        person.team,
        person.regions,
        person.manager_id,
        language=person.language,
        accounts={"console": person.id, **accounts},
    )


def message(number: int, **changes: object) -> Message:
    """Text number so-and-so from the first rep in the console."""
    said = Message(f"m{number}", "console", "E1001", "E1001", "text", NOW, text=f"第{number}句")
    return replace(said, **changes)  # type: ignore[arg-type]  # the tests name real fields

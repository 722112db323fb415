"""Which rooms of a chat archive may be kept: whose customer, who takes part, and whether all of them agreed (A18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from storage.imports import listed, values
from storage.imports.columns import CUSTOMER, DEAL
from storage.imports.faults import Faults
from storage.imports.layout import load_layout
from storage.imports.listed import Reader, Reference
from storage.imports.report import ImportRefused, ImportReport
from storage.imports.table import Table, TableRow
from storage.repositories.consents import Consent, agreed
from storage.store import Store

NAMES = ("rooms.csv", "rooms.xlsx")
SOURCE = "chats import"  # of consents: what a file said last, whatever was said elsewhere since


@dataclass(frozen=True, slots=True)
class Room:
    """A room with all its rows put together."""

    id: str
    customer_id: str
    deal_id: str
    accounts: tuple[str, ...]  # of our people; the first one's owner is the dialogues' person
    consent: bool  # whether every contact agreed, as the file says
    line: int  # of its first row
    contacts: Mapping[str, str] = field(default_factory=dict)  # id -> how they are called
    sound: bool = True  # False: one of its rows has a fault, so that nobody knows whether all agreed


def find_rooms(folder: Path) -> Path:
    """The list of rooms in the archive's folder. Raises ImportRefused."""
    for name in NAMES:
        if (folder / name).is_file():
            return folder / name
    raise ImportRefused("no_rooms", file=folder.name)


def direct(account: str, contact: str) -> str:
    """The room of two people who write to each other directly."""
    return f"{account}~{contact}"


def read_rooms(store: Store, path: Path, report: ImportReport) -> dict[str, Room]:
    """The rooms by id; bad rows go into the report, and make their room unsound. Raises ImportRefused."""
    table = Table(path, load_layout("rooms"))
    rows = list(table.rows())
    known = listed.known_ids(store, _REFERENCES, rows)
    rooms: dict[str, Room] = {}
    for row in rows:
        faults = Faults(row)
        room = _room(row, faults, table)
        listed.check_references(faults, row, _REFERENCES, known)
        before = rooms.get(room.id)
        if before:
            faults.check(before.customer_id != room.customer_id, "other_customer", "customer_id", first=before.line)
        if faults.problems:
            report.reject(replace(table.rejected(row, faults.problems), file=path.name))
            room = replace(room, sound=False)
        rooms[room.id] = _together(before, room) if before else room
    return rooms


def settle_consents(store: Store, rooms: Iterable[Room], by: str, at: datetime) -> None:
    """Note what the file says of each sound room's consent, where that is news.

    A consent that was taken back elsewhere stays so, however often the same file is read. A room whose file says
    "no" after "yes" is purged.
    """
    before = store.consents.latest(SOURCE)
    given: list[Consent] = []
    for room in rooms:
        if not room.sound:
            continue
        last = before.get(("room", room.id))
        if last and last.given == room.consent:
            continue
        if room.consent:
            given.append(Consent("room", room.id, given=True, at=at, by=by, source=SOURCE))
        else:
            store.purging.revoke("room", room.id, by=by, at=at, source=SOURCE)
    store.consents.add_all(given)


def permitted(store: Store, rooms: Iterable[Room]) -> set[str]:
    """The ids of the sound rooms that may be kept, until the end of this transaction."""
    store.consents.hold()
    sound, said = [room for room in rooms if room.sound], store.consents.latest()
    people = store.people.holders("wecom", {account for room in sound for account in room.accounts})
    return {room.id for room in sound if agreed(said[key].given for key in _subjects(room, people) if key in said)}


def _subjects(room: Room, people: Mapping[str, str]) -> list[tuple[str, str]]:
    ours = [people[account] for account in room.accounts if account in people]
    return [("room", room.id), ("customer", room.customer_id), *(("person", one) for one in (*ours, *room.contacts))]


def _room(row: TableRow, faults: Faults, table: Table) -> Room:
    text = {name: row.values.get(name, "") for name in table.layout.fields}
    readers: dict[str, Reader] = {
        "consent": partial(values.yes, table.layout, "consent", text["consent"]),
        "contact": partial(values.identifier, "contact", text["contact"]),
    }
    fields = faults.read(readers)
    id_ = text["room"] or direct(text["account"], text["contact"])
    contacts = {text["contact"]: text["contact_name"]}
    accounts = (text["account"],)
    return Room(id_, text["customer_id"], text["deal_id"], accounts, bool(fields.get("consent")), row.line, contacts)


def _together(one: Room, other: Room) -> Room:
    return replace(
        one,
        deal_id=one.deal_id or other.deal_id,
        accounts=tuple(dict.fromkeys((*one.accounts, *other.accounts))),
        consent=one.consent and other.consent,
        sound=one.sound and other.sound,
        contacts={**one.contacts, **other.contacts},
    )


_ACCOUNT = Reference("account", "unknown_account", lambda store, ids: store.people.holders("wecom", ids))
_REFERENCES = (CUSTOMER, DEAL, _ACCOUNT)

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
from storage.repositories.consents import Consent, Kind, agreed
from storage.store import Store

NAMES = ("rooms.csv", "rooms.xlsx")
Subject = tuple[Kind, str]
SOURCE = "chats import"  # of consents: what a file said last, whatever was said elsewhere since
WECOM = "wecom archive"  # of consents: what WeCom said last
LEFT_OPEN = "as wecom says"  # by whom our list's former "yes" ended, though it says no "no"


@dataclass(frozen=True, slots=True)
class Room:
    """A room with all its rows put together."""

    id: str
    customer_id: str
    deal_id: str
    accounts: tuple[str, ...]  # of our people; the first one's owner is the dialogues' person
    consent: bool | None  # whether every contact agreed, as the file says; None: as WeCom says
    line: int  # of its first row
    contacts: Mapping[str, str] = field(default_factory=dict)  # id -> how they are called
    sound: bool = True  # False: one of its rows has a fault, so that nobody knows whether all agreed

    @property
    def is_direct(self) -> bool:
        """Whether it is two people's, and no group."""
        return len(self.accounts) == len(self.contacts) == 1 and self.id == direct(self.accounts[0], *self.contacts)


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

    A consent that was taken back elsewhere stays so, however often the same file is read, and one that WeCom denies
    isn't given by it. A room whose file says "no" after "yes" is purged. One of which WeCom is to say it loses the
    "yes" that the file gave it before.
    """
    before, wecom = store.consents.latest(SOURCE), store.consents.latest(WECOM)
    news: list[Consent] = []
    for room in rooms:
        key: Subject = ("room", room.id)
        last = before.get(key)
        if not room.sound or (last and last.given == room.consent and last.by != LEFT_OPEN):
            continue
        if room.consent is False:
            store.purging.revoke(*key, by=by, at=at, source=SOURCE)
        elif room.consent:
            refused = key in wecom and not wecom[key].given
            news += [] if refused else [Consent(*key, given=True, at=at, by=by, source=SOURCE)]
        elif last and last.given and not (key in wecom and wecom[key].given):
            news.append(Consent(*key, given=False, at=at, by=LEFT_OPEN, source=SOURCE))
    store.consents.add_all(news)


def note_agreement(store: Store, room: str, given: bool, at: datetime) -> bool:
    """Note what WeCom says of a room, if that is news: it changed after what WeCom said last. True then.

    A "no" purges the room; a "yes" doesn't outweigh the "no" of our own list.
    """
    said = [consent for consent in store.consents.history("room", room) if consent.source in {SOURCE, WECOM}]
    last = next((one for one in reversed(said) if one.source == WECOM), None)
    listed = next((one for one in reversed(said) if one.source == SOURCE), None)
    if last and (last.given == given or at <= last.at):
        return False
    if not given:
        store.purging.revoke("room", room, by=WECOM, at=at, source=WECOM)
    elif listed and not listed.given and listed.by != LEFT_OPEN:
        return False
    else:
        store.consents.add(Consent("room", room, given=True, at=at, by=WECOM, source=WECOM))
    return True


def permitted(store: Store, rooms: Iterable[Room]) -> set[str]:
    """The ids of the sound rooms that may be kept, until the end of this transaction."""
    store.consents.hold()
    sound, said = [room for room in rooms if room.sound], store.consents.latest()
    people = store.people.holders("wecom", {account for room in sound for account in room.accounts})
    return {room.id for room in sound if agreed(said[key].given for key in _subjects(room, people) if key in said)}


def _subjects(room: Room, people: Mapping[str, str]) -> list[Subject]:
    ours = [people[account] for account in room.accounts if account in people]
    return [("room", room.id), ("customer", room.customer_id), *(("person", one) for one in (*ours, *room.contacts))]


def _room(row: TableRow, faults: Faults, table: Table) -> Room:
    text = {name: row.values.get(name, "") for name in table.layout.fields}
    readers: dict[str, Reader] = {
        "consent": partial(values.choice, table.layout, "consent", text["consent"]),
        "contact": partial(values.identifier, "contact", text["contact"]),
    }
    fields = faults.read(readers)
    id_ = text["room"] or direct(text["account"], text["contact"])
    contacts = {text["contact"]: text["contact_name"]}
    accounts = (text["account"],)
    agreed = None if fields.get("consent") == "wecom" else fields.get("consent") == "yes"
    return Room(id_, text["customer_id"], text["deal_id"], accounts, agreed, row.line, contacts)


def _together(one: Room, other: Room) -> Room:
    return replace(
        one,
        deal_id=one.deal_id or other.deal_id,
        accounts=tuple(dict.fromkeys((*one.accounts, *other.accounts))),
        consent=_both(one.consent, other.consent),
        sound=one.sound and other.sound,
        contacts={**one.contacts, **other.contacts},
    )


def _both(one: bool | None, other: bool | None) -> bool | None:
    """One "no" is enough; then one "as WeCom says"."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


_ACCOUNT = Reference("account", "unknown_account", lambda store, ids: store.people.holders("wecom", ids))
_REFERENCES = (CUSTOMER, DEAL, _ACCOUNT)

"""A folder with a WeCom chat archive: rooms with their consents, and files of messages.

A dialogue is what was said in one room in one calendar week (ISO, in the company's time zone). Weeks, not pauses:
a message that is found later never joins two dialogues to one, so that what was found in them keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.contracts.listening import Side, Source, Utterance
from bot.contracts.person import OPERATOR
from storage.chunks import chunks
from storage.database import Database
from storage.imports.archive import Agreed, Item, Recalled, Said, read_archive
from storage.imports.report import CellFault, ImportRefused, ImportReport, Problem, RejectedRow
from storage.imports.rooms import (
    Room,
    direct,
    find_rooms,
    note_agreement,
    permitted,
    read_rooms,
    settle_consents,
)
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store

AT_ONCE = 20_000  # lines in one transaction: writers that come meanwhile wait for one at most
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class ChatsReport(ImportReport):
    """What became of the messages."""

    dialogues: int = 0  # that are new
    recalled: int = 0
    refused: int = 0  # messages of rooms without consent: stored nowhere

    def counts(self) -> dict[str, int]:
        """For the audit log."""
        more = {"dialogues": self.dialogues, "recalled": self.recalled, "refused": self.refused}
        return ImportReport.counts(self) | more


async def import_chats(
    database: Database,
    folder: Path,
    zone: ZoneInfo,
    *,
    by: str = OPERATOR.id,
    at: datetime | None = None,
) -> ChatsReport:
    """Add what is new in a folder with `rooms.csv` and `*.jsonl`; messages that were recalled are removed.

    Messages of rooms without consent are stored nowhere. Raises ImportRefused when the folder can't be used; files
    that were read before one that can't be stay read.
    """
    moment = at or datetime.now(UTC)
    files, rooms = _files(folder), find_rooms(folder)
    loading = await database.write(lambda store: begin_loading(store, rooms, zone, by, moment))
    for path in files:
        for lines in chunks(read_archive(path), AT_ONCE):
            loading = await database.write(partial(loading.after, file=path.name, lines=lines))
    report = loading.report
    await database.write(lambda store: store.audit.add(by, "import.chats", folder.name, report.counts(), moment))
    return report


@dataclass(frozen=True, slots=True)
class _Archive:
    """What is known before the first message is read."""

    rooms: Mapping[str, Room]
    people: Mapping[str, tuple[str, str]]  # account -> id and name of one of us


@dataclass(slots=True)
class _Work:
    """What is to be done with one piece of a file."""

    permitted: set[str]  # ids of rooms that may be kept
    said: dict[str, list[Utterance]] = field(default_factory=dict)  # dialogue -> utterances
    rooms: dict[str, Room] = field(default_factory=dict)  # dialogue -> its room
    recalled: list[tuple[str, str]] = field(default_factory=list)  # room, message


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        raise ImportRefused("no_archive", file=folder.name)
    return files


def begin_loading(store: Store, path: Path, zone: ZoneInfo, by: str, at: datetime) -> Loading:
    """Read the list of rooms, with its consents, and take messages in by it. Raises ImportRefused."""
    report = ChatsReport("chats")
    rooms = read_rooms(store, path, report)
    settle_consents(store, rooms.values(), by, at)
    return Loading(_Archive(rooms, store.people.accounts_of("wecom")), report, zone, at)


class Loading:
    """How far one pass over files, or over what is pulled, is."""

    def __init__(self, archive: _Archive, report: ChatsReport, zone: ZoneInfo, at: datetime) -> None:
        self._archive, self.report, self._zone, self._at = archive, report, zone, at
        self.new: dict[str, list[Utterance]] = {}  # dialogue -> what the last piece added to it
        self._gone: set[str] = set()  # messages that were recalled, in whichever file
        self._named: set[tuple[str, ...]] = set()  # faults that were named once

    def after(self, store: Store, file: str, lines: Sequence[tuple[int, Item]]) -> Loading:
        """Store what one piece of a file says; how far the pass is then. A transaction may be run again, so that
        nothing changes here."""
        then = Loading(self._archive, replace(self.report, rejected=[*self.report.rejected]), self._zone, self._at)
        then._gone, then._named = set(self._gone), set(self._named)
        then._load(store, file, lines)
        return then

    def _load(self, store: Store, file: str, lines: Sequence[tuple[int, Item]]) -> None:
        work = _Work(permitted(store, self._archive.rooms.values()))
        for number, item in lines:
            self._take(store, work, file, number, item)
        self._open_dialogues(store, work)
        self.new = new = store.dialogues.add_all(work.said)
        self.report.added += sum(map(len, new.values()))
        self.report.unchanged += sum(map(len, work.said.values())) - sum(map(len, new.values()))
        self._recall(store, work.recalled)

    def _take(self, store: Store, work: _Work, file: str, number: int, item: Item) -> None:
        if item is None:
            return
        if isinstance(item, Problem):
            self._reject(file, number, item)
            return
        room = self._room_of(item)
        if isinstance(item, Agreed):
            if room is not None:
                self._agree(store, work, room, item)
        elif room is None:
            pair = f"{item.sender} → {'、'.join(item.to)}"
            self._reject(file, number, Problem("unknown_room", room=item.room or pair))
        elif not room.sound:
            self.report.unlisted += 1  # the row of the room is named
        elif room.id not in work.permitted:
            self.report.refused += 1
        elif isinstance(item, Recalled):
            self._gone.add(item.id)
            work.recalled.append((room.id, item.id))
        elif item.id not in self._gone:
            self._hear(work, file, number, room, item)

    def _agree(self, store: Store, work: _Work, room: Room, item: Agreed) -> None:
        """One "no" ends it for a whole group; whether all of one agreed is asked elsewhere (bot/flows/archive.py)."""
        if (item.given and not room.is_direct) or not note_agreement(store, room.id, item.given, item.at):
            return
        if item.given:
            work.permitted |= permitted(store, [room])
            return
        work.permitted.discard(room.id)
        for id_ in [id_ for id_, its in work.rooms.items() if its.id == room.id]:
            del work.rooms[id_], work.said[id_]

    def _hear(self, work: _Work, file: str, number: int, room: Room, item: Said) -> None:
        if item.sender in room.contacts:
            side, name, account = Side.THEIRS, room.contacts[item.sender], item.sender
        elif item.sender in self._archive.people:
            side, name, account = Side.OURS, self._archive.people[item.sender][1], ""
        else:
            self._reject(file, number, Problem("unknown_sender", sender=item.sender, room=room.id))
            return
        dialogue_id = self._dialogue_of(room, item.at)
        work.rooms[dialogue_id] = room
        said = Utterance(item.id, item.text, side, name, item.at, account=account)
        work.said.setdefault(dialogue_id, []).append(said)

    def _room_of(self, item: Said | Recalled | Agreed) -> Room | None:
        if item.room:
            return self._archive.rooms.get(item.room)
        pairs = [direct(*pair) for other in item.to for pair in ((item.sender, other), (other, item.sender))]
        return next((self._archive.rooms[pair] for pair in pairs if pair in self._archive.rooms), None)

    def _dialogue_of(self, room: Room, at: datetime) -> str:
        year, week, _ = at.astimezone(self._zone).isocalendar()
        return f"{room.id}:{year}-W{week:02}"

    def _open_dialogues(self, store: Store, work: _Work) -> None:
        """Begin those that are new; those that are there may begin earlier, or have one more who takes part."""
        known = store.dialogues.records(work.said)
        store.dialogues.open_all([self._record(id_, work) for id_ in work.said if id_ not in known])
        self.report.dialogues += len(work.said.keys() - known.keys())
        for id_, old in known.items():
            begun = min(filter(None, (old.begun_at, _begun(work.said[id_]))))
            contacts = tuple(dict.fromkeys((*old.contacts, *work.rooms[id_].contacts)))
            if (begun, contacts) != (old.begun_at, old.contacts):
                store.dialogues.change(id_, begun_at=begun, contacts=contacts)

    def _record(self, id_: str, work: _Work) -> DialogueRecord:
        room, said = work.rooms[id_], work.said[id_]
        ours = (self._archive.people[account][0] for account in room.accounts if account in self._archive.people)
        return DialogueRecord(
            id_,
            Source.CHAT,
            self._at,
            customer_id=room.customer_id,
            person_id=next(ours, ""),
            deal_id=room.deal_id,
            title="、".join(filter(None, room.contacts.values())),
            begun_at=_begun(said),
            language="zh" if any(_CHINESE.search(one.text) for one in said) else "en",
            state="ready",
            room=room.id,
            contacts=tuple(room.contacts),
        )

    def _recall(self, store: Store, recalled: Iterable[tuple[str, str]]) -> None:
        for room, message in recalled:
            if dialogue_id := store.dialogues.recall(room, message):
                store.signals.forget(dialogue_id, [message])
                store.tasks.forget(dialogue_id, [message])
                self.report.recalled += 1

    def _reject(self, file: str, number: int, problem: Problem) -> None:
        """A fault that many lines share is named at the first of them; the others are counted."""
        key = (problem.key, *map(str, problem.values.values()))
        if key in self._named and problem.values:
            self.report.unlisted += 1
            return
        self._named.add(key)
        self.report.reject(RejectedRow(number, (CellFault("", "", problem.key, problem.values),), file))


def _begun(said: Sequence[Utterance]) -> datetime:
    return min(one.at for one in said if one.at)

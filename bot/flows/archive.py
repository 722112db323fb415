"""WeCom's chat archive becomes dialogues: consent first (A18), by the same rules as an archive that comes as files.

Messages, the place in the archive and the jobs that read them are one transaction: killed at any moment, nothing is
lost and nothing is read twice. No message is stored anywhere before its room's consent was looked up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog

from adapters.wecom_archive.adapter import CHANNEL
from adapters.wecom_archive.ports import Answer, Asking, Gap, Opened, Place, Rejected
from bot.contracts import Address, Clock, Message
from bot.contracts.errors import ConfigurationError
from bot.contracts.listening import Utterance
from bot.flows.engine import Engine, Job
from bot.flows.intake import sound
from bot.flows.listening import WINDOW, subject_of
from bot.flows.persist import persistently
from config.languages import operator_language
from config.locales import t
from storage.database import Database
from storage.imports.archive import Item, Recalled, Said, understood
from storage.imports.chats import ChatsReport, begin_loading
from storage.imports.report import ImportRefused
from storage.imports.rooms import Room, direct, note_agreement, read_rooms
from storage.store import Store

KEEPING = f"{CHANNEL} place"  # whoever changes the place writes here first
KEPT = "place"  # under which name a conversation keeps it
UNREADABLE = frozenset({"not_json", "no_key"})  # problems of a message by itself
SHOWN = 20

T = TypeVar("T")

log = structlog.get_logger(__name__)


class ArchiveDesk:
    """Fulfils `adapters.wecom_archive.ports.Archive`."""

    def __init__(
        self, database: Database, engine: Engine, clock: Clock, rooms: Path, zone: ZoneInfo, corp_id: str
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._rooms = rooms
        self._zone = zone
        self._here = Address(CHANNEL, corp_id)

    async def place(self) -> Place:
        """Where reading stopped. Raises IntakeUnavailable."""
        return await self._database.read(self._place)

    async def keep(
        self, before: Place, after: Place, opened: Sequence[Opened], rejected: Sequence[Rejected] = ()
    ) -> bool:
        """Store what may be stored, with the new place. Raises IntakeUnavailable, ConfigurationError."""
        items = [(one.seq, _clean(understood(one.line))) for one in opened]

        def work(store: Store) -> ChatsReport | None:
            store.leases.hold(KEEPING, CHANNEL, 0.0)  # on PostgreSQL whoever comes second waits for the first here
            if self._place(store) != before:
                return None
            report = self._take(store, items) if items else ChatsReport("chats")
            self._note(store, report, rejected)
            store.conversations.remember(self._here, KEPT, _packed(after), self._clock.now())
            return report

        report = await self._rooms_read(self._database.write(work))
        if report is not None:
            log.info("archive", **report.counts(), unlisted=report.unlisted)
        return report is not None

    async def asking(self) -> Asking:
        """Whose agreement isn't settled by a "no" of our own list. Raises IntakeUnavailable, ConfigurationError."""
        rooms = await self._rooms_read(self._database.read(lambda store: self._listed(store)[0]))
        open_ = [room for room in rooms.values() if room.sound and room.consent is not False]
        pairs = tuple((room.accounts[0], next(iter(room.contacts))) for room in open_ if room.is_direct)
        return Asking(pairs, tuple(room.id for room in open_ if not room.is_direct))

    async def agreed(self, answers: Sequence[Answer]) -> int:
        """Note what WeCom says; how many of the answers were news. Raises IntakeUnavailable."""
        return await self._database.write(lambda store: sum(_noted(store, answer) for answer in answers))

    async def faults(self) -> list[str]:
        """What is wrong with the list of rooms, for `xiaoce doctor`."""
        try:
            _, report = await self._rooms_read(self._database.read(self._listed))
        except ConfigurationError as error:
            return [str(error)]
        if not report.rejected:
            return []
        lang = operator_language()
        first, count = report.rejected[0].sentence(lang).splitlines()[0], len(report.rejected)
        return [t("wecom_archive.rooms_rows", lang, file=self._rooms.name, count=count, first=first)]

    def _take(self, store: Store, items: Sequence[tuple[int, Item]]) -> ChatsReport:
        loading = begin_loading(store, self._rooms, self._zone, CHANNEL, self._clock.now()).after(store, "", items)
        for dialogue_id, new in loading.new.items():
            self._read_soon(store, dialogue_id, new)
        return loading.report

    def _read_soon(self, store: Store, dialogue_id: str, new: Sequence[Utterance]) -> None:
        """A job for what is new enough to be told (A2)."""
        since = self._clock.now() - WINDOW
        ids = [one.id for one in new if one.text.strip() and one.at and one.at >= since]
        if ids:
            job = Job("listening", f"listening:{dialogue_id}:{ids[0]}", subject_of(dialogue_id, ids), dialogue_id)
            self._engine.enqueue(store, job)

    def _note(self, store: Store, report: ChatsReport, rejected: Sequence[Rejected]) -> None:
        """What will not be tried again; of rooms that nobody listed only the log tells, for there may be many."""
        now, faults = self._clock.now(), [(row.line, fault) for row in report.rejected for fault in row.faults]
        rows = [(one.seq, one.id, one.reason) for one in rejected]
        rows += [(seq, "", fault.problem) for seq, fault in faults if fault.problem in UNREADABLE]
        if unlisted := [fault.details["room"] for _, fault in faults if fault.problem == "unknown_room"]:
            log.info("archive.unlisted_rooms", rooms=unlisted[:SHOWN], count=len(unlisted))
        for seq, message, reason in rows:
            store.audit.add(CHANNEL, "archive.rejected", str(seq), {"message": message, "reason": reason}, now)

    def _place(self, store: Store) -> Place:
        return _unpacked(store.conversations.memory(self._here, KEPT))

    def _listed(self, store: Store) -> tuple[dict[str, Room], ChatsReport]:
        report = ChatsReport("chats")
        return read_rooms(store, self._rooms, report), report

    async def _rooms_read(self, work: Awaitable[T]) -> T:
        """Wait for work that reads the list of rooms."""
        try:
            return await work
        except ImportRefused as error:
            lang = operator_language()
            values = {"file": self._rooms, "why": error.sentence(lang)}
            raise ConfigurationError(t("wecom_archive.rooms_refused", lang, **values)) from error


class Agreements:
    """What platforms tell of people who agreed, by an event."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def came(self, message: Message) -> None:
        """A contact agreed to the archive, in the conversation with whoever the message names as its sender."""
        answer = Answer(True, message.at, pair=(message.sender, str(message.raw.get("contact", ""))))
        if all(answer.pair):
            news = await persistently(lambda: self._database.write(lambda store: _noted(store, answer)))
            log.info("agreed", message=message.id, news=news)


def _noted(store: Store, answer: Answer) -> bool:
    return note_agreement(store, answer.room or direct(*answer.pair), answer.given, answer.at)


def _clean(item: Item) -> Item:
    """Texts that every database takes."""
    if isinstance(item, Said):
        return replace(item, id=sound(item.id), text=sound(item.text))
    return replace(item, id=sound(item.id)) if isinstance(item, Recalled) else item


def _packed(place: Place) -> dict[str, Any]:
    gap = place.gap
    if gap is None:
        return {"seq": place.seq}
    since = {str(version): moment.isoformat() for version, moment in gap.since.items()}
    return {"seq": place.seq, "gap": {"before": gap.before, "since": since, "last": gap.last.isoformat()}}


def _unpacked(kept: Mapping[str, Any]) -> Place:
    gap = kept.get("gap")
    if gap is None:
        return Place(int(kept.get("seq", 0)))
    since = {int(version): datetime.fromisoformat(moment) for version, moment in gap["since"].items()}
    return Place(int(kept["seq"]), Gap(int(gap["before"]), since, datetime.fromisoformat(gap["last"])))

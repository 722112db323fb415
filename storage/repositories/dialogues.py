"""Conversations with customers: recordings, chats, e-mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, Text, cast, delete, func, or_, select, update
from sqlmodel import Session

from bot.contracts.listening import Dialogue, Source, Stretch, Utterance
from bot.contracts.person import Person
from storage.chunks import chunks
from storage.fold import contains
from storage.listening_codec import stretch_columns, stretch_of, utterance_columns, utterance_of
from storage.permissions import visible
from storage.records import Records
from storage.tables import DialogueRow, StretchRow, UtteranceRow
from storage.upsert import put, table_of, upsert_all

State = Literal["waiting", "transcribing", "ready", "refused", "purged"]


@dataclass(frozen=True, slots=True)
class DialogueRecord:
    """A dialogue without what was said in it."""

    id: str
    source: Source
    created_at: datetime
    customer_id: str = ""  # "": not known yet
    person_id: str = ""  # our salesperson
    deal_id: str = ""
    title: str = ""
    begun_at: datetime | None = None
    language: str = "zh"
    state: State = "waiting"
    reason: str = ""  # why it was refused or purged: the last part of a locale key
    file_id: str = ""
    seconds: float | None = None
    room: str = ""  # of a chat
    contacts: tuple[str, ...] = ()  # ids of the other side's people
    summary: Mapping[str, Any] | None = None


_dialogues, _utterances = table_of(DialogueRow), table_of(UtteranceRow)
_stretches = table_of(StretchRow)
_ABOUT = ("customer_id", "person_id", "deal_id", "title", "begun_at", "language", "seconds", "contacts", "summary")


class Dialogues:
    """The dialogues. What is shown to somebody takes a viewer. A purged dialogue takes nothing in any more (A18)."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, DialogueRow, DialogueRecord)

    def visible_to(
        self,
        viewer: Person,
        *,
        customer_id: str = "",
        person_id: str = "",
        deal_id: str = "",
        since: datetime | None = None,
        source: Source | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[DialogueRecord]:
        """Dialogues the viewer may see, the latest first."""
        query = self._records.select().where(visible(viewer, DialogueRow))
        wanted = {"customer_id": customer_id, "person_id": person_id, "deal_id": deal_id}
        query = query.where(*(_dialogues.c[name] == value for name, value in wanted.items() if value))
        query = query.where(_dialogues.c.source == source.value) if source else query
        began = func.coalesce(_dialogues.c.begun_at, _dialogues.c.created_at)
        query = query.where(began >= since) if since else query
        return self._found(query.order_by(began.desc(), _dialogues.c.id).limit(limit).offset(offset))

    def seen(self, viewer: Person, dialogue_id: str) -> DialogueRecord | None:
        """One dialogue; None also when the viewer may not see it."""
        mine = _dialogues.c.id == dialogue_id, visible(viewer, DialogueRow)
        return next(iter(self._found(self._records.select().where(*mine))), None)

    def get(self, dialogue_id: str) -> DialogueRecord | None:
        """One dialogue, for the flows."""
        return next(iter(self._found(self._records.select().where(_dialogues.c.id == dialogue_id))), None)

    def records(self, ids: Iterable[str]) -> dict[str, DialogueRecord]:
        """Several, for the flows; unknown ids are left out."""
        queries = (self._records.select().where(_dialogues.c.id.in_(some)) for some in chunks(ids))
        return {one.id: one for query in queries for one in self._found(query)}

    def read(self, dialogue_id: str) -> Dialogue | None:
        """What was said, in order, for the flows; check `seen` before showing it."""
        return self.read_all([dialogue_id]).get(dialogue_id)

    def read_all(self, ids: Iterable[str]) -> dict[str, Dialogue]:
        """The same for many, by id."""
        found: dict[str, Dialogue] = {}
        for some in chunks(ids):
            said = self._said(some)
            found |= {one.id: _dialogue(one, said.get(one.id, ())) for one in self.records(some).values()}
        return found

    def of_deals(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of these deals' dialogues that are ready, in order of time, for mining and features."""
        found: dict[str, list[str]] = {}
        query = select(_dialogues.c.deal_id, _dialogues.c.id).where(_dialogues.c.state == "ready")
        query = query.order_by(_dialogues.c.begun_at, _dialogues.c.id)
        for some in chunks(ids):
            for deal_id, dialogue_id in self._session.connection().execute(query.where(_dialogues.c.deal_id.in_(some))):
                found.setdefault(deal_id, []).append(dialogue_id)
        return found

    def of_room(self, room: str) -> DialogueRecord | None:
        """The latest dialogue of a chat's room, which tells whose room it is."""
        query = self._records.select().where(_dialogues.c.room == room, _dialogues.c.state != "purged")
        order = _dialogues.c.created_at.desc(), _dialogues.c.begun_at.desc(), _dialogues.c.id
        return next(iter(self._found(query.order_by(*order).limit(1))), None)

    def customers_of(self, contacts: Iterable[str], *, ending: bool = False) -> list[str]:
        """The ids of the customers for whom these people wrote mails before; `ending`: people whose address ends so."""
        held = cast(_dialogues.c.contacts, Text)
        marks = [f"{one}|" if ending else f"|{one}|" for one in contacts]
        if not marks:
            return []
        query = select(_dialogues.c.customer_id).distinct().where(or_(*(contains(held, mark) for mark in marks)))
        query = query.where(_dialogues.c.source == Source.EMAIL.value, _dialogues.c.customer_id != "")
        return list(self._session.connection().execute(query.order_by(_dialogues.c.customer_id)).scalars())

    def active(self, since: datetime, until: datetime) -> list[str]:
        """The ids of dialogues that are ready and in which something was said in a time."""
        query = (
            select(_utterances.c.dialogue_id)
            .distinct()
            .select_from(_utterances.join(_dialogues, _utterances.c.dialogue_id == _dialogues.c.id))
        )
        said = _dialogues.c.state == "ready", _utterances.c.at >= since, _utterances.c.at < until
        query = query.where(*said).order_by(_utterances.c.dialogue_id)
        return list(self._session.connection().execute(query).scalars())

    def unfinished(self, limit: int = 100) -> list[DialogueRecord]:
        """Those that wait or are being transcribed, the oldest first, to be taken up again after a crash."""
        waiting = _dialogues.c.state.in_(("waiting", "transcribing"))
        return self._found(self._records.select().where(waiting).order_by(_dialogues.c.created_at).limit(limit))

    def open(self, record: DialogueRecord) -> bool:
        """Begin a dialogue. False when it is there already: nothing changes then."""
        return self._records.add(record, leftovers=False)

    def open_all(self, records: Sequence[DialogueRecord]) -> None:
        """The same for many that aren't there."""
        self._records.add_all(records, leftovers=False)

    def transcribing(self, dialogue_id: str) -> bool:
        """Work on it begins, or goes on. False when there is nothing to do: finished, refused, purged."""
        return self._move(dialogue_id, "transcribing", from_=("waiting", "transcribing"))

    def refuse(self, dialogue_id: str, reason: str) -> bool:
        """It can't be used; what was transcribed of it goes."""
        refused = self._move(dialogue_id, "refused", from_=("waiting", "transcribing"), reason=reason)
        if refused:
            self._drop_stretches(dialogue_id)
        return refused

    def finish(self, dialogue_id: str, utterances: Sequence[Utterance], **about: Any) -> bool:
        """It is ready: these are all its utterances. `about` as in `change`. False when it was purged meanwhile."""
        if not self._move(dialogue_id, "ready", from_=("waiting", "transcribing", "ready"), **_known(about)):
            return False
        self._session.connection().execute(delete(_utterances).where(_utterances.c.dialogue_id == dialogue_id))
        self.add(dialogue_id, utterances)
        self._drop_stretches(dialogue_id)
        return True

    def change(self, dialogue_id: str, **about: Any) -> bool:
        """Change customer_id, person_id, deal_id, title, begun_at, language, seconds, contacts or summary."""
        here = _dialogues.c.id == dialogue_id, _dialogues.c.state != "purged"
        changed = update(_dialogues).where(*here).values(**_known(about)).returning(_dialogues.c.id)
        return self._session.connection().execute(changed).first() is not None

    def add(self, dialogue_id: str, utterances: Sequence[Utterance]) -> list[Utterance]:
        """Add what was said to a dialogue that goes on; those that are new. Of a purged one: none."""
        return self.add_all({dialogue_id: utterances}).get(dialogue_id, [])

    def add_all(self, said: Mapping[str, Sequence[Utterance]]) -> dict[str, list[Utterance]]:
        """The same for many dialogues, in a few round trips."""
        new: dict[str, list[Utterance]] = {}
        rows: list[dict[str, Any]] = []
        for some in chunks(said):
            sources, known = self._open_sources(some), self._known(some)
            for id_ in filter(sources.__contains__, some):
                ids = known.get(id_, set())
                new[id_] = list({one.id: one for one in said[id_] if one.id not in ids}.values())
                rows += _rows(id_, sources[id_], new[id_], first=len(ids))
        upsert_all(self._session, UtteranceRow, rows)
        return new

    def recall(self, room: str, utterance_id: str) -> str:
        """Take back one message of a chat, as its author did; the dialogue's id, or "" when it wasn't kept.

        What was found in it goes with `Signals.forget` and `Tasks.forget`.
        """
        here = select(_dialogues.c.id).where(_dialogues.c.room == room)
        gone = delete(_utterances).where(_utterances.c.id == utterance_id, _utterances.c.dialogue_id.in_(here))
        found = self._session.connection().execute(gone.returning(_utterances.c.dialogue_id)).scalar()
        return str(found or "")

    def keep_stretch(self, dialogue_id: str, stretch: Stretch) -> bool:
        """Keep a transcribed part. False when the dialogue was purged meanwhile: then stop."""
        if not self.holds(dialogue_id):
            return False
        put(self._session, StretchRow, stretch_columns(dialogue_id, stretch))
        return True

    def stretches(self, dialogue_id: str) -> list[Stretch]:
        """What is transcribed already, in order."""
        query = select(_stretches).where(_stretches.c.dialogue_id == dialogue_id).order_by(_stretches.c.number)
        return [stretch_of(row) for row in self._session.connection().execute(query)]

    def holds(self, dialogue_id: str) -> bool:
        """Whether it is there and not purged. It can't be purged before the end of this transaction then."""
        query = select(_dialogues.c.state).where(_dialogues.c.id == dialogue_id).with_for_update()
        return self._session.connection().execute(query).scalar() not in {None, "purged"}

    def _move(self, dialogue_id: str, state: State, *, from_: tuple[State, ...], **values: Any) -> bool:
        here = _dialogues.c.id == dialogue_id, _dialogues.c.state.in_(from_)
        change = update(_dialogues).where(*here).values(state=state, **values).returning(_dialogues.c.id)
        return self._session.connection().execute(change).first() is not None

    def _open_sources(self, ids: Sequence[str]) -> dict[str, Source]:
        """The sources of those that aren't purged, and won't be before the end of this transaction."""
        query = select(_dialogues.c.id, _dialogues.c.source).where(_dialogues.c.id.in_(ids))
        rows = self._session.connection().execute(query.where(_dialogues.c.state != "purged").with_for_update())
        return {id_: Source(source) for id_, source in rows}

    def _known(self, ids: Sequence[str]) -> dict[str, set[str]]:
        query = select(_utterances.c.dialogue_id, _utterances.c.id).where(_utterances.c.dialogue_id.in_(ids))
        known: dict[str, set[str]] = {}
        for dialogue_id, id_ in self._session.connection().execute(query):
            known.setdefault(dialogue_id, set()).add(id_)
        return known

    def _drop_stretches(self, dialogue_id: str) -> None:
        self._session.connection().execute(delete(_stretches).where(_stretches.c.dialogue_id == dialogue_id))

    def _said(self, ids: Sequence[str]) -> dict[str, list[Utterance]]:
        query = select(_utterances).where(_utterances.c.dialogue_id.in_(ids))
        order = _utterances.c.dialogue_id, _utterances.c.seq, _utterances.c.id
        said: dict[str, list[Utterance]] = {}
        for row in self._session.connection().execute(query.order_by(*order)):
            said.setdefault(row.dialogue_id, []).append(utterance_of(row))
        return said

    def _found(self, query: Select[Any]) -> list[DialogueRecord]:
        return [replace(one, source=Source(one.source)) for one in self._records.found(query)]


def _rows(dialogue_id: str, source: Source, utterances: Sequence[Utterance], first: int) -> list[dict[str, Any]]:
    return [utterance_columns(dialogue_id, source, first + at, one) for at, one in enumerate(utterances)]


def _known(about: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := about.keys() - set(_ABOUT):
        raise TypeError(f"{sorted(unknown)}: a dialogue has {', '.join(_ABOUT)}.")
    return about


def _dialogue(record: DialogueRecord, said: Iterable[Utterance]) -> Dialogue:
    return Dialogue(
        record.id,
        record.source,
        tuple(said),
        record.customer_id,
        record.person_id,
        record.deal_id,
        record.begun_at,
        record.language,
    )

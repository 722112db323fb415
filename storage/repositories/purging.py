"""A18: every word of a dialogue goes, and everything that was made of its words. Its row stays, empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, delete, func, or_, select, update
from sqlmodel import Session

from storage.chunks import chunks
from storage.fold import contains
from storage.repositories.consents import Consent, Consents, Kind
from storage.repositories.customer_people import forget_people
from storage.repositories.event_words import forget_words
from storage.repositories.shown import forget_cards, forget_recordings
from storage.tables import (
    DialogueRow,
    FileRow,
    LabelRow,
    PatternRow,
    PromptRow,
    SignalRow,
    StretchRow,
    TaskRow,
    UtteranceRow,
)
from storage.upsert import table_of

_dialogues, _files, _patterns = table_of(DialogueRow), table_of(FileRow), table_of(PatternRow)
_utterances, _prompts, _signals = table_of(UtteranceRow), table_of(PromptRow), table_of(SignalRow)
RECORDED = "rec-"  # how the ids of recordings begin
_WITH_WORDS = tuple(table_of(row) for row in (UtteranceRow, StretchRow, SignalRow, TaskRow, LabelRow))


@dataclass(frozen=True, slots=True)
class Purged:
    """What was purged, and what must be deleted outside the database."""

    dialogues: tuple[str, ...] = ()
    index_keys: tuple[str, ...] = ()  # `index_key` of every utterance
    paths: tuple[str, ...] = ()  # recordings, relative to the data folder


@dataclass(frozen=True, slots=True)
class Leftover:
    """A purged dialogue whose file, or whose entries in an index, may still be there."""

    dialogue_id: str
    file_id: str  # "": none
    path: str  # relative to the data folder; "": none


def old_dialogues(before: datetime) -> Select[Any]:
    """The ids of dialogues that began before a moment and aren't purged."""
    began = func.coalesce(_dialogues.c.begun_at, _dialogues.c.created_at)
    return select(_dialogues.c.id).where(began < before, _dialogues.c.state != "purged")


def index_key(dialogue_id: str, utterance_id: str) -> str:
    """The name under which an index holds an utterance. All of a dialogue begin with its id and a slash."""
    return f"{dialogue_id}/{utterance_id}"


class Purging:
    """Deletes what was said. What lies outside the database is named until `settled` says that it is gone."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def revoke(self, kind: Kind, subject: str, *, by: str, at: datetime, source: str) -> Purged:
        """Note that a consent is taken back, and purge all dialogues of this room, customer or person."""
        return self.refuse(Consent(kind, subject, given=False, at=at, by=by, source=source))

    def refuse(self, consent: Consent) -> Purged:
        """The same with what is to be noted."""
        consents = Consents(self._session)
        consents.hold_alone()
        consents.add(replace(consent, given=False))
        self._forget_people(consent.kind, consent.subject)
        if consent.kind == "customer":
            forget_words(self._session.connection(), consent.subject)
        return self._purge_where(_of(consent.kind, consent.subject))

    def older_than(self, before: datetime, limit: int) -> Purged:
        """Purge at most `limit` dialogues that began before a moment."""
        old = old_dialogues(before).limit(limit).with_for_update()
        return self._purge(self._session.connection().execute(old).scalars().all(), "expired")

    def _purge_where(self, which: ColumnElement[bool]) -> Purged:
        query = select(_dialogues.c.id).where(which, _dialogues.c.state != "purged").with_for_update()
        return self._purge(self._session.connection().execute(query).scalars().all(), "revoked")

    def leftovers(self, limit: int = 500) -> list[Leftover]:
        """What still has to be deleted outside the database, also after a crash."""
        joined = _dialogues.outerjoin(_files, _files.c.id == _dialogues.c.file_id)
        query = select(_dialogues.c.id, _dialogues.c.file_id, _files.c.path).select_from(joined)
        rows = self._session.connection().execute(query.where(_dialogues.c.leftovers).limit(limit))
        return [Leftover(row.id, row.file_id, row.path or "") for row in rows]

    def settled(self, leftovers: Sequence[Leftover]) -> None:
        """These are gone outside the database too; the files' rows go."""
        connection = self._session.connection()
        for some in chunks(leftovers):
            connection.execute(delete(_files).where(_files.c.id.in_([one.file_id for one in some if one.file_id])))
            these = _dialogues.c.id.in_([one.dialogue_id for one in some])
            connection.execute(update(_dialogues).where(these).values(leftovers=False, file_id=""))

    def _purge(self, ids: Sequence[str], reason: str) -> Purged:
        parts = [self._purge_some(some, reason) for some in chunks(ids)]
        return Purged(
            tuple(ids),
            tuple(key for keys, _ in parts for key in keys),
            tuple(path for _, paths in parts for path in paths),
        )

    def _purge_some(self, ids: list[str], reason: str) -> tuple[list[str], list[str]]:
        connection = self._session.connection()
        said = select(_utterances.c.dialogue_id, _utterances.c.id).where(_utterances.c.dialogue_id.in_(ids))
        keys = [index_key(*row) for row in connection.execute(said)]
        citing = self._citing(set(ids))
        cards = self._cards_about(ids, citing)
        kept = select(_files.c.path).join(_dialogues, _dialogues.c.file_id == _files.c.id)
        paths = list(connection.execute(kept.where(_dialogues.c.id.in_(ids))).scalars())
        for table in _WITH_WORDS:
            connection.execute(delete(table).where(table.c.dialogue_id.in_(ids)))
        for some in chunks(citing):
            connection.execute(delete(_signals).where(_signals.c.id.in_(some)))
        forget_cards(connection, cards)
        forget_recordings(connection, [id_ for id_ in ids if id_.startswith(RECORDED)])
        self._forget_quotes_in_patterns(set(ids))
        empty = {"state": "purged", "reason": reason, "leftovers": True, "summary": None, "title": "", "contacts": ()}
        connection.execute(update(_dialogues).where(_dialogues.c.id.in_(ids)).values(**empty))
        return keys, paths

    def _citing(self, ids: set[str]) -> set[str]:
        """Signals that rest on words that go: a signal about a deal may cite several dialogues."""
        customers = select(_dialogues.c.customer_id).where(_dialogues.c.id.in_(ids), _dialogues.c.customer_id != "")
        query = select(_signals.c.id, _signals.c.evidence).where(_signals.c.customer_id.in_(customers))
        rows = self._session.connection().execute(query)
        return {id_ for id_, evidence in rows if any(one["dialogue_id"] in ids for one in evidence)}

    def _cards_about(self, ids: Sequence[str], signals: set[str]) -> list[str]:
        """The cards of prompts about these dialogues, or that tell of one of these signals: they quote."""
        customers = select(_dialogues.c.customer_id).where(_dialogues.c.id.in_(ids), _dialogues.c.customer_id != "")
        about = or_(_prompts.c.dialogue_id.in_(ids), _prompts.c.customer_id.in_(customers))
        query = select(_prompts.c.card_id, _prompts.c.dialogue_id, _prompts.c.signal_ids)
        rows = self._session.connection().execute(query.where(about, _prompts.c.card_id != ""))
        gone = set(ids)
        return sorted({card for card, dialogue, told in rows if dialogue in gone or not signals.isdisjoint(told)})

    def _forget_people(self, kind: Kind, subject: str) -> None:
        """Who is listed at the customer's, and the signals about deals that name them, with their cards."""
        connection = self._session.connection()
        names = forget_people(connection, kind, subject)
        query = select(_signals.c.id, _signals.c.customer_id, _signals.c.facts)
        about = query.where(_signals.c.customer_id.in_(names), _signals.c.dialogue_id == "")
        naming = {id_ for id_, customer, facts in connection.execute(about) if facts.get("name") in names[customer]}
        told = select(_prompts.c.card_id, _prompts.c.signal_ids)
        told = told.where(_prompts.c.customer_id.in_(names), _prompts.c.card_id != "")
        forget_cards(connection, [card for card, ids in connection.execute(told) if not naming.isdisjoint(ids)])
        for some in chunks(naming):
            connection.execute(delete(_signals).where(_signals.c.id.in_(some)))

    def _forget_quotes_in_patterns(self, ids: set[str]) -> None:
        """Patterns lose what they quoted; there are few of them."""
        connection = self._session.connection()
        for pattern_id, quotes in connection.execute(select(_patterns.c.id, _patterns.c.quotes)).all():
            left = tuple(quote for quote in quotes if quote["dialogue_id"] not in ids)
            if len(left) < len(quotes):
                connection.execute(update(_patterns).where(_patterns.c.id == pattern_id).values(quotes=left))


def _of(kind: Kind, subject: str) -> ColumnElement[bool]:
    """The dialogues of a subject; a person is ours, or among those who spoke for the customer."""
    if kind == "room":
        return _dialogues.c.room == subject
    if kind == "customer":
        return _dialogues.c.customer_id == subject
    return or_(_dialogues.c.person_id == subject, contains(cast(_dialogues.c.contacts, Text), f"|{subject}|"))

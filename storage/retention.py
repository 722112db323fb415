"""What is old enough to be deleted, a batch at a time.

Never: messages that aren't answered, or whose answer isn't completely delivered; and nothing that such a message needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, delete, func, or_, select
from sqlalchemy import exists as there_is

from storage.repositories.purging import old_dialogues
from storage.store import Store
from storage.tables import (
    AuditRow,
    CardRow,
    DeadlineNoteRow,
    DeadlineRow,
    DeliveryRow,
    ErrandRow,
    EventAttemptRow,
    EventDeliveryRow,
    EventKeyRow,
    EventRow,
    FileRow,
    LoadRow,
    MemoryRow,
    MessageRow,
    ModelUsageRow,
    OpenAnswerRow,
    PressRow,
    QuarantinedEventRow,
    RefusedRow,
    TimelineRow,
)
from storage.tables.sources import NO_KEY
from storage.upsert import table_of

_messages, _deliveries, _files = table_of(MessageRow), table_of(DeliveryRow), table_of(FileRow)
_cards, _presses, _line = table_of(CardRow), table_of(PressRow), table_of(TimelineRow)
_memories, _audit, _usage = table_of(MemoryRow), table_of(AuditRow), table_of(ModelUsageRow)
_open_answers, _errands = table_of(OpenAnswerRow), table_of(ErrandRow)
_loads, _refused = table_of(LoadRow), table_of(RefusedRow)
_events, _event_keys, _quarantined = table_of(EventRow), table_of(EventKeyRow), table_of(QuarantinedEventRow)
_sent_on, _attempts = table_of(EventDeliveryRow), table_of(EventAttemptRow)
_deadlines, _notes = table_of(DeadlineRow), table_of(DeadlineNoteRow)
OVER = ("met", "missed", "cancelled")  # deadlines that nothing can happen to any more
LAST_LOADS = 100  # of each source, that stay however old


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file that may go."""

    id: str
    path: str  # relative to the data folder


def count_old(store: Store, kind: str, before: datetime) -> int:
    """How many of a kind (messages, files, audit, dialogues …) would go."""
    found = select(func.count()).select_from(_old(kind, before).subquery())
    return int(store.session.connection().execute(found).scalar() or 0)


def delete_old(store: Store, kind: str, before: datetime, limit: int) -> int:
    """Delete at most `limit` of a kind, with what hangs on them; how many. Files: `old_files`. Dialogues: `Purging`."""
    connection = store.session.connection()
    keys = connection.execute(_old(kind, before).limit(limit)).all()
    if kind == "memories":
        for key in keys:
            named = zip(_memories.primary_key.columns, key, strict=True)
            connection.execute(delete(_memories).where(*(column == value for column, value in named)))
        return len(keys)
    ids = [key[0] for key in keys]
    for statement in _deletions(kind, ids):
        connection.execute(statement)
    return len(ids)


def old_files(store: Store, before: datetime, limit: int) -> list[OldFile]:
    """Files that may go: first from the disk, then by `forget_files`, so that none is left without its row."""
    query = _old("files", before).add_columns(_files.c.path).limit(limit)
    return [OldFile(id_, path) for id_, path in store.session.connection().execute(query)]


def forget_files(store: Store, ids: Sequence[str]) -> None:
    """Delete the rows of files that are gone."""
    store.session.connection().execute(delete(_files).where(_files.c.id.in_(ids)))


def _old(kind: str, before: datetime) -> Select[Any]:
    """The keys of what may go."""
    undelivered = there_is().where(_deliveries.c.message_id == _messages.c.id, _deliveries.c.state != "sent")
    settled = _messages.c.answered_at.is_not(None) & ~undelivered
    queries: dict[str, Select[Any]] = {
        "messages": select(_messages.c.id).where(_messages.c.received_at < before, settled),
        "cards": select(_cards.c.id).where(_cards.c.updated_at < before, ~_still_owed(_cards.c.message_id)),
        "memories": select(*_memories.primary_key.columns).where(_memories.c.at < before),
        "deliveries": select(_deliveries.c.id).where(_deliveries.c.state == "sent", _deliveries.c.sent_at < before),
        "files": select(_files.c.id).where(_files.c.at < before, ~_still_owed(_files.c.message_id)),
        "audit": select(_audit.c.seq).where(_audit.c.at < before),
        "dialogues": old_dialogues(before),
        "usage": select(_usage.c.day).where(_usage.c.day < before.date()),
        "open_answers": select(_open_answers.c.id).where(_open_answers.c.opened_at < before),
        "errands": select(_errands.c.id).where(_errands.c.asked_at < before),
        "events": select(_events.c.seq).where(_events.c.received_at < before, ~_still_to_send()),
        "quarantined_events": select(_quarantined.c.id).where(_quarantined.c.decided_at < before),
        "deadlines": select(_deadlines.c.id).where(_deadlines.c.due_at < before, _deadlines.c.state.in_(OVER)),
        "loads": _old_loads(before),
        "refused_rows": select(_refused.c.id).where(_refused.c.decided_at < before, _is_history()),
    }
    return queries[kind]


def _old_loads(before: datetime) -> Select[Any]:
    """Those that ended and that nobody looks at: not the last ones of a source, nor the one that read it last."""
    place = func.row_number().over(partition_by=_loads.c.source, order_by=_loads.c.id.desc()).label("place")
    numbered = select(_loads.c.id, place).subquery()
    last = select(numbered.c.id).where(numbered.c.place <= LAST_LOADS)
    read = select(func.max(_loads.c.id)).where(_loads.c.state == "done", _loads.c.mode == "read")
    return select(_loads.c.id).where(
        _loads.c.ended_at < before,
        or_(_loads.c.state == "failed", (_loads.c.state == "done") & _loads.c.told),
        _loads.c.id.not_in(last),
        _loads.c.id.not_in(read.group_by(_loads.c.source)),
    )


def _still_to_send() -> ColumnElement[bool]:
    """Whether a system waits for the event. One that is held back for so long has nobody who wants it."""
    return there_is().where(_sent_on.c.event_seq == _events.c.seq, _sent_on.c.state == "waiting")


def _is_history() -> ColumnElement[bool]:
    """A refused row that was taken. One that was dropped keeps the source's row away as long as it comes just so, and
    so does one without a key whose mended twin has one: both stay."""
    keeps_away = _refused.c.key.startswith(NO_KEY) & (_refused.c.decided_by != "")
    return (_refused.c.state == "mended") & ~keeps_away


def _still_owed(message_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the message is unanswered, or its answer undelivered."""
    unanswered = there_is().where(_messages.c.id == message_id, _messages.c.answered_at.is_(None))
    undelivered = there_is().where(
        _deliveries.c.message_id == message_id, _deliveries.c.message_id != "", _deliveries.c.state != "sent"
    )
    return or_(unanswered, undelivered)


def _deletions(kind: str, ids: Sequence[Any]) -> list[Any]:
    lines = {"messages": "in", "deliveries": "out"}
    keys: dict[str, Column[Any]] = {
        "messages": _messages.c.id,
        "cards": _cards.c.id,
        "deliveries": _deliveries.c.id,
        "audit": _audit.c.seq,
        "usage": _usage.c.day,
        "open_answers": _open_answers.c.id,
        "errands": _errands.c.id,
        "events": _events.c.seq,
        "quarantined_events": _quarantined.c.id,
        "deadlines": _deadlines.c.id,
        "loads": _loads.c.id,
        "refused_rows": _refused.c.id,
    }
    key = keys[kind]
    found = [delete(key.table).where(key.in_(ids))]
    if kind in lines:
        found.append(delete(_line).where(_line.c.direction == lines[kind], _line.c.item.in_(ids)))
    if kind == "deadlines":
        found.append(delete(_notes).where(_notes.c.deadline_id.in_(ids)))
    if kind == "events":
        sent = select(_sent_on.c.id).where(_sent_on.c.event_seq.in_(ids))
        found.append(delete(_attempts).where(_attempts.c.delivery_id.in_(sent)))
        found.append(delete(_sent_on).where(_sent_on.c.event_seq.in_(ids)))
        found.append(delete(_event_keys).where(_event_keys.c.event_seq.in_(ids)))
    if kind == "cards":
        found.append(delete(_presses).where(_presses.c.card_id.in_(ids)))
    return found

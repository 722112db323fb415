"""What waits in quarantine, put together by what is wrong: one decision for all events with the same fault. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from storage.repositories.quarantine import Waiting


@dataclass(frozen=True, slots=True)
class Group:
    """Events of one system and type that can't be taken for the same reason."""

    key: str  # [a-z0-9]{16}
    producer: str
    type: str
    reason: str
    faults: Sequence[Mapping[str, Any]]  # of the first of them, as proposals are
    proposal: Sequence[Mapping[str, Any]]
    ids: tuple[int, ...]  # the oldest first
    since: datetime
    latest: datetime

    @property
    def count(self) -> int:
        """How many events."""
        return len(self.ids)


def groups_of(rows: Iterable[Waiting]) -> list[Group]:
    """The oldest first."""
    by_key: dict[str, list[Waiting]] = {}
    for row in rows:
        by_key.setdefault(key_of(row.producer, row.type, row.reason, row.faults), []).append(row)
    return [_group(key, some) for key, some in by_key.items()]


def key_of(producer: str, type_: str, reason: str, faults: Iterable[Mapping[str, Any]]) -> str:
    """Of the fields and what is wrong with them, not of their values: each event has others."""
    said = sorted(f"{fault.get('field', '')}:{fault.get('problem', '')}" for fault in faults)
    return sha256("\0".join([producer, type_, reason, *said]).encode("utf-8", "replace")).hexdigest()[:16]


def _group(key: str, rows: Sequence[Waiting]) -> Group:
    first = min(rows, key=lambda row: row.id)
    return Group(
        key=key,
        producer=first.producer,
        type=first.type,
        reason=first.reason,
        faults=first.faults,
        proposal=first.proposal,
        ids=tuple(sorted(row.id for row in rows)),
        since=min(row.received_at for row in rows),
        latest=max(row.received_at for row in rows),
    )

"""Runs of the sandbox against a subscription: what was planned, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from storage.changes import rows_changed
from storage.records import Records
from storage.tables import RehearsalRow
from storage.upsert import table_of

RUNNING, PASSED, FAILED, BROKEN = "running", "passed", "failed", "broken"
_r = table_of(RehearsalRow).c


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One run."""

    id: str
    system: str
    subscription: str
    proof: str
    state: str
    by: str
    started_at: datetime
    ended_at: datetime | None
    plan: Mapping[str, Any]
    report: Mapping[str, Any]  # while it runs: {done, total}


class Rehearsals:
    """All runs, kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, RehearsalRow, Rehearsal)

    def add(self, rehearsal: Rehearsal) -> bool:
        """A new run. False when it is there."""
        return self._records.add(rehearsal)

    def get(self, id_: str) -> Rehearsal | None:
        """One of them."""
        return self._records.get(id_)

    def of(self, system: str, subscription: str = "", limit: int = 20) -> list[Rehearsal]:
        """Of one system, or of one subscription of it; newest first."""
        query = self._records.select().where(_r.system == system)
        if subscription:
            query = query.where(_r.subscription == subscription)
        return self._records.found(query.order_by(_r.started_at.desc(), _r.id).limit(limit))

    def running(self, system: str, subscription: str) -> Rehearsal | None:
        """The one that is under way."""
        here = _r.system == system, _r.subscription == subscription, _r.state == RUNNING
        found = self._records.found(self._records.select().where(*here).limit(1))
        return found[0] if found else None

    def progress(self, id_: str, report: Mapping[str, Any]) -> None:
        """How far it has come."""
        self._change(id_, report=dict(report))

    def end(self, id_: str, state: str, report: Mapping[str, Any], now: datetime) -> bool:
        """How it ended. False when that is known already."""
        return self._change(id_, state=state, report=dict(report), ended_at=now)

    def _change(self, id_: str, **values: Any) -> bool:
        statement = update(table_of(RehearsalRow)).where(_r.id == id_, _r.state == RUNNING).values(**values)
        return rows_changed(self._session, statement) > 0

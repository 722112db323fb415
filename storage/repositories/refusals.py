"""Rows of sources that could not be taken: kept with the reasons until they are mended or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, func, literal, or_, select, text, update
from sqlmodel import Session, col

from storage.changes import rows_changed
from storage.chunks import chunks
from storage.reasons import Reason
from storage.tables import RefusedRow, StagedRow
from storage.tables.sources import NO_KEY
from storage.tables.types import UtcTime
from storage.upsert import insert_into, table_of

_COPIED = ("key", "line", "place", "data", "digest", "reasons", "load_id")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was refused. `data` is as it came, or as somebody mended it."""

    id: int
    source: str
    key: str
    line: int
    place: str
    data: Mapping[str, Any]
    digest: str  # of the row as it came
    reasons: Sequence[Reason]  # none: it was mended and waits to be tried
    state: str  # open, mended, dropped
    load_id: int
    at: datetime = field(compare=False)  # when it was refused first
    decided_by: str = ""

    @property
    def is_split(self) -> bool:
        """Whether its fields could be told apart: else it has no key."""
        return not self.key.startswith(NO_KEY)


_NAMES = tuple(Refusal.__dataclass_fields__)
_COLUMNS = [col(getattr(RefusedRow, name)) for name in _NAMES]


class Refusals:
    """Refused rows. One key is open once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, load_id: int, source: str, at: datetime) -> None:
        """Copy what a load could not take here, over what was refused under the same key; but not over what somebody
        mended since the load took it up."""
        staged = table_of(StagedRow)
        copied = [staged.c[name] for name in _COPIED]
        given = {"source": source, "state": "open", "decided_by": ""}
        rows = select(*(literal(value, String) for value in given.values()), literal(at, UtcTime), *copied).where(
            staged.c.load_id == load_id, staged.c.state == "refused"
        )
        statement = insert_into(self._session, RefusedRow).from_select([*given, "at", *_COPIED], rows)
        changes = {name: statement.excluded[name] for name in _COPIED if name != "key"}
        another = table_of(RefusedRow).c.digest != statement.excluded.digest  # the source itself has changed it
        self._session.connection().execute(
            statement.on_conflict_do_update(
                index_elements=["source", "key"],
                index_where=text("state = 'open'"),
                set_=changes,
                where=~_waits() | _equal(statement.excluded) | another,
            )
        )

    def mended_since(self, load_id: int, source: str) -> bool:
        """Whether a row waits to be tried that a load under way doesn't have as it is now."""
        refused, staged = table_of(RefusedRow), table_of(StagedRow)
        seen = exists().where(staged.c.load_id == load_id, staged.c.key == refused.c.key, _equal(staged.c))
        query = select(refused.c.id).where(refused.c.source == source, refused.c.state == "open", _waits(), ~seen)
        return self._session.connection().execute(query.limit(1)).first() is not None

    def settle(self, load_id: int, source: str, at: datetime, *, whole: bool) -> int:
        """Close those whose rows a load took. `whole`: those too that have no key and didn't come again."""
        refused, staged = table_of(RefusedRow), table_of(StagedRow)
        taken = exists().where(staged.c.load_id == load_id, staged.c.key == refused.c.key, staged.c.state == "good")
        again = exists().where(staged.c.load_id == load_id, staged.c.key == refused.c.key, staged.c.n > 0)
        settled = or_(taken, and_(refused.c.key.startswith(NO_KEY), ~again)) if whole else taken
        statement = (
            update(refused)
            .where(refused.c.source == source, refused.c.state == "open", settled)
            .values(state="mended", decided_at=at)
        )
        return rows_changed(self._session, statement)

    def open(self, source: str, limit: int | None = None) -> list[Refusal]:
        """Those that wait for somebody, oldest first."""
        return self._found(col(RefusedRow.source) == source, col(RefusedRow.state) == "open", limit=limit)

    def these(self, ids: Iterable[int]) -> dict[int, Refusal]:
        """Those that are there, by id."""
        found = (self._found(col(RefusedRow.id).in_(some)) for some in chunks(ids))
        return {refusal.id: refusal for some in found for refusal in some}

    def counts(self) -> dict[str, int]:
        """How many wait, by source."""
        query = select(col(RefusedRow.source), func.count()).where(col(RefusedRow.state) == "open")
        rows = self._session.connection().execute(query.group_by(col(RefusedRow.source)))
        return dict(rows.all())

    def waiting_for(self, problems: Iterable[str]) -> set[str]:
        """Sources with open rows that were refused for one of these reasons."""
        reasons = func.coalesce(table_of(RefusedRow).c.reasons.cast(String), "")
        named = or_(*(reasons.contains(f'"{problem}"') for problem in problems))
        query = select(col(RefusedRow.source)).where(col(RefusedRow.state) == "open", named).distinct()
        return set(self._session.connection().execute(query).scalars())

    def mend(self, refusal: Refusal, data: Mapping[str, Any], key: str, by: str, at: datetime) -> None:
        """Let the next load try other values. A row that had no key gets one."""
        refused = table_of(RefusedRow)
        former = refused.c.id == refusal.id, refused.c.state == "open"
        if key == refusal.key:
            changes = {"data": data, "reasons": [], "decided_by": by}
            self._session.connection().execute(update(refused).where(*former).values(**changes))
            return
        self._session.connection().execute(
            update(refused).where(*former).values(state="mended", decided_by=by, decided_at=at)
        )
        self._session.connection().execute(self._with_key(refusal, data, key, by, at))

    def drop(self, source: str, ids: Iterable[int], by: str, at: datetime) -> int:
        """Never mind these rows, as long as they stay as they are; how many."""
        refused, dropped = table_of(RefusedRow), 0
        for some in chunks(ids):
            statement = (
                update(refused)
                .where(refused.c.source == source, refused.c.state == "open", refused.c.id.in_(some))
                .values(state="dropped", decided_by=by, decided_at=at)
            )
            dropped += rows_changed(self._session, statement)
        return dropped

    def _with_key(self, refusal: Refusal, data: Mapping[str, Any], key: str, by: str, at: datetime) -> Any:
        values = {
            "source": refusal.source,
            "key": key,
            "line": refusal.line,
            "place": refusal.place,
            "data": data,
            "digest": refusal.digest,
            "reasons": [],
            "state": "open",
            "load_id": refusal.load_id,
            "at": at,
            "decided_by": by,
        }
        statement = insert_into(self._session, RefusedRow).values(**values)
        return statement.on_conflict_do_update(
            index_elements=["source", "key"],
            index_where=text("state = 'open'"),
            set_={"data": data, "reasons": [], "digest": refusal.digest, "decided_by": by},
        )

    def _found(self, *conditions: Any, limit: int | None = None) -> list[Refusal]:
        query = select(*_COLUMNS).where(*conditions).order_by(col(RefusedRow.id)).limit(limit)
        rows = [dict(zip(_NAMES, row, strict=True)) for row in self._session.connection().execute(query)]
        return [
            Refusal(**{**row, "reasons": tuple(Reason.from_json(one) for one in row["reasons"] or ())}) for row in rows
        ]


def _waits() -> ColumnElement[bool]:
    """Mended by somebody, and not tried yet."""
    refused = table_of(RefusedRow)
    return and_(refused.c.decided_by != "", refused.c.reasons.cast(String) == "[]")


def _equal(other: Any) -> ColumnElement[bool]:
    """The same values. JSON is kept as it was written, on both databases, and both were written by us."""
    same: ColumnElement[bool] = table_of(RefusedRow).c.data.cast(String) == other.data.cast(String)
    return same

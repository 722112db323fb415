"""Rows of a load under way. Nobody sees them but the load itself; publishing copies them from here, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, delete, exists, func, or_, select, true, update
from sqlmodel import Session, col

from storage.reasons import Reason
from storage.tables import LandedRow, RefusedRow, StagedRow
from storage.tables.sources import NO_KEY
from storage.upsert import table_of, upsert_all

_FIRST = -(2**31)


@dataclass(frozen=True, slots=True)
class Staged:
    """One row that a load has read."""

    key: str
    n: int
    line: int
    place: str
    data: Mapping[str, Any]
    digest: str
    again: bool = False
    reasons: Sequence[Reason] = ()  # why its reader couldn't split it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the mapping says of a staged row: the record it becomes, or why it can't be taken."""

    key: str
    record_id: str = ""
    reasons: Sequence[Reason] = ()


class Staging:
    """The rows of loads under way."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, load_id: int, rows: Sequence[Staged]) -> None:
        """Add some. Of two rows with one key the later is kept, in whatever batch it came."""
        last = {row.key: _values(load_id, row) for row in rows}
        upsert_all(self._session, StagedRow, list(last.values()), _over)

    def counts(self, load_id: int) -> tuple[int, int]:
        """(Different keys that were read, rows from before that are tried again)."""
        read = func.sum(case((col(StagedRow.n) > 0, 1), else_=0))
        query = select(read, func.count()).where(col(StagedRow.load_id) == load_id)
        came, all_ = self._session.connection().execute(query).one()
        return came or 0, all_ - (came or 0)

    def is_empty(self, load_id: int) -> bool:
        """Whether nothing is staged."""
        query = select(col(StagedRow.key)).where(col(StagedRow.load_id) == load_id).limit(1)
        return self._session.connection().execute(query).first() is None

    def to_map(self, load_id: int, source: str, after: int = _FIRST, limit: int = 5000) -> list[Staged]:
        """Those that aren't as they landed, nor dropped by somebody just as they are; in the order they came."""
        s, landed, refused = StagedRow, table_of(LandedRow).alias(), table_of(RefusedRow).alias()
        decided = exists().where(
            refused.c.source == source,
            refused.c.key == s.key,
            refused.c.digest == s.digest,
            or_(
                refused.c.state == "dropped",
                # its mended twin has a key; one that only didn't come again is refused again when it does
                (refused.c.state == "mended") & refused.c.key.startswith(NO_KEY) & (refused.c.decided_by != ""),
            ),
        )
        columns = [col(getattr(s, name)) for name in ("key", "n", "line", "place", "data", "digest", "again")]
        query = (
            select(*columns, col(s.reasons))
            .join(landed, (landed.c.source == source) & (landed.c.key == s.key), isouter=True)
            .where(
                col(s.load_id) == load_id,
                col(s.n) > after,
                col(s.again) | (landed.c.key.is_(None) | (landed.c.digest != s.digest)),
                ~decided,
            )
            .order_by(col(s.n))
            .limit(limit)
        )
        return [_staged(tuple(row)) for row in self._session.connection().execute(query)]

    def judge(self, load_id: int, verdicts: Sequence[Verdict]) -> None:
        """Write down what the mapping says."""
        if not verdicts:
            return
        s = table_of(StagedRow)
        statement = (
            update(s)
            .where(s.c.load_id == load_id, s.c.key == bindparam("of"))
            .values(state=bindparam("is"), record_id=bindparam("id_"), reasons=bindparam("why"))
        )
        self._session.connection().execute(statement, [_judged(verdict) for verdict in verdicts])

    def count(self, load_id: int, state: str) -> int:
        """How many are in this state."""
        query = select(func.count()).where(col(StagedRow.load_id) == load_id, col(StagedRow.state) == state)
        return int(self._session.connection().execute(query).scalar_one())

    def drop_unseen(self, load_id: int) -> None:
        """Forget broken rows of former loads that didn't come again, where everything came again."""
        s = table_of(StagedRow)
        unseen = delete(s).where(s.c.load_id == load_id, s.c.n <= 0, s.c.key.startswith(NO_KEY))
        self._session.connection().execute(unseen)

    def clear(self, load_id: int, most: int | None = None) -> int:
        """Forget them all, or at most so many; how many there were."""
        s = table_of(StagedRow)
        keys = select(s.c.key).where(s.c.load_id == load_id).limit(most).scalar_subquery()
        gone = delete(s).where(s.c.load_id == load_id, s.c.key.in_(keys) if most else true())
        return self._session.connection().execute(gone).rowcount

    def unjudge(self, load_id: int) -> None:
        """Forget what a mapping said that was interrupted."""
        s = table_of(StagedRow)
        statement = update(s).where(s.c.load_id == load_id, s.c.state != "read").values(state="read", record_id="")
        self._session.connection().execute(statement)

    def loads(self) -> list[int]:
        """The loads that have rows here."""
        return list(self._session.connection().execute(select(col(StagedRow.load_id)).distinct()).scalars())


def _values(load_id: int, row: Staged) -> dict[str, Any]:
    return {
        "load_id": load_id,
        "key": row.key,
        "n": row.n,
        "line": row.line,
        "place": row.place,
        "data": row.data,
        "digest": row.digest,
        "state": "read",
        "again": row.again,
        "record_id": "",
        "reasons": [reason.as_json() for reason in row.reasons],
    }


def _over(new: Any) -> Mapping[str, Any]:
    """The later row counts; but what somebody mended isn't undone by the same row coming as it was."""
    same = StagedRow.digest == new.digest
    return {
        "n": new.n,
        "line": new.line,
        "place": new.place,
        "data": case((same, StagedRow.data), else_=new.data),
        "digest": new.digest,
        "state": new.state,
        "again": or_(col(StagedRow.again), new.again),
        "reasons": new.reasons,
    }


def _judged(verdict: Verdict) -> dict[str, Any]:
    state = "good" if verdict.record_id else "refused"
    why = [reason.as_json() for reason in verdict.reasons]
    return {"of": verdict.key, "is": state, "id_": verdict.record_id, "why": why}


def _staged(row: tuple[Any, ...]) -> Staged:
    key, n, line, place, data, digest, again, why = row
    return Staged(key, n, line, place, data, digest, again, _reasons(why))


def _reasons(stored: Any) -> tuple[Reason, ...]:
    return tuple(Reason.from_json(one) for one in stored or ())

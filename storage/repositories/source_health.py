"""How loading goes, source by source: what freshness lights and warnings are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session

from storage.repositories.landing import Landed
from storage.tables import LandedRow, LoadRow, RefusedRow
from storage.upsert import table_of

_loads, _refused, _landed = table_of(LoadRow), table_of(RefusedRow), table_of(LandedRow)


@dataclass(frozen=True, slots=True)
class Health:
    """One source's."""

    done: int = 0  # number of the last load that is done; 0: none is
    read_at: datetime | None = None  # when the source itself was last read to its end
    failing_since: datetime | None = None  # since when it could not be read after that
    fault: str = ""  # why, for people
    refused: int = 0  # rows that wait to be mended


class SourceHealth:
    """Reads; whoever loads writes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, sources: Iterable[str], refused_before: datetime) -> dict[str, Health]:
        """By source. Rows refused after `refused_before` don't count yet: many are taken by themselves, once what
        they refer to has come."""
        done, read, failed, refused = self._done(), self._read(), self._failed(), self._waiting(refused_before)
        found = {}
        for source in sources:
            since, fault = failed.get(source, (None, ""))
            found[source] = Health(done.get(source, 0), read.get(source), since, fault, refused.get(source, 0))
        return found

    def latest_rows(self, source: str, limit: int) -> list[Landed]:
        """The rows that landed last. For those who may see the source."""
        query = select(*(_landed.c[one.name] for one in fields(Landed))).where(_landed.c.source == source)
        return [Landed(*row) for row in self._run(query.order_by(_landed.c.load_id.desc(), _landed.c.key).limit(limit))]

    def _done(self) -> dict[str, int]:
        query = select(_loads.c.source, func.max(_loads.c.id)).where(_loads.c.state == "done")
        return {source: int(number) for source, number in self._run(query.group_by(_loads.c.source))}

    def _read(self) -> dict[str, datetime]:
        last = _last_read()
        query = select(_loads.c.source, _loads.c.ended_at).join(last, last.c.id == _loads.c.id)
        return {source: at for source, at in self._run(query) if at is not None}

    def _failed(self) -> dict[str, tuple[datetime, str]]:
        """A load that failed may be gone on with: its beginning counts, and its latest fault."""
        last = _last_read()
        since = _loads.outerjoin(last, last.c.source == _loads.c.source)
        read = _loads.c.mode == "read", _loads.c.state == "failed"
        later = and_(*read, _loads.c.id > func.coalesce(last.c.id, 0))
        query = select(_loads.c.source, _loads.c.begun_at, _loads.c.fault).select_from(since).where(later)
        found: dict[str, tuple[datetime, str]] = {}
        for source, begun_at, fault in self._run(query.order_by(_loads.c.id)):
            found[source] = (found[source][0] if source in found else begun_at, fault)
        return found

    def _waiting(self, before: datetime) -> dict[str, int]:
        here = _refused.c.state == "open", _refused.c.at <= before
        query = select(_refused.c.source, func.count()).where(*here).group_by(_refused.c.source)
        return {source: int(count) for source, count in self._run(query)}

    def _run(self, query: Any) -> Any:
        return self._session.connection().execute(query)


def _last_read() -> Any:
    """The number of each source's last load that read it to its end."""
    read = _loads.c.mode == "read", _loads.c.state == "done"
    query = select(_loads.c.source, func.max(_loads.c.id).label("id")).where(*read)
    return query.group_by(_loads.c.source).subquery()

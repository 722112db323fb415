"""Rights that one process has at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, delete, extract, func
from sqlmodel import Session, col, select

from storage.tables import LeaseRow
from storage.upsert import upsert

_NOW = extract("epoch", func.now())


class Leases:
    """Time is the database's, so that the clocks of machines don't matter."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self, name: str, holder: str, seconds: float) -> bool:
        """Get the right, or keep it, for so long from now. False while another has it."""
        now = float(self._session.exec(select(_NOW)).one())
        upsert(self._session, LeaseRow(name=name, holder=holder, until=now + seconds), _if_free)
        return self._session.exec(select(LeaseRow.holder).where(LeaseRow.name == name)).one() == holder

    def give_back(self, name: str, holder: str) -> None:
        """Let the next one have it at once."""
        mine = delete(LeaseRow).where(col(LeaseRow.name) == name, col(LeaseRow.holder) == holder)
        self._session.connection().execute(mine)


def _if_free(new: Any) -> Mapping[str, Any]:
    """A function of the module: `upsert` keeps a statement for each function that it is given, for good."""
    free = (LeaseRow.holder == new.holder) | (col(LeaseRow.until) < _NOW)
    return {
        "holder": case((free, new.holder), else_=LeaseRow.holder),
        "until": case((free, new.until), else_=LeaseRow.until),
    }

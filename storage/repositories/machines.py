"""Which processes run jobs, and whose turn it is to take over from one that died."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import UpdateBase, delete, update
from sqlmodel import Session, col, select

from storage.changes import rows_changed
from storage.tables import MachineRow
from storage.upsert import insert_new

LEFT = -1  # instead of beats: the process ended in good order and will not come back by itself


@dataclass(frozen=True, slots=True)
class Machine:
    """A process that runs jobs; the columns of `MachineRow`."""

    id: str
    instance: str
    host: str
    pid: int
    born: float
    beats: int
    started_at: datetime


class Machines:
    """Rows change only under the instance that the caller saw, so of two who want the same, one succeeds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Machine]:
        """Every process, also dead ones that nobody has taken over yet."""
        return [_machine(row) for row in self._session.exec(select(MachineRow).order_by(MachineRow.id))]

    def join(self, newcomer: Machine, dead: Callable[[Machine], bool]) -> str:
        """Take the first slot of the newcomer's host and role that is free or whose process is `dead`.

        The newcomer's id is its role; returns the id that it got.
        """
        for slot in count(1):
            id_ = f"{newcomer.host}:{newcomer.id}:{slot}"
            row = self._session.get(MachineRow, id_)
            if row is None:
                taken = insert_new(self._session, MachineRow(**{**asdict(newcomer), "id": id_}))
            else:
                taken = dead(_machine(row)) and self._replace(row, newcomer)
            if taken:
                return id_
        raise AssertionError("count never ends")

    def bury(self, left: Machine) -> bool:
        """Note a name whose process nobody knows, so that one of those who see it takes over what it left."""
        return insert_new(self._session, MachineRow(**asdict(left)))

    def beat(self, id_: str, instance: str) -> bool:
        """Say that this process lives. False when another has taken its place: it must stop."""
        changed = update(MachineRow).where(col(MachineRow.id) == id_, col(MachineRow.instance) == instance)
        return self._changed(changed.values(beats=MachineRow.beats + 1))

    def leave(self, id_: str, instance: str) -> bool:
        """Say that this process ends: what it leaves behind may be taken over at once."""
        mine = update(MachineRow).where(col(MachineRow.id) == id_, col(MachineRow.instance) == instance)
        return self._changed(mine.values(beats=LEFT))

    def claim(self, seen: Machine, instance: str) -> bool:
        """Take over from a process that stands still. True for one of those who try."""
        theirs = (col(MachineRow.id) == seen.id, col(MachineRow.instance) == seen.instance)
        still = col(MachineRow.beats) == seen.beats
        return self._changed(update(MachineRow).where(*theirs, still).values(instance=instance))

    def forget(self, id_: str, instance: str) -> bool:
        """Its work is taken over, or it has none."""
        gone = delete(MachineRow).where(col(MachineRow.id) == id_, col(MachineRow.instance) == instance)
        return self._changed(gone)

    def _replace(self, row: MachineRow, newcomer: Machine) -> bool:
        values = {**asdict(newcomer), "id": row.id}
        theirs = (col(MachineRow.id) == row.id, col(MachineRow.instance) == row.instance)
        return self._changed(update(MachineRow).where(*theirs).values(**values))

    def _changed(self, statement: UpdateBase) -> bool:
        return rows_changed(self._session, statement) == 1


def _machine(row: MachineRow) -> Machine:
    return Machine(row.id, row.instance, row.host, row.pid, row.born, row.beats, row.started_at)

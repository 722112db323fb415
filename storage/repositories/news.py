"""Whether anything was said since, by anybody: one look for all who wait."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from storage.tables import TimelineRow


class News:
    """The end of the line of time."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def latest(self) -> int:
        """The highest number that is there; 0 when there is nothing."""
        return self._session.exec(select(func.max(TimelineRow.seq))).one() or 0

    def after(self, seq: int, channel: str) -> list[tuple[int, str | None]]:
        """What came with higher numbers on a channel: its number, and whose history it belongs to."""
        newer = select(TimelineRow.seq, TimelineRow.person_id).where(col(TimelineRow.seq) > seq)
        return [
            (number or 0, person) for number, person in self._session.exec(newer.where(TimelineRow.channel == channel))
        ]

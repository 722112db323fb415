"""The playbook's texts, each with all its revisions."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from storage.tables import PlaybookRevisionRow, PlaybookTextRow
from storage.upsert import insert_new, upsert


@dataclass(frozen=True, slots=True)
class PlaybookText:
    """A talk-track, competitor card or pattern in one language."""

    id: str
    language: str
    kind: str
    text: str
    revision: int  # 1, 2, …; never used twice, not even after a removal
    valid_until: date | None
    updated_at: datetime
    updated_by: str


class PlaybookStore:
    """Texts by id and language."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(
        self,
        text_id: str,
        language: str,
        text: str,
        *,
        kind: str,
        valid_until: date | None,
        by: str,
        at: datetime,
    ) -> int:
        """Write a text and return its revision: the present one when nothing changed, else one more."""
        new = PlaybookText(text_id, language, kind, text, 0, valid_until, at, by)
        old = self.get(text_id, language)
        if old and _same(old, new):
            return old.revision
        new = replace(new, revision=self._last(text_id, language) + 1)
        if not insert_new(self._session, PlaybookRevisionRow(**asdict(new))):
            # somebody else wrote this revision at the same time
            return self.put(text_id, language, text, kind=kind, valid_until=valid_until, by=by, at=at)
        upsert(self._session, PlaybookTextRow(**asdict(new)))
        return new.revision

    def get(self, text_id: str, language: str) -> PlaybookText | None:
        """The text as it is valid now."""
        row = self._session.get(PlaybookTextRow, (text_id, language))
        return PlaybookText(**row.model_dump()) if row else None

    def all(self, language: str | None = None) -> list[PlaybookText]:
        """All present texts, by id and language."""
        query = select(PlaybookTextRow).order_by(col(PlaybookTextRow.id), col(PlaybookTextRow.language))
        if language is not None:
            query = query.where(PlaybookTextRow.language == language)
        return [PlaybookText(**row.model_dump()) for row in self._session.exec(query)]

    def revisions(self, text_id: str, language: str) -> list[PlaybookText]:
        """Every revision there ever was, newest first."""
        row = PlaybookRevisionRow
        query = select(row).where(row.id == text_id, row.language == language)
        return [
            PlaybookText(**found.model_dump()) for found in self._session.exec(query.order_by(col(row.revision).desc()))
        ]

    def remove(self, text_id: str, language: str) -> bool:
        """Take a text out; its revisions stay. Whether it was there."""
        row = PlaybookTextRow
        gone = delete(row).where(col(row.id) == text_id, col(row.language) == language)
        return self._session.execute(gone.returning(col(row.id))).first() is not None

    def state(self) -> tuple[int, int]:
        """Texts present and revisions ever written: changes whenever any text does. Reads no texts."""
        texts = self._session.exec(select(func.count()).select_from(PlaybookTextRow)).one()
        return texts, self._session.exec(select(func.count()).select_from(PlaybookRevisionRow)).one()

    def _last(self, text_id: str, language: str) -> int:
        row = PlaybookRevisionRow
        query = select(func.max(row.revision)).where(row.id == text_id, row.language == language)
        return self._session.exec(query).one() or 0


def _same(old: PlaybookText, new: PlaybookText) -> bool:
    return (old.text, old.kind, old.valid_until) == (new.text, new.kind, new.valid_until)

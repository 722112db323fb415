"""Sessions of the console, and what counts once at sign-in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlmodel import Session, col, exists, select

from bot.contracts.person import Person
from storage.changes import rows_changed
from storage.repositories.people import People
from storage.repositories.sign_ins import SignIns, token_hash
from storage.tables import AccountRow, SignInRow, SpentMarkRow, WebSessionRow
from storage.upsert import insert_new

LINK = "link"  # the way of whoever came with a token


@dataclass(frozen=True, slots=True)
class WebSession:
    """One browser in which somebody is signed in; the columns of `WebSessionRow` that may be shown."""

    id: str
    person_id: str
    way: str
    device: str
    address: str
    begun_at: datetime
    seen_at: datetime


class WebSessions:
    """Nothing here knows how long a session may last: who asks decides by its times."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def holder(self, way: str, proof: str) -> Person | None:
        """Who may come in by this way with this token or account; None for strangers and revoked tokens."""
        if way == LINK:
            return SignIns(self._session).person_for(proof)
        return People(self._session).by_account(way, proof)

    def begin(self, seen: WebSession, secret: str, proof: str) -> None:
        """Let this secret act for the person, as long as the token or account `proof` is theirs."""
        credential = token_hash(proof) if seen.way == LINK else proof
        self._session.add(
            WebSessionRow(
                id=seen.id,
                secret_hash=_hash(secret),
                person_id=seen.person_id,
                way=seen.way,
                credential=credential,
                device=seen.device,
                address=seen.address,
                begun_at=seen.begun_at,
                seen_at=seen.seen_at,
            )
        )
        self._session.flush()

    def find(self, id_: str, secret: str) -> WebSession | None:
        """The session with this secret; None when unknown, ended, or its token or account no longer counts."""
        row = self._session.exec(select(WebSessionRow).where(WebSessionRow.id == id_, _counts())).first()
        if row is None or not hmac.compare_digest(row.secret_hash, _hash(secret)):
            return None
        return _shown(row)

    def of(self, person_id: str) -> list[WebSession]:
        """Every session of a person that counts, the one used last first."""
        query = select(WebSessionRow).where(WebSessionRow.person_id == person_id, _counts())
        return [_shown(row) for row in self._session.exec(query.order_by(col(WebSessionRow.seen_at).desc()))]

    def seen(self, id_: str, address: str, at: datetime) -> None:
        """The person did something."""
        mine = update(WebSessionRow).where(col(WebSessionRow.id) == id_, col(WebSessionRow.ended_at).is_(None))
        self._session.execute(mine.values(address=address, seen_at=at))

    def end(self, person_id: str, ids: Iterable[str], at: datetime) -> int:
        """End these sessions of the person; returns how many were open."""
        wanted = list(ids)
        mine = update(WebSessionRow).where(col(WebSessionRow.person_id) == person_id, col(WebSessionRow.id).in_(wanted))
        return rows_changed(self._session, mine.where(col(WebSessionRow.ended_at).is_(None)).values(ended_at=at))

    def end_all(self, person_id: str, at: datetime) -> int:
        """End every session of the person, when they leave; returns how many were open."""
        mine = update(WebSessionRow).where(col(WebSessionRow.person_id) == person_id)
        return rows_changed(self._session, mine.where(col(WebSessionRow.ended_at).is_(None)).values(ended_at=at))

    def spend(self, mark: str, at: datetime) -> bool:
        """Use something up. True for the first who asks, on whichever machine; later ones get False."""
        return insert_new(self._session, SpentMarkRow(mark=_hash(mark), at=at))

    def forget(self, sessions_before: datetime, marks_before: datetime) -> None:
        """Delete sessions not used since then, and marks older than what they guard."""
        self._session.execute(delete(WebSessionRow).where(col(WebSessionRow.seen_at) < sessions_before))
        self._session.execute(delete(SpentMarkRow).where(col(SpentMarkRow.at) < marks_before))


def _counts() -> ColumnElement[bool]:
    """Not ended, and what opened it still belongs to the same person."""
    token = exists().where(
        col(SignInRow.token_hash) == WebSessionRow.credential,
        col(SignInRow.person_id) == WebSessionRow.person_id,
        col(SignInRow.revoked_at).is_(None),
    )
    account = exists().where(
        col(AccountRow.channel) == WebSessionRow.way,
        col(AccountRow.account) == WebSessionRow.credential,
        col(AccountRow.person_id) == WebSessionRow.person_id,
    )
    by_link = col(WebSessionRow.way) == LINK
    return and_(col(WebSessionRow.ended_at).is_(None), or_(and_(by_link, token), and_(~by_link, account)))


def _shown(row: WebSessionRow) -> WebSession:
    return WebSession(row.id, row.person_id, row.way, row.device, row.address, row.begun_at, row.seen_at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()

"""Ways into the console."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.contracts.person import Person
from storage.repositories.people import People
from storage.tables import SignInRow
from storage.upsert import insert_new


class SignIns:
    """Secret tokens; only their SHA-256 is stored (they are random, so no salt is needed)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def issue(self, person_id: str, token: str, at: datetime) -> None:
        """Let this token open the console for a person, until revoked."""
        insert_new(self._session, SignInRow(token_hash=token_hash(token), person_id=person_id, issued_at=at))

    def person_for(self, token: str, *, issued_after: datetime | None = None) -> Person | None:
        """Who holds this token; None when unknown, revoked, or older than asked for."""
        query = select(SignInRow).where(SignInRow.token_hash == token_hash(token), col(SignInRow.revoked_at).is_(None))
        if issued_after is not None:
            query = query.where(SignInRow.issued_at > issued_after)
        row = self._session.exec(query).first()
        return People(self._session).get(row.person_id) if row else None

    def revoke(self, person_id: str, at: datetime) -> None:
        """Close the console to every token of this person."""
        open_ones = update(SignInRow).where(col(SignInRow.person_id) == person_id, col(SignInRow.revoked_at).is_(None))
        self._session.execute(open_ones.values(revoked_at=at))


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

"""Ways into the console."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

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

    def person_for(self, token: str) -> Person | None:
        """Who holds this token; None when it is unknown or revoked, or its person has left."""
        row = self._session.get(SignInRow, token_hash(token))
        return People(self._session).get(row.person_id) if row and row.revoked_at is None else None

    def revoke(self, person_id: str, at: datetime) -> None:
        """Close the console to every token of this person."""
        open_ones = update(SignInRow).where(col(SignInRow.person_id) == person_id, col(SignInRow.revoked_at).is_(None))
        self._session.execute(open_ones.values(revoked_at=at))


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

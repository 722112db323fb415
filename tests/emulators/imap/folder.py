"""A folder of mails, as an IMAP server keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Stored:
    """One mail. `uid` is never used again, not even after it is gone."""

    uid: int
    data: bytes
    at: datetime


@dataclass(slots=True)
class Folder:
    """Mails in the order in which they came."""

    validity: int = 7001
    mails: list[Stored] = field(default_factory=list)
    next_uid: int = 1

    def add(self, data: bytes, at: datetime | None = None) -> int:
        """A mail comes in. Its UID."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.mails.append(Stored(uid, data, at or datetime.now(UTC)))
        return uid

    def number(self, uid: int) -> int | None:
        """Its place in the folder, from 1."""
        return next((number for number, mail in enumerate(self.mails, 1) if mail.uid == uid), None)

    def remove(self, uid: int) -> int:
        """A mail goes (EXPUNGE). The place that it had."""
        number = self.number(uid)
        assert number is not None, f"no mail {uid}"
        del self.mails[number - 1]
        return number

    def count_anew(self) -> None:
        """The server lost its numbers: a new UIDVALIDITY, and other UIDs for the same mails."""
        self.validity += 1
        for uid, mail in enumerate(self.mails, 1):
            mail.uid = uid
        self.next_uid = len(self.mails) + 1

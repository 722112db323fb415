"""Who agreed to be listened to (A18). Entries are added, never changed: the last one about a subject counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, insert, select, text, tuple_
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.tables import ConsentRow
from storage.upsert import table_of

Kind = Literal["room", "customer", "person"]


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody agreed, or no longer does."""

    kind: Kind
    subject: str  # id of the room, the customer, or the person (ours or theirs)
    given: bool
    at: datetime
    by: str  # who noted it
    source: str  # where it was said


_consents = table_of(ConsentRow)
_LOCK = 7_306_842_120  # any number that no other program uses as an advisory lock on this database
_WAIT = {name: text(f"SELECT {name}({_LOCK})") for name in ("pg_advisory_xact_lock", "pg_advisory_xact_lock_shared")}


class Consents:
    """What people agreed to."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, ConsentRow, Consent)

    def add(self, consent: Consent) -> None:
        """Note it. To take a consent back, and with it what was heard: `Purging.revoke`."""
        self.add_all([consent])

    def state(self, kind: Kind, subject: str, source: str | None = None) -> bool | None:
        """What was said last, anywhere or in one source; None: nothing."""
        query = select(_consents.c.given).where(_consents.c.kind == kind, _consents.c.subject == subject)
        query = query.where(_consents.c.source == source) if source is not None else query
        found: bool | None = (
            self._session.connection().execute(query.order_by(_consents.c.seq.desc()).limit(1)).scalar()
        )
        return found

    def latest(self, source: str | None = None) -> dict[tuple[str, str], Consent]:
        """What was said last about every subject, anywhere or in one source, for imports."""
        newest = select(func.max(_consents.c.seq)).group_by(_consents.c.kind, _consents.c.subject)
        newest = newest.where(_consents.c.source == source) if source is not None else newest
        found = self._records.found(self._records.select().where(_consents.c.seq.in_(newest)))
        return {(consent.kind, consent.subject): consent for consent in found}

    def add_all(self, consents: Sequence[Consent]) -> None:
        """Note many at once."""
        if consents:
            self._session.connection().execute(insert(_consents), [asdict(consent) for consent in consents])

    def hold(self) -> None:
        """Nobody takes a consent back before the end of this transaction: whoever does so waits, and then purges what
        was kept in it."""
        self._wait("pg_advisory_xact_lock_shared")

    def hold_alone(self) -> None:
        """Nobody keeps anything before the end of this transaction, and what was being kept is there now."""
        self._wait("pg_advisory_xact_lock")

    def permits(self, subjects: Mapping[Kind, str | tuple[str, ...]]) -> bool:
        """Whether a dialogue of this room, customer and people may be kept.

        Somebody must have agreed, and nobody who is named may have refused. "" names nobody. Asked in the transaction
        that keeps the dialogue, the answer holds until its end.
        """
        self.hold()
        named = [(kind, one) for kind, ones in subjects.items() for one in _each(ones) if one]
        if not named:
            return False
        latest = select(func.max(_consents.c.seq)).group_by(_consents.c.kind, _consents.c.subject)
        about = tuple_(_consents.c.kind, _consents.c.subject).in_(named)
        query = select(_consents.c.given).where(_consents.c.seq.in_(latest.where(about)))
        return agreed(self._session.connection().execute(query).scalars())

    def listing(self, viewer: Person, kind: Kind | None = None, limit: int = 1000) -> list[Consent]:
        """What holds now, of subjects that the viewer may see, the latest first."""
        latest = select(func.max(_consents.c.seq)).group_by(_consents.c.kind, _consents.c.subject)
        query = self._records.select().where(_consents.c.seq.in_(latest), visible(viewer, ConsentRow))
        query = query.where(_consents.c.kind == kind) if kind else query
        return self._records.found(query.order_by(_consents.c.seq.desc()).limit(limit))

    def history(self, kind: Kind, subject: str) -> list[Consent]:
        """Everything that was noted about one subject, the oldest first, for whoever has to prove it."""
        query = self._records.select().where(_consents.c.kind == kind, _consents.c.subject == subject)
        return self._records.found(query.order_by(_consents.c.seq))

    def _wait(self, lock: str) -> None:
        """SQLite has one writer anyway."""
        if self._session.connection().dialect.name == "postgresql":
            self._session.connection().execute(_WAIT[lock])


def agreed(said: Iterable[bool]) -> bool:
    """Somebody has agreed, and nobody has refused."""
    words = list(said)
    return bool(words) and all(words)


def _each(ones: str | tuple[str, ...]) -> tuple[str, ...]:
    return (ones,) if isinstance(ones, str) else ones

"""How far a mailbox was read, over restarts and on whichever machine."""

from __future__ import annotations

from adapters.email.ports import Place
from bot.contracts import Address, Clock
from bot.flows.listening import EMAIL
from storage.database import Database

KEPT = "mailbox"  # under which name a conversation keeps it


class MailProgress:
    """Fulfils `adapters.email.ports.Progress`: kept as what a mailbox's conversation has in mind.

    Lost, or forgotten by `retention.messages_days` after so long without mail, nothing is taken twice: the mails of
    the last `email.first_days` are read again, and their ids are known.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def last(self, mailbox: str) -> Place | None:
        """Where reading stopped; None for a mailbox that was never read. Raises IntakeUnavailable."""
        here = Address(EMAIL, mailbox)
        kept = await self._database.read(lambda store: store.conversations.memory(here, KEPT))
        return Place(int(kept["validity"]), int(kept["uid"])) if kept else None

    async def keep(self, mailbox: str, place: Place) -> None:
        """Everything up to `place` is stored. Raises IntakeUnavailable."""
        here, values, now = Address(EMAIL, mailbox), place._asdict(), self._clock.now()
        await self._database.write(lambda store: store.conversations.remember(here, KEPT, values, now))

"""A right that one process has at a time, e.g. to hold a platform's only connection."""

from __future__ import annotations

from uuid import uuid4

from storage.database import Database

HELD_SECONDS = 40.0  # after the last asking; then another process may have it


class DatabaseLease:
    """Fulfils `Lease` of `adapters.wecom_bot.ports` and `adapters.email.ports`."""

    def __init__(self, database: Database, name: str, *, held_seconds: float = HELD_SECONDS) -> None:
        self._database, self._name = database, name
        self._held_seconds = held_seconds
        self._holder = uuid4().hex

    async def __call__(self) -> bool:
        """Whether this process has the right, from now for so long. Raises IntakeUnavailable when nobody can say."""
        return await self._database.write(
            lambda store: store.leases.hold(self._name, self._holder, self._held_seconds), urgent=True
        )

    async def give_back(self) -> None:
        """Let the next process have it at once."""
        await self._database.write(lambda store: store.leases.give_back(self._name, self._holder))

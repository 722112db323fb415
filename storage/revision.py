"""Which version of the tables a database has, and which ones this program knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.store import Store

_TABLE = "alembic_version"
_VERSIONS = Path(__file__).parent / "migrations/versions"


def revision_of(connection: Connection) -> str:
    """The database's revision; "" when it has none of our tables."""
    if not inspect(connection).has_table(_TABLE):
        return ""
    return str(connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar() or "")  # noqa: S608  # ours


def revision(store: Store) -> str:
    """The same, inside a piece of work."""
    return revision_of(store.session.connection())


@cache
def known_revisions() -> tuple[str, ...]:
    """Every revision of this program, the newest first: each file is named after its own, and they are in a line."""
    return tuple(sorted((file.name[:4] for file in _VERSIONS.glob("[0-9]*.py")), reverse=True))

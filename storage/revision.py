"""Which version of the tables a database has, and which ones this program knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.store import Store

_TABLE = "alembic_version"


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
    """Every revision of this program, the newest first. Blocks for 0.2 s the first time."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return tuple(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())

"""Alembic, run by the program itself: no alembic.ini, no working directory."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Any number that no other program uses as an advisory lock on this database.
_LOCK = 7_306_842_119


def upgrade(connection: Connection) -> None:
    """Run what is missing, in the caller's transaction. Other processes that come meanwhile wait."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    else:
        connection.execute(text("BEGIN IMMEDIATE"))  # Python's sqlite3 doesn't begin for CREATE TABLE
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our folder of migrations and this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

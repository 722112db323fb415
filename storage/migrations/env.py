"""Alembic runs this file; it gets its connection from `storage.migrations`."""

from __future__ import annotations

from collections.abc import Mapping

from alembic import context
from alembic.runtime.environment import NameFilterParentNames, NameFilterType

from storage.tables import metadata


def _ours(name: str | None, kind: NameFilterType, _parents: Mapping[str, object] | NameFilterParentNames) -> bool:
    """The durable engine's tables live in the same file; they are not ours to compare."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=_ours,
    render_as_batch=True,  # SQLite changes a table by copying it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

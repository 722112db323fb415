"""The base of all tables, with predictable names for their constraints."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel
from sqlmodel._compat import SQLModelConfig

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """A row of ours. The durable engine keeps its own tables beside them; names must not meet."""

    model_config = SQLModelConfig(defer_build=True)  # rows aren't validated; building validators would slow each start

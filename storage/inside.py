"""A session inside a transaction that somebody else begins and ends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session


class Inside(Session):
    """Costs next to nothing until it is asked for an object: statements go straight to the connection.

    A session that begins and commits by itself takes as long for an empty transaction as three queries last. Call
    `flush` before the transaction is committed.
    """

    def __init__(self, connection: Connection) -> None:
        # Rows are always read afresh: statements change them behind the session's back.
        options = {"populate_existing": True}
        super().__init__(connection, join_transaction_mode="rollback_only", execution_options=options)
        self._connection = connection

    def connection(self, *_arguments: Any, **_options: Any) -> Connection:
        """The connection that this session is bound to, whatever is asked of it."""
        return self._connection

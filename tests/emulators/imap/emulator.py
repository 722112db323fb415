"""A small, strict IMAP server on a real socket. What it takes and says is RFC 3501, RFC 2177 (IDLE), RFC 2971 (ID)."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from tests.emulators.imap.connection import Connection
from tests.emulators.imap.folder import Folder
from tests.emulators.imap.wire import Command


class ImapEmulator:
    """One mailbox. Use as an async context manager; `commands` is the ledger of what clients asked."""

    def __init__(self, *, idle: bool = True, wants_id: bool = False) -> None:
        """`wants_id`: folders stay shut until the client names itself, as at 163 and 126."""
        self.user, self.password = "sales@example.com", "app-password"
        self.folders = {"INBOX": Folder()}
        self.capabilities = {"ID", "UIDPLUS"} | ({"IDLE"} if idle else set())
        self.wants_id = wants_id
        self.commands: list[Command] = []
        self.slow_seconds = 0.0
        self.port = 0
        self.connections = 0
        self._drops: list[str] = []
        self._open: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> ImapEmulator:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def deliver(self, data: bytes, at: datetime | None = None, folder: str = "INBOX") -> int:
        """A mail comes in; whoever idles is told. Its UID."""
        uid = self.folders[folder].add(data, at)
        for connection in list(self._open):
            await connection.announce()
        return uid

    async def expunge(self, uid: int, folder: str = "INBOX") -> None:
        """A mail is deleted; whoever idles is told."""
        number = self.folders[folder].remove(uid)
        for connection in list(self._open):
            await connection.gone(number)

    def drop_at(self, name: str) -> None:
        """Break the line the next time this command comes, instead of answering."""
        self._drops.append(name)

    def drops(self, name: str) -> bool:
        """Whether this one is not answered."""
        if name in self._drops:
            self._drops.remove(name)
            return True
        return False

    def heard(self, command: Command) -> None:
        """Enter a command into the ledger."""
        self.commands.append(command)

    def count(self, name: str) -> int:
        """How often a command came."""
        return sum(command.name == name for command in self.commands)

    @property
    def idling(self) -> bool:
        """Whether a client waits for news."""
        return any(connection.idling for connection in self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(self, reader, writer)
        self._open.add(connection)
        self.connections += 1
        try:
            await connection.serve()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(connection)
            self._tasks.discard(task)
            with contextlib.suppress(ConnectionError):
                writer.close()

"""One client's connection: which commands it may give in which state, and what it is answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tests.emulators.imap.folder import Stored
from tests.emulators.imap.wire import BadCommand, Command, read_command

if TYPE_CHECKING:
    from tests.emulators.imap.emulator import ImapEmulator

_BEFORE_LOGIN = {"CAPABILITY", "NOOP", "LOGOUT", "ID", "LOGIN"}
_AFTER_LOGIN = {"CAPABILITY", "NOOP", "LOGOUT", "ID", "SELECT", "EXAMINE"}
_IN_FOLDER = _AFTER_LOGIN | {"UID SEARCH", "UID FETCH", "IDLE"}
_SINCE = re.compile(r"\d{1,2}-[A-Z][a-z]{2}-\d{4}")


class Connection:
    """Serves one client until it leaves."""

    def __init__(self, server: ImapEmulator, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader, self._writer = reader, writer
        self._signed_in = self._identified = False
        self._folder = ""
        self.idling = False
        self._known = 0

    async def serve(self) -> None:
        """Greet, then answer commands in order."""
        await self._say("* OK emulator ready")
        while True:
            try:
                command = await read_command(self._reader, self._writer)
            except BadCommand as error:
                await self._say(f"* BAD {error}")
                return
            if command is None:
                return
            self._server.heard(command)
            await asyncio.sleep(self._server.slow_seconds)
            if self._server.drops(command.name):
                self._writer.transport.abort()
                return
            await self._answer(command)
            if command.name == "LOGOUT":
                return

    async def announce(self) -> None:
        """Tell an idling client how many mails there are now."""
        if self.idling:
            await self._say(f"* {len(self._mails)} EXISTS")

    async def gone(self, number: int) -> None:
        """Tell an idling client of an EXPUNGE."""
        if self.idling:
            await self._say(f"* {number} EXPUNGE")

    @property
    def _mails(self) -> list[Stored]:
        return self._server.folders[self._folder].mails

    async def _answer(self, command: Command) -> None:
        allowed = _IN_FOLDER if self._folder else _AFTER_LOGIN if self._signed_in else _BEFORE_LOGIN
        if command.name not in allowed:
            await self._say(f"{command.tag} BAD {command.name} is not allowed now")
            return
        answers: dict[str, Callable[[Command], Awaitable[None]]] = {
            "CAPABILITY": self._capability,
            "ID": self._id,
            "LOGIN": self._login,
            "SELECT": self._select,
            "EXAMINE": self._select,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
            "IDLE": self._idle,
            "LOGOUT": self._logout,
        }
        await answers.get(command.name, self._done)(command)

    async def _done(self, command: Command) -> None:
        await self._say(f"{command.tag} OK {command.name} done")

    async def _capability(self, command: Command) -> None:
        await self._say(f"* CAPABILITY IMAP4rev1 {' '.join(sorted(self._server.capabilities))}".rstrip())
        await self._done(command)

    async def _id(self, command: Command) -> None:
        self._identified = True
        await self._say('* ID ("name" "emulator")')
        await self._done(command)

    async def _login(self, command: Command) -> None:
        if command.arguments != (self._server.user, self._server.password):
            await self._say(f"{command.tag} NO [AUTHENTICATIONFAILED] LOGIN Login error or password error")
            return
        self._signed_in = True
        await self._done(command)

    async def _select(self, command: Command) -> None:
        if self._server.wants_id and not self._identified:
            await self._say(f"{command.tag} NO {command.name} Unsafe Login. Please contact the postmaster for help")
            return
        name = command.arguments[0] if command.arguments else ""
        folder = self._server.folders.get(name.upper() if name.upper() == "INBOX" else name)
        if folder is None:
            await self._say(f"{command.tag} NO [NONEXISTENT] no folder {name}")
            return
        self._folder = "INBOX" if name.upper() == "INBOX" else name
        await self._say(r"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)")
        await self._say(f"* {len(folder.mails)} EXISTS")
        await self._say("* 0 RECENT")
        await self._say(f"* OK [UIDVALIDITY {folder.validity}] UIDs valid")
        await self._say(f"* OK [UIDNEXT {folder.next_uid}] next")
        mode = "READ-ONLY" if command.name == "EXAMINE" else "READ-WRITE"
        await self._say(f"{command.tag} OK [{mode}] {command.name} done")

    async def _search(self, command: Command) -> None:
        key, *values = [argument.upper() for argument in command.arguments]
        if key == "UID" and len(values) == 1:
            uids = _in_set(values[0], [mail.uid for mail in self._mails])
        elif key == "SINCE" and len(values) == 1 and _SINCE.fullmatch(command.arguments[1]):
            from email.utils import parsedate

            day = parsedate(f"{command.arguments[1].replace('-', ' ')} 00:00:00")
            assert day is not None
            uids = [mail.uid for mail in self._mails if mail.at.timetuple()[:3] >= day[:3]]
        else:
            await self._say(f"{command.tag} BAD unknown search {' '.join(command.arguments)}")
            return
        await self._say(" ".join(["* SEARCH", *map(str, uids)]))
        await self._done(command)

    async def _fetch(self, command: Command) -> None:
        wanted, items = command.arguments[0], command.arguments[1].strip("()").upper().split()
        for uid in _in_set(wanted, [mail.uid for mail in self._mails]):
            number = self._server.folders[self._folder].number(uid)
            mail = next(mail for mail in self._mails if mail.uid == uid)
            self._writer.write(f"* {number} FETCH (UID {uid}".encode())
            for item in items:
                self._writer.write(b" " + _item(item, mail))
            self._writer.write(b")\r\n")
            await self._writer.drain()
        await self._done(command)

    async def _idle(self, command: Command) -> None:
        if "IDLE" not in self._server.capabilities:
            await self._say(f"{command.tag} BAD IDLE is not supported")
            return
        await self._say("+ idling")
        self.idling = True
        try:
            line = await self._reader.readline()
        finally:
            self.idling = False
        if line.strip().upper() != b"DONE":
            await self._say(f"{command.tag} BAD expected DONE")
            return
        await self._done(command)

    async def _logout(self, command: Command) -> None:
        await self._say("* BYE see you")
        await self._done(command)

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()


def _item(item: str, mail: Stored) -> bytes:
    """One data item with its value. A mail is sent as a literal, as servers do."""
    head, _, _ = mail.data.partition(b"\r\n\r\n")
    bodies = {"BODY.PEEK[]": mail.data, "BODY[]": mail.data, "BODY.PEEK[HEADER]": head + b"\r\n\r\n"}
    if item == "RFC822.SIZE":
        return f"RFC822.SIZE {len(mail.data)}".encode()
    if item == "UID":
        return b""
    body = bodies[item]
    return item.replace(".PEEK", "").encode() + f" {{{len(body)}}}\r\n".encode() + body


def _in_set(written: str, uids: list[int]) -> list[int]:
    """The UIDs of a set such as 4:* or 3,7. `n:*` always names the newest, even if it is older than n (RFC 3501)."""
    found: set[int] = set()
    for piece in written.split(","):
        first, _, last = piece.partition(":")
        newest = max(uids, default=0)
        low = newest if first == "*" else int(first)
        high = low if not last else newest if last == "*" else int(last)
        low, high = min(low, high), max(low, high)
        found |= {uid for uid in uids if low <= uid <= high}
    return sorted(found)

"""IMAP4rev1 on the wire: commands with their quoted strings and literals (RFC 3501, 4 and 9)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

LONGEST_LINE = 8192

_TAG = re.compile(rb"[A-Za-z0-9.]{1,20}")
_TOKEN = re.compile(rb'"((?:[^"\\\r\n]|\\["\\])*)"|([^\s"(){}\r\n]+(?:\[[^\]]*\])?(?:<[^>]*>)?|\([^()\r\n]*\))')


class BadCommand(Exception):
    """The client broke the protocol; the text says how."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its tag, its name in upper case (UID commands with both words), its arguments."""

    tag: str
    name: str
    arguments: tuple[str, ...]


async def read_command(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Command | None:
    """The next command; None when the client hung up. Literals are asked for with a continuation."""
    line = await reader.readline()
    if not line:
        return None
    if not line.endswith(b"\r\n") or len(line) > LONGEST_LINE:
        raise BadCommand("a line must end in CRLF and be of reasonable length")
    pieces = [line[:-2]]
    while literal := re.search(rb"\{(\d{1,6})(\+?)\}$", pieces[-1]):
        if not literal[2]:
            writer.write(b"+ go on\r\n")
            await writer.drain()
        content = await reader.readexactly(int(literal[1]))
        quoted = b'"' + content.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        rest = await reader.readline()
        pieces[-1] = pieces[-1][: literal.start()] + quoted + rest.removesuffix(b"\r\n")
    return _command(b"".join(pieces))


def _command(line: bytes) -> Command:
    tag, _, rest = line.partition(b" ")
    if not _TAG.fullmatch(tag) or not rest:
        raise BadCommand("a command is a tag, a space, a name")
    words = [_unquoted(match) for match in _TOKEN.finditer(rest)]
    name = words.pop(0).upper()
    if name == "UID" and words:
        name = f"UID {words.pop(0).upper()}"
    return Command(tag.decode(), name, tuple(words))


def _unquoted(match: re.Match[bytes]) -> str:
    if match[1] is not None:
        return re.sub(rb"\\(.)", rb"\1", match[1]).decode("utf-8")
    return match[2].decode("utf-8")

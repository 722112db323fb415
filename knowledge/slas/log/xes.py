"""XES, the standard format of event logs (IEEE 1849), read as a stream: `.xes` and `.xes.gz`.

The standard library's expat reads it. Declarations of document types and entities are refused: no log needs them, and
they are how XML reads other files or grows without end.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from knowledge.slas.log.question import LogRefused

CHUNK = 1 << 20  # bytes
_GZIP = b"\x1f\x8b"
_HEAD = 1 << 12
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # marks of UTF-16
TRACE = "case:"  # begins the names of a trace's attributes


def is_xes(path: Path) -> bool:
    """Whether the file begins as XML does."""
    try:
        with _open(path) as file:
            head = file.read(_HEAD)
    except (OSError, EOFError):
        return False
    if head[:2] in _WIDE:
        head = head.replace(b"\0", b"")[2:]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<log", b"<!--"))


def events(path: Path) -> Iterator[Mapping[str, str]]:
    """Each event's attributes, with those of its trace under `case:…`; a trace without events as one without a time.

    Raises LogRefused for what is no well-formed XML, was cut off, or declares entities.
    """
    reader = _Reader()
    try:
        with _open(path) as file:
            while chunk := file.read(CHUNK):
                reader.parser.Parse(chunk, False)
                yield from reader.taken()
            reader.parser.Parse(b"", True)
    except (expat.ExpatError, EOFError, OSError, UnicodeError) as error:
        raise LogRefused("bad_xml", file=path.name, reason=error) from error
    yield from reader.taken()


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]  # a GzipFile reads bytes


class _Reader:
    """Takes the parser's calls. Only attributes directly below a trace or an event count: nested ones are metadata."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self._refuse
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._events: list[dict[str, str]] = []
        self._ready: list[Mapping[str, str]] = []

    def taken(self) -> list[Mapping[str, str]]:
        """What was read since."""
        ready, self._ready = self._ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2].lower()
        above = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "event":
            self._event = {}
        elif name == "trace":
            self._trace, self._events = {}, []
        elif above == "event" and "key" in attributes:
            self._event[attributes["key"]] = attributes.get("value", "")
        elif above == "trace" and "key" in attributes:
            self._trace[f"{TRACE}{attributes['key']}"] = attributes.get("value", "")

    def _end(self, _tag: str) -> None:
        name = self._path.pop()
        if name == "event":
            self._events.append(self._event)
            self._event = {}
        elif name == "trace":  # a trace's attributes may stand behind its events
            self._ready += [one | self._trace for one in self._events or [{}]]

    def _refuse(self, *_: Any) -> None:
        raise LogRefused("entities")

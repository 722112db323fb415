"""Bytes to text, for mails that say the wrong character set or none."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header

from adapters.common.text import clean

_CHINESE = {"gb2312", "gbk", "gb18030", "hz", "hz-gb-2312", "cp936", "x-gbk", "euc-cn", "gb_2312-80", "936"}
_WESTERN = {
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "latin-1",
    "latin1",
    "windows-1252",
    "cp1252",
    "unknown-8bit",
    "default",
    "",
}
_LONGEST_HEADER = 8000  # characters; hostile ones are longer


def decoded(data: bytes, claimed: str) -> str:
    """The text: by the claimed character set where that fits, else by the first that does. Never raises."""
    for name in dict.fromkeys(_candidates(claimed.strip().strip("\"'").lower())):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return data.decode("gb18030" if claimed.lower() in _CHINESE else "utf-8", errors="replace")


def _candidates(claimed: str) -> Iterator[str]:
    """GB2312 is mostly said of what is GBK or GB18030, and Latin-1 of what nobody thought about."""
    if claimed in _CHINESE:
        yield from ("gb18030", "utf-8")
        return
    if claimed not in _WESTERN and _known(claimed):
        yield claimed
    yield from ("utf-8", "gb18030")
    if claimed in _WESTERN:
        yield "cp1252"


def _known(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError):
        return False


def header(raw: str) -> str:
    """A header's text: encoded words decoded, one line, nothing that a reader could trip over."""
    raw = raw[:_LONGEST_HEADER]
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError, LookupError, IndexError):
        pieces = [(raw, None)]
    return " ".join(clean("".join(_piece(piece, name) for piece, name in pieces)).split())


def _piece(piece: bytes | str, name: str | None) -> str:
    if isinstance(piece, str):
        piece = piece.encode("utf-8", "surrogateescape")  # bytes beyond ASCII that no encoded word wraps
    return decoded(piece, name or "")

"""Which parts of a mail are its words, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from adapters.common.text import clean
from adapters.email.charset import decoded
from adapters.email.headers import filename
from adapters.email.html_text import text_of
from adapters.email.policy import parts

LONGEST = 400_000  # characters of a mail's words
_SHORT = 300  # characters; plain text that is shorter may only say "Please view this mail in HTML"
_MOST_BYTES = 8 * 1024 * 1024  # of one text part

_ENCRYPTED = {"multipart/encrypted", "application/pgp-encrypted"}
_ENVELOPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.I)
_PGP = "-----BEGIN PGP MESSAGE-----"


def locked(message: Message[str, str]) -> str:
    """Why its words can't be read: encrypted, signed (wrapped in its signature); "" if they can."""
    kind = message.get_content_type()
    if kind in _ENCRYPTED:
        return "encrypted"
    if kind in _ENVELOPES:
        return "signed" if "signed-data" in str(message.get("Content-Type", "")).lower() else "encrypted"
    return ""


def words(message: Message[str, str]) -> str:
    """The mail's text, quoted history and all. Plain text is preferred; HTML becomes text."""
    plain: list[Message[str, str]] = []
    rich: list[Message[str, str]] = []
    for part in _texts(message):
        (plain if part.get_content_type() == "text/plain" else rich).append(part)
    said = "\n".join(filter(None, (_plain(part) for part in plain))).strip()
    if rich and len(said) < _SHORT:
        shown = "\n".join(filter(None, (_rich(part) for part in rich))).strip()
        said = shown if "html" in said.lower() or len(shown) > 3 * len(said) else said
    return said[:LONGEST]


def is_locked_text(said: str) -> bool:
    """Whether what is written is a PGP message."""
    return said.lstrip()[: len(_PGP) + 200].count(_PGP) > 0


def is_enclosed(part: Message[str, str]) -> bool:
    """Whether a part is a file that came with the mail, and not its words."""
    kind = part.get_content_type()
    if part.get_content_maintype() == "multipart" or kind == "message/rfc822":
        return False
    if kind in {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}:
        return False
    return not _is_text(part)


def bytes_of(part: Message[str, str], most: int) -> bytes:
    """A part's content, decoded; at most so many bytes."""
    try:
        content = part.get_payload(decode=True)
    except Exception:  # the library isn't tight against hostile encodings
        return b""
    return content[:most] if isinstance(content, bytes) else b""


def _texts(message: Message[str, str]) -> Iterator[Message[str, str]]:
    for part, _ in parts(message):
        if _is_text(part):
            yield part


def _is_text(part: Message[str, str]) -> bool:
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    return (
        part.get_content_type() in {"text/plain", "text/html"}
        and not disposition.startswith("attachment")
        and not filename(part)
    )


def _charset(part: Message[str, str]) -> str:
    try:
        return str(part.get_content_charset() or "")
    except Exception:  # likewise, against hostile parameters
        return ""


def _plain(part: Message[str, str]) -> str:
    return clean(decoded(bytes_of(part, _MOST_BYTES), _charset(part)))


def _rich(part: Message[str, str]) -> str:
    data = bytes_of(part, _MOST_BYTES)
    meta = _META.search(data[:4096])
    return text_of(clean(decoded(data, _charset(part) or (meta[1].decode("ascii") if meta else ""))))

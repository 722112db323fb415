"""Headers of a mail: what they say, whatever was done to them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from adapters.common.files import safe_name
from adapters.email.charset import header
from adapters.email.mail import Mailbox

MOST_ADDRESSES = 200

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:\\\x00-\x1f]{1,64}@[^\s@<>\"'(),;:\\\x00-\x1f]{1,190}")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_FILENAME = re.compile(r"\b(?:file)?name\s*=\s*(?:\"([^\"]{1,400})\"|([^\s;\"]{1,400}))", re.I)


def raw(message: Message[str, str], name: str) -> str:
    """The first such header as it stands in the mail; "" where there is none."""
    wanted = name.lower()
    return next((str(value) for found, value in message.raw_items() if found.lower() == wanted), "")


def text(message: Message[str, str], name: str) -> str:
    """The header's words, on one line."""
    return header(raw(message, name))


def mailboxes(written: str) -> tuple[Mailbox, ...]:
    """The addresses of a header, or of a line such as `张敏 <min@example.com>; …`."""
    written = written.replace("\r", " ").replace("\n", " ").replace("；", ";").replace("mailto:", "")
    try:
        listed = getaddresses([written.replace(";", ",")])
    except (ValueError, IndexError, AttributeError, RecursionError):
        listed = []
    found = [Mailbox(address.lower(), header(name)) for name, address in listed if _ADDRESS.fullmatch(address)]
    if not found:  # too odd for the parser: the addresses themselves can still be seen
        found = [Mailbox(match[0].lower()) for match in _ADDRESS.finditer(header(written))]
    return tuple(found[:MOST_ADDRESSES])


def boxes(message: Message[str, str], name: str) -> tuple[Mailbox, ...]:
    """The addresses of all headers of that name."""
    wanted = name.lower()
    values = [str(value) for found, value in message.raw_items() if found.lower() == wanted]
    return mailboxes(", ".join(values)[:8000])


def message_id(message: Message[str, str], name: str) -> str:
    """The first <…> of Message-ID or In-Reply-To, without its brackets."""
    found = _ID.search(header(raw(message, name)))
    return found[1] if found else ""


def when(message: Message[str, str]) -> datetime | None:
    """The Date header, aware; None where it says nothing usable."""
    try:
        at = parsedate_to_datetime(header(raw(message, "Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not 1990 <= at.year <= 2200:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def filename(part: Message[str, str]) -> str:
    """The attachment's name, safe to show and to store; "" where it has none."""
    name = _standard_name(part)
    if not name or "=?" in name or "\ufffd" in name or any("\udc80" <= character <= "\udcff" for character in name):
        name = _odd_name(part) or name
    return safe_name(header(name), "") if name else ""


def _standard_name(part: Message[str, str]) -> str:
    try:
        return str(part.get_filename() or "")
    except Exception:  # the library isn't tight against hostile parameters
        return ""


def _odd_name(part: Message[str, str]) -> str:
    """What mail programs write that don't know RFC 2231: encoded words, or bytes as they are."""
    for source in ("Content-Disposition", "Content-Type"):
        if found := _FILENAME.search(header(raw(part, source))):
            return found[1] or found[2]
    return ""

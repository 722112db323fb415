"""The e-mail parser of the standard library, kept within bounds.

Its simple policy (compat32) is used: the newer one reads each header anew, at every look, in a time that grows with the
square of its length, and stumbles over hostile ones. What a header says is decoded in `headers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.policy import Compat32

from adapters.email.errors import UnusableMail

LARGEST = 40 * 1024 * 1024  # bytes of a mail
MOST_PARTS = 500
DEEPEST = 30  # parts within parts
_LONGEST_HEADER = 8000  # characters; a hundred addresses
_LONGEST_PARAMETERS = 2000  # characters of Content-…
_MOST_NESTED = 200  # parts that hold parts
_MOST_MARKS = 20_000  # headers of parts in the raw mail, before it is parsed


class BoundedPolicy(Compat32):
    """Reads no more than the beginning of a header."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """A header's name and raw value."""
        name, value = super().header_source_parse(sourcelines)
        is_content = name[:8].lower() == "content-"
        return name[:200], value[: _LONGEST_PARAMETERS if is_content else _LONGEST_HEADER]


_POLICY = BoundedPolicy()
_HOLDER = re.compile(rb"\ncontent-type[ \t]{0,4}:[ \t]{0,4}multipart/")


def message_of(data: bytes) -> Message[str, str]:
    """The mail as parts. Raises UnusableMail: too_large, too_many_parts, unreadable."""
    from email import message_from_bytes

    if len(data) > LARGEST:
        raise UnusableMail("too_large")
    lowered = data.lower()
    marks = lowered.count(b"\ncontent-") + lowered.count(b"boundary=")
    if marks > _MOST_MARKS or sum(1 for _ in _HOLDER.finditer(lowered)) > _MOST_NESTED:
        raise UnusableMail("too_many_parts")
    try:
        message = message_from_bytes(data, policy=_POLICY)
    except RecursionError:
        raise UnusableMail("too_many_parts") from None
    except Exception:  # the library isn't tight: hostile mails bring out IndexError, AttributeError, LookupError …
        raise UnusableMail("unreadable") from None
    return message


def parts(message: Message[str, str]) -> Iterator[tuple[Message[str, str], int]]:
    """The part and those inside with their depth, in order, without what is inside attached mails."""
    waiting: list[tuple[Message[str, str], int]] = [(message, 0)]
    count = 0
    while waiting and count < MOST_PARTS:
        part, depth = waiting.pop()
        count += 1
        yield part, depth
        if part.get_content_maintype() == "multipart" and depth < DEEPEST:
            inner = part.get_payload()
            if isinstance(inner, list):
                waiting += [(child, depth + 1) for child in reversed(inner[:MOST_PARTS]) if isinstance(child, Message)]

"""What is in a file that a browser sends, by its first bytes; the name tells only what they can't."""

from __future__ import annotations

import re

from adapters.common.files import OCTETS, ZIP, known_type

SNIFF_BYTES = 4096
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}$")

# Windows, Linux, and macOS (one processor in four byte orders, then several); 0xcafebabe is Java's too.
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
)
_OFFICE = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_TEXT = {".csv": "text/csv", ".json": "application/json", ".md": "text/markdown", ".eml": "message/rfc822"}


def suffix_of(name: str) -> str:
    """The lower-case suffix with its dot, "" when there is none that a program would know."""
    found = _SUFFIX.search(name.lower())
    return found.group() if found else ""


def sniff(head: bytes, name: str) -> str:
    """The media type by the first bytes; the name only tells kinds apart whose bytes are alike."""
    found = known_type(head)
    if found == ZIP:
        return _OFFICE.get(suffix_of(name), ZIP)
    return found or (_TEXT.get(suffix_of(name), "text/plain") if _is_text(head) else OCTETS)


def is_program(head: bytes) -> bool:
    """Whether these first bytes are those of something that a computer would run: nothing a sales talk needs."""
    return head.startswith(_PROGRAMS)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    # The last character of a full head may be cut in the middle.
    cuts = range(4) if len(head) >= SNIFF_BYTES else range(1)
    return any(_decodes(head[: len(head) - cut], code) for code in ("utf-8", "gb18030") for cut in cuts)


def _decodes(data: bytes, code: str) -> bool:
    try:
        data.decode(code)
    except UnicodeDecodeError:
        return False
    return True

"""File names and contents as strangers send them: cleaned, and recognised by their first bytes."""

from __future__ import annotations

import re
import unicodedata

NAME_BYTES = 120
SNIFF_BYTES = 4096
FALLBACK_NAME = "file"
# Categories: control, format (bidi overrides, zero-width), surrogates, private use, unassigned, line breaks.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}$")

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"#!SILK", "audio/silk"),
    (1, b"#!SILK", "audio/silk"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
)
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


def safe_name(name: str) -> str:
    """The name without folders, control or direction-changing characters; at most 120 bytes, suffix kept."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(char for char in base if unicodedata.category(char) not in _UNPRINTABLE)
    return _shorten(" ".join(shown.split()).strip(". ")) or FALLBACK_NAME


def suffix_of(name: str) -> str:
    """The lower-case suffix with its dot, "" when there is none that a program would know."""
    found = _SUFFIX.search(name.lower())
    return found.group() if found else ""


def sniff(head: bytes, name: str) -> str:
    """The media type by the first bytes; the name only tells kinds apart whose bytes are alike."""
    for offset, magic, media_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return _OFFICE.get(suffix_of(name), media_type) if media_type == "application/zip" else media_type
    return _TEXT.get(suffix_of(name), "text/plain") if _is_text(head) else "application/octet-stream"


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


def _shorten(name: str) -> str:
    suffix = suffix_of(name)
    stem = name[: len(name) - len(suffix)].encode("utf-8")[: NAME_BYTES - len(suffix)]
    return stem.decode("utf-8", "ignore") + name[len(name) - len(suffix) :]

"""What a file really is and what it may be called, whoever sent it."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import regex

NAME_BYTES = 120
OCTETS = "application/octet-stream"
ZIP = "application/zip"

# (offset, magic bytes, media type), most telling first.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"#!AMR-WB\n", "audio/amr-wb"),
    (0, b"#!AMR\n", "audio/amr"),
    (0, b"#!SILK", "audio/silk"),
    (1, b"#!SILK", "audio/silk"),  # WeChat's own, with one byte before
    (8, b"WAVE", "audio/wav"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"PK\x03\x04", ZIP),
)
_OFFICE: Mapping[str, str] = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, direction marks, private, unassigned


def media_type(path: Path) -> str:
    """The type as its content tells; octet-stream when it doesn't. Reads the file: call it in a thread."""
    with path.open("rb") as file:
        head = file.read(4096)
    found = known_type(head)
    if found == ZIP:
        return _office(path)
    return found or ("text/plain" if _is_text(head) else OCTETS)


def known_type(head: bytes) -> str:
    """The type that the first bytes tell; "" when none does."""
    matching = (found for offset, magic, found in _MAGIC if head[offset : offset + len(magic)] == magic)
    return next(matching, "")


def safe_name(claimed: str, fallback: str = "file") -> str:
    """The last part of a claimed name, without anything that a file system or a reader could trip over."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", claimed)[-1])
    name = "".join(character for character in name if unicodedata.category(character) not in _UNSAFE)
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    if not name:
        return fallback
    if _RESERVED.match(name):
        name = f"_{name}"
    return _short(name) or fallback


def disposition_name(header: str) -> str:
    """The file name of a Content-Disposition header as claimed; "" when there is none."""
    extended = re.search(r"(?i)filename\*\s*=\s*(?:utf-8|UTF-8)?''([^;\s]+)", header)
    if extended:
        return unquote(extended[1], errors="replace")
    quoted = re.search(r'(?i)filename\s*=\s*"((?:[^"\\]|\\.)*)"', header)
    bare = quoted or re.search(r"(?i)filename\s*=\s*([^;\s]+)", header)
    # aiohttp keeps bytes that aren't UTF-8 as lone surrogates; those become replacement marks.
    return bare[1].encode("utf-8", "surrogateescape").decode("utf-8", "replace") if bare else ""


def _short(name: str) -> str:
    """At most NAME_BYTES, with the extension kept when it looks like one."""
    if len(name.encode()) <= NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > 10:
        return _first_bytes(name, NAME_BYTES).strip(" .")
    ending = dot + extension
    return _first_bytes(stem, NAME_BYTES - len(ending.encode())).rstrip(" .") + ending


def _first_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes, cut between graphemes."""
    kept, used = "", 0
    for grapheme in regex.findall(r"\X", text[: limit + 64]):
        used += len(grapheme.encode())
        if used > limit:
            break
        kept += grapheme
    return kept


def _office(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ZIP
    for folder, found in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return found
    return ZIP


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # not merely a character that the 4096 bytes cut in two
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and not any(ord(character) < 32 and character not in "\t\r\n\f" for character in text)
